namespace LatencyEngine.Model;

/// <summary>One row of an <c>allLiquidation</c> message (Bybit V5, 6.7).</summary>
public struct Liquidation
{
    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary><c>S</c>: side of the position; a buy means that a long was liquidated.</summary>
    public Side PositionSide;

    /// <summary>Liquidated quantity.</summary>
    public QtyLots Qty;

    /// <summary>Bankruptcy price, not the execution price; it need not lie on a tick.</summary>
    public PriceE8 BankruptcyPrice;

    /// <summary><c>T</c>: time of the liquidation, ms since 1970.</summary>
    public long LiquidatedMillis;

    /// <summary><c>ts</c>: time the push system built the message, ms since 1970.</summary>
    public long PushMillis;
}
