namespace LatencyEngine.Wire;

/// <summary>How one instrument's prices and quantities are printed in one kind of message, learned from the messages: the number of decimals is no part of the instrument's specification (BTCUSDT prints 65114.30, its tick is 0.10; Bybit V5, 2).</summary>
/// <remarks>What is learned decides how fast a number is read, never what it is. Thread: hot. Allocates: never. Throws: never.</remarks>
internal struct PairShape
{
    private readonly DecimalScale _priceScale;
    private readonly DecimalScale _qtyScale;

    /// <summary>Starts with the decimals of the grid.</summary>
    public PairShape(in DecimalScale priceScale, in DecimalScale qtyScale)
    {
        _priceScale = priceScale;
        _qtyScale = qtyScale;
        Price = priceScale.OwnShape;
        Qty = qtyScale.OwnShape;
        Pattern = new PairPattern(Price.Decimals, Qty.Decimals);
    }

    /// <summary>Prices.</summary>
    public NumberShape Price;

    /// <summary>Quantities.</summary>
    public NumberShape Qty;

    /// <summary>Both, as bytes.</summary>
    public PairPattern Pattern;

    /// <summary>Reads one price in any print, and takes its decimals for the next ones. False for what is not a price: off the grid, zero, out of range.</summary>
    public bool TryReadPrice(ReadOnlySpan<byte> text, out long ticks)
    {
        if (!_priceScale.TryRead(text, out ticks) || ticks == 0) return false;
        if (TryPrintedDecimals(text, out int decimals) && decimals != Price.Decimals && _priceScale.TryShape(decimals, out NumberShape shape))
        {
            Price = shape;
            Pattern = new PairPattern(Price.Decimals, Qty.Decimals);
        }

        return true;
    }

    /// <summary>Reads one quantity in any print, and takes its decimals for the next ones. False for what is not a quantity: off the grid, negative, out of range.</summary>
    public bool TryReadQty(ReadOnlySpan<byte> text, out long lots)
    {
        if (!_qtyScale.TryRead(text, out lots)) return false;
        if (TryPrintedDecimals(text, out int decimals) && decimals != Qty.Decimals && _qtyScale.TryShape(decimals, out NumberShape shape))
        {
            Qty = shape;
            Pattern = new PairPattern(Price.Decimals, Qty.Decimals);
        }

        return true;
    }

    private static bool TryPrintedDecimals(ReadOnlySpan<byte> text, out int decimals)
    {
        int point = text.IndexOf((byte)'.');
        decimals = text.Length - 1 - point;
        return point >= 0;
    }
}
