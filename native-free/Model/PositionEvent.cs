namespace LatencyEngine.Model;

/// <summary>One row of a <c>position</c> message (Bybit V5, 7.4), one-way mode; of hedge mode its status tells.</summary>
public struct PositionEvent
{
    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary>Signed size: long above zero.</summary>
    public QtyLots Size;

    /// <summary><c>entryPrice</c>, rounded half-even to 1e-8; 0 when flat.</summary>
    public PriceE8 EntryPrice;

    /// <summary><c>markPrice</c>.</summary>
    public PriceE8 MarkPrice;

    /// <summary><c>liqPrice</c>; 0 when the venue sends none.</summary>
    public PriceE8 LiquidationPrice;

    /// <summary><c>cumRealisedPnl</c>: net of fees, over the symbol's lifetime.</summary>
    public MoneyE8 CumulativeRealisedPnl;

    /// <summary>Status.</summary>
    public PositionStatus Status;

    /// <summary><c>seq</c>.</summary>
    public long Sequence;

    /// <summary><c>creationTime</c> of the message, ms since 1970.</summary>
    public long CreatedMillis;
}
