using System.Buffers.Binary;

namespace LatencyEngine.Quoting;

/// <summary>Distances of bid and ask from the fair price by inventory, for the hot path. It holds no more than the bytes of one event say.</summary>
/// <remarks>
/// <code>
/// bytes, little-endian: version u16 | Q u16 | 2Q bid distances f64, inventory -Q to Q - 1 | 2Q ask distances f64, inventory Q down to -Q + 1
/// </code>
/// There is no bid at inventory Q and no ask at -Q. Between whole units distances are interpolated in straight lines: exact at the units, monotone where the units are, and without a jump at a partial fill.
/// The last stretch before a bound has one end only and goes on as the stretch before it; beyond the other bound a distance stays what it is there.
/// Thread: the owner's. Allocates: only in the constructor. Blocks: never. Throws: never.
/// </remarks>
public sealed class QuoteTable
{
    /// <summary>Largest inventory that a table reaches, in units.</summary>
    public const int UnitsLimit = 64;

    /// <summary>Bytes of the largest table.</summary>
    public const int BytesMax = HeaderBytes + (4 * UnitsLimit * sizeof(double));

    private const ushort Version = 1;
    private const int HeaderBytes = 2 * sizeof(ushort);

    // Both sides run from the inventory that wants most to trade that way: the ask's mirror image of an inventory is the bid's.
    private readonly double[] _distances = new double[4 * UnitsLimit];

    /// <summary>Largest inventory of the content, in units; 0 while there is none.</summary>
    public int UnitsMax { get; private set; }

    /// <summary>Takes the content of an event; what was held stays when it is refused.</summary>
    /// <param name="content">The whole content and nothing else.</param>
    public QuoteTableStatus Read(ReadOnlySpan<byte> content)
    {
        if (content.Length < HeaderBytes) return QuoteTableStatus.WrongLength;
        if (BinaryPrimitives.ReadUInt16LittleEndian(content) != Version) return QuoteTableStatus.UnknownVersion;
        int units = BinaryPrimitives.ReadUInt16LittleEndian(content[sizeof(ushort)..]);
        if (units is < 1 or > UnitsLimit) return QuoteTableStatus.UnitsOutOfRange;
        content = content[HeaderBytes..];
        if (content.Length != 4 * units * sizeof(double)) return QuoteTableStatus.WrongLength;

        Span<double> distances = stackalloc double[4 * units];
        for (int i = 0; i < distances.Length; i++) distances[i] = BinaryPrimitives.ReadDoubleLittleEndian(content[(i * sizeof(double))..]);
        return Set(units, distances);
    }

    /// <summary>Writes the content as <see cref="Read"/> takes it.</summary>
    /// <param name="destination">At least <see cref="BytesMax"/> bytes are always enough.</param>
    /// <returns>Bytes written; 0 when there is no content, or no room for it.</returns>
    public int Write(Span<byte> destination)
    {
        int length = HeaderBytes + (4 * UnitsMax * sizeof(double));
        if (UnitsMax == 0 || destination.Length < length) return 0;
        BinaryPrimitives.WriteUInt16LittleEndian(destination, Version);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[sizeof(ushort)..], (ushort)UnitsMax);
        for (int i = 0; i < 4 * UnitsMax; i++) BinaryPrimitives.WriteDoubleLittleEndian(destination[(HeaderBytes + (i * sizeof(double)))..], _distances[i]);
        return length;
    }

    /// <summary>Distance of the bid below the fair price, in the unit of the content (ticks on the hot path); negative above it.</summary>
    /// <param name="inventory">Signed inventory in units, long above zero; fractions are interpolated.</param>
    /// <param name="distance">The distance; 0 when there is no bid.</param>
    /// <returns>False where there is no bid: at the upper bound and above it, for NaN, and without content.</returns>
    public bool TryBid(double inventory, out double distance) => TryInterpolate(_distances.AsSpan(0, 2 * UnitsMax), inventory, out distance);

    /// <summary>Distance of the ask above the fair price; as <see cref="TryBid"/>.</summary>
    public bool TryAsk(double inventory, out double distance) => TryInterpolate(_distances.AsSpan(2 * UnitsMax, 2 * UnitsMax), -inventory, out distance);

    /// <summary>Takes distances in the order of the layout; what was held stays when they are refused.</summary>
    internal QuoteTableStatus Set(int units, ReadOnlySpan<double> distances)
    {
        for (int i = 0; i < distances.Length; i++)
        {
            if (!(Math.Abs(distances[i]) <= NanoTicks.TicksMax)) return QuoteTableStatus.NotANumber;
            bool isFirstOfSide = i == 0 || i == 2 * units;
            if (!isFirstOfSide && distances[i] < distances[i - 1]) return QuoteTableStatus.NotMonotone;
        }

        distances.CopyTo(_distances);
        UnitsMax = units;
        return QuoteTableStatus.Taken;
    }

    private bool TryInterpolate(ReadOnlySpan<double> side, double inventory, out double distance)
    {
        distance = 0;
        if (UnitsMax == 0 || !(inventory < UnitsMax)) return false;
        double place = Math.Max(0, inventory + UnitsMax);
        int unit = Math.Min((int)place, side.Length - 1);
        int stretch = Math.Min(unit, side.Length - 2);
        distance = side[unit] + ((place - unit) * (side[stretch + 1] - side[stretch]));
        return true;
    }
}
