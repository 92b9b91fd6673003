namespace LatencyEngine.Simulator;

/// <summary>The market of one symbol, the same for every account.</summary>
internal sealed class SymbolMarket(VenueInstrument instrument, RiskLadder ladder, QueueModel queueModel, long takenNanos)
{
    public VenueInstrument Instrument { get; } = instrument;

    public string Symbol => Instrument.Symbol;

    public RiskLadder Ladder { get; } = ladder;

    /// <summary>The recorded market; at rest where a flow takes its place.</summary>
    public RecordedBook Recorded { get; } = new(queueModel, instrument.QtyStep, takenNanos);

    /// <summary>The market of order flow; null where a recording is played.</summary>
    public FlowBook? Flow { get; private set; }

    /// <summary>What can be traded against.</summary>
    public ISymbolBook Book => Flow is { } flow ? flow : Recorded;

    /// <summary>The book as the public sees it.</summary>
    public IBookLevels PublicBook => Flow is { } flow ? flow : Recorded.Market;

    /// <summary>The written topic of 1,000 levels, whose <c>u</c> REST tells (Bybit V5, 13); null where there is none.</summary>
    public BookStream? DeepBook { get; set; }

    /// <summary>What has happened in this market.</summary>
    public MarketTape Tape { get; } = new();

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

    /// <summary>The highest price to buy and the lowest to sell at, on ticks; null without a mark price (Bybit V5, 14.10).</summary>
    /// <remarks>Assumed: without the premium term, since no samples of it are kept; the mark stands in for an index that is not known.</remarks>
    public (decimal Buy, decimal Sell)? PriceLimits
    {
        get
        {
            if (Mark is not { } mark) return null;
            decimal index = Index ?? mark;
            (decimal x, decimal y, decimal tick) = (Instrument.PriceLimitRatioX, Instrument.PriceLimitRatioY, Instrument.TickSize);
            decimal buy = Math.Min(mark * (1 + y), Math.Max(index, mark * (1 + x)));
            decimal sell = Math.Max(mark * (1 - y), Math.Min(index, mark * (1 - x)));
            return (
                Math.Clamp(decimal.Floor(buy / tick) * tick, Instrument.MinPrice, Instrument.MaxPrice),
                Math.Clamp(decimal.Ceiling(sell / tick) * tick, Instrument.MinPrice, Instrument.MaxPrice));
        }
    }

    /// <summary>The newest cross sequence that accounts were told.</summary>
    public long LastSequence { get; private set; }

    /// <summary>The cross sequence of what accounts are told next: the book's, whose numbers the public is told, or where the book has not moved since, one further (Bybit V5, 2 and 6.1).</summary>
    public long NextSequence() => LastSequence = Math.Max(LastSequence + 1, PublicBook.Sequence);

    /// <summary>The live market is lost: orders rest and nothing matches until a snapshot of it comes.</summary>
    public void Lose()
    {
        Recorded.Market.Clear();
        Ticker.Clear();
    }

    /// <summary>A client's position was liquidated, or a part of it.</summary>
    public void OnLiquidation(bool wasLong, decimal qty, decimal bankruptcyPrice, long nowNanos) =>
        Tape.Liquidations.Add(new TapeLiquidation(nowNanos / Venue.NanosPerMilli, wasLong, qty, bankruptcyPrice));

    /// <summary>Order flow takes the recording's place, before anything has happened.</summary>
    /// <param name="seed">Determines the ids of the trades.</param>
    public FlowBook UseFlow(ulong seed) => Flow = new FlowBook(this, seed);

    /// <summary>A trade was printed: a block trade makes no price.</summary>
    public void Print(MarketTrade trade)
    {
        Tape.OnTrade(trade);
        if (!trade.IsBlock) LastPrice = trade.Price;
    }

    private decimal? Mid => Book.Displayed is ({ } bid, { } ask) ? (bid + ask) / 2m : null;
}
