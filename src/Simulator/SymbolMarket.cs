namespace LatencyEngine.Simulator;

/// <summary>The market of one symbol, the same for every account.</summary>
internal sealed class SymbolMarket(VenueInstrument instrument, RiskLadder ladder, QueueModel queueModel, long takenNanos)
{
    public VenueInstrument Instrument { get; } = instrument;

    public string Symbol => Instrument.Symbol;

    public RiskLadder Ladder { get; } = ladder;

    public RecordedBook Recorded { get; } = new(queueModel, instrument.QtyStep, takenNanos);

    /// <summary>What can be traded against.</summary>
    public ISymbolBook Book => Recorded;

    public decimal? LastPrice { get; set; }

    public TickerState Ticker { get; } = new();

    /// <summary>Mark price of the recorded tickers; null before the first.</summary>
    public decimal? TickerMark { get; set; }

    /// <summary>Index price of the recorded tickers; null before the first.</summary>
    public decimal? Index { get; set; }

    public decimal? FundingRate { get; set; }

    public long? NextFundingMillis { get; set; }

    /// <summary>The last funding stamp settled or passed; 0 before any.</summary>
    public long LastFundingMillis { get; set; }

    /// <summary>The mark price: recorded where tickers are, else the displayed mid; null before either.</summary>
    public decimal? Mark => TickerMark ?? Mid;

    /// <summary>Liquidations of clients' positions, oldest first.</summary>
    public List<TapeLiquidation> Liquidations { get; } = [];

    /// <summary>A client's position was liquidated, or a part of it.</summary>
    public void OnLiquidation(bool wasLong, decimal qty, decimal bankruptcyPrice, long nowNanos) =>
        Liquidations.Add(new TapeLiquidation(nowNanos / Venue.NanosPerMilli, wasLong, qty, bankruptcyPrice));

    private decimal? Mid => Book.Displayed is ({ } bid, { } ask) ? (bid + ask) / 2m : null;
}
