using System.Numerics;
using System.Runtime.CompilerServices;

namespace LatencyEngine.Wire;

/// <summary>How one instrument's prices and quantities are printed in one kind of message, learned from the messages.</summary>
/// <remarks>What is learned decides how fast a number is read, never what it is. Thread: hot. Allocates: never. Throws: never.</remarks>
internal struct PairShape
{
    /// <summary>Prices.</summary>
    public NumberShape Price;

    /// <summary>Quantities.</summary>
    public NumberShape Qty;

    /// <summary>Both, as bytes.</summary>
    public PairPattern Pattern;

    /// <summary>Both, as ranges, by the quantity's length.</summary>
    public QtyLimits Limits;

    /// <summary>Characters of the last price; the next one has as many nearly always. From the shortest that <see cref="Price"/> allows to <see cref="NumberShape.LengthMax"/>.</summary>
    public int PriceLength;

    /// <summary>Whether both steps are powers of ten; where one is not, numbers are read one by one.</summary>
    public readonly bool IsDecimal;

    private readonly DecimalScale _priceScale;
    private readonly DecimalScale _qtyScale;

    /// <summary>Starts with the decimals of the steps.</summary>
    public PairShape(in DecimalScale priceScale, in DecimalScale qtyScale)
    {
        _priceScale = priceScale;
        _qtyScale = qtyScale;
        IsDecimal = priceScale.TryShape(priceScale.Decimals, out Price) & qtyScale.TryShape(qtyScale.Decimals, out Qty);
        Pattern = new PairPattern(in Price, in Qty);
        Limits.Set(in Price, in Qty);
        PriceLength = NumberShape.LengthMax;
    }

    /// <summary>Takes the length of a price that is not as long as the last one. False when it is as long, or when its shape does not allow the length. Touches 32 bytes.</summary>
    /// <param name="price">The price's first character.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryFindPriceLength(ref byte price)
    {
        int found = BitOperations.TrailingZeroCount(FixedLayout.Quotes(ref price));
        if (found == PriceLength || !IsDecimal || found < Price.LengthMin || found > NumberShape.LengthMax) return false;
        PriceLength = found;
        return true;
    }

    /// <summary>Reads one price in any print, and takes its decimals for the next ones. False for what is not a price: off the grid, zero, out of range.</summary>
    public bool TryReadPrice(ReadOnlySpan<byte> text, out long ticks)
    {
        if (!_priceScale.TryRead(text, out ticks) || ticks == 0) return false;
        Learn(text, in _priceScale, ref Price);
        return true;
    }

    /// <summary>Reads one quantity in any print, and takes its decimals for the next ones. False for what is not a quantity: off the grid, negative, out of range.</summary>
    public bool TryReadQty(ReadOnlySpan<byte> text, out long lots)
    {
        if (!_qtyScale.TryRead(text, out lots)) return false;
        Learn(text, in _qtyScale, ref Qty);
        return true;
    }

    private void Learn(ReadOnlySpan<byte> text, in DecimalScale scale, ref NumberShape shape)
    {
        int point = text.IndexOf((byte)'.');
        int decimals = text.Length - 1 - point;
        if (point < 0 || decimals == shape.Decimals || !scale.TryShape(decimals, out NumberShape printed)) return;
        shape = printed;
        Pattern = new PairPattern(in Price, in Qty);
        Limits.Set(in Price, in Qty);
        PriceLength = NumberShape.LengthMax;
    }
}
