using System.Buffers.Binary;
using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>The microprice of Stoikov (2018): the mid plus an adjustment by spread and imbalance, the expected mid after many moves. It holds no more than the bytes of one event say. docs/models.md, 2.6.</summary>
/// <remarks>
/// <code>
/// bytes, little-endian: version u16 | spread buckets u16 | imbalance buckets u16 | adjustments in ticks f64, by spread, then by imbalance from sellers to buyers
/// </code>
/// Spread bucket 0 is one tick and each further one a tick more; the last one takes every wider spread. Imbalance buckets divide the bid's share, 0 to 1, evenly.
/// Thread: the owner's. Allocates: only in the constructor. Blocks: never. Throws: never.
/// </remarks>
public sealed class MicropriceTable
{
    /// <summary>Most spread buckets.</summary>
    public const int SpreadBucketsMax = 8;

    /// <summary>Most imbalance buckets.</summary>
    public const int ImbalanceBucketsMax = 32;

    /// <summary>Largest adjustment either way, in ticks: a slip of the unit is refused.</summary>
    public const double AdjustmentTicksMax = 10_000;

    /// <summary>Bytes of the largest table.</summary>
    public const int BytesMax = HeaderBytes + (SpreadBucketsMax * ImbalanceBucketsMax * sizeof(double));

    private const ushort Version = 1;
    private const int HeaderBytes = 3 * sizeof(ushort);

    private readonly double[] _adjustmentsTicks = new double[SpreadBucketsMax * ImbalanceBucketsMax];

    /// <summary>Spread buckets of the content; 0 while there is none.</summary>
    public int SpreadBuckets { get; private set; }

    /// <summary>Imbalance buckets of the content; 0 while there is none.</summary>
    public int ImbalanceBuckets { get; private set; }

    /// <summary>Takes the content of an event; what was held stays when it is refused.</summary>
    /// <param name="content">The whole content and nothing else.</param>
    public MicropriceTableStatus Read(ReadOnlySpan<byte> content)
    {
        if (content.Length < HeaderBytes) return MicropriceTableStatus.WrongLength;
        if (BinaryPrimitives.ReadUInt16LittleEndian(content) != Version) return MicropriceTableStatus.UnknownVersion;
        int spreads = BinaryPrimitives.ReadUInt16LittleEndian(content[sizeof(ushort)..]);
        int imbalances = BinaryPrimitives.ReadUInt16LittleEndian(content[(2 * sizeof(ushort))..]);
        if (spreads is < 1 or > SpreadBucketsMax || imbalances is < 1 or > ImbalanceBucketsMax) return MicropriceTableStatus.BucketsOutOfRange;
        content = content[HeaderBytes..];
        int count = spreads * imbalances;
        if (content.Length != count * sizeof(double)) return MicropriceTableStatus.WrongLength;
        for (int i = 0; i < count; i++)
        {
            if (!(Math.Abs(Adjustment(content, i)) <= AdjustmentTicksMax)) return MicropriceTableStatus.NotANumber;
        }

        for (int i = 0; i < count; i++) _adjustmentsTicks[i] = Adjustment(content, i);
        SpreadBuckets = spreads;
        ImbalanceBuckets = imbalances;
        return MicropriceTableStatus.Taken;
    }

    /// <summary>Writes a content as <see cref="Read"/> takes it, without looking at the numbers.</summary>
    /// <param name="spreadBuckets">1 to <see cref="SpreadBucketsMax"/>.</param>
    /// <param name="imbalanceBuckets">1 to <see cref="ImbalanceBucketsMax"/>.</param>
    /// <param name="adjustmentsTicks">In the order of the layout.</param>
    /// <param name="destination">At least <see cref="BytesMax"/> bytes are always enough.</param>
    /// <returns>Bytes written; 0 when there is no room, or another number of adjustments than of buckets.</returns>
    public static int Write(int spreadBuckets, int imbalanceBuckets, ReadOnlySpan<double> adjustmentsTicks, Span<byte> destination)
    {
        int length = HeaderBytes + (adjustmentsTicks.Length * sizeof(double));
        if (adjustmentsTicks.Length != spreadBuckets * imbalanceBuckets || destination.Length < length) return 0;
        BinaryPrimitives.WriteUInt16LittleEndian(destination, Version);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[sizeof(ushort)..], (ushort)spreadBuckets);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[(2 * sizeof(ushort))..], (ushort)imbalanceBuckets);
        for (int i = 0; i < adjustmentsTicks.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(destination[(HeaderBytes + (i * sizeof(double)))..], adjustmentsTicks[i]);
        return length;
    }

    /// <summary>The microprice of a top of the book.</summary>
    /// <param name="top">Both quantities are positive and the bid is below the ask, as <see cref="OrderBook.TryGetTop"/> gives them.</param>
    /// <returns>Ticks; the mid without content. It may lie beyond bid or ask: the table is a forecast, not a price between them.</returns>
    public double MicropriceTicks(in BookTop top)
    {
        double midTicks = top.TwiceMidTicks * 0.5;
        return SpreadBuckets == 0 ? midTicks : midTicks + _adjustmentsTicks[State(in top, SpreadBuckets, ImbalanceBuckets)];
    }

    /// <summary>The position of a top's adjustment in a table of so many buckets.</summary>
    public static int State(in BookTop top, int spreadBuckets, int imbalanceBuckets)
    {
        int spread = (int)Math.Min(top.Spread.Ticks, spreadBuckets) - 1;
        int imbalance = Math.Min((int)(FairValue.ImbalanceShare(in top) * imbalanceBuckets), imbalanceBuckets - 1);
        return (spread * imbalanceBuckets) + imbalance;
    }

    private static double Adjustment(ReadOnlySpan<byte> adjustments, int index) => BinaryPrimitives.ReadDoubleLittleEndian(adjustments[(index * sizeof(double))..]);
}
