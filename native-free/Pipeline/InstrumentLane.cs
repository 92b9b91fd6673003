using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Quoting;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline;

/// <summary>All that the hot path keeps for one instrument. Owner: the hot thread.</summary>
public sealed class InstrumentLane
{
    private const long BiasAgeMaxNanos = 36 * 3_600 * 1_000 * EpochNanos.PerMillisecond;

    private readonly RefusalPause _bidRefusals = new();
    private readonly RefusalPause _askRefusals = new();

    /// <summary>The instrument.</summary>
    public required InstrumentSpec Spec { get; init; }

    /// <summary>Its book.</summary>
    public required OrderBook Book { get; init; }

    /// <summary>Its volatility, from mids in ticks, within its bounds.</summary>
    public required BoundedVolatility Volatility { get; init; }

    /// <summary>Its quoting core.</summary>
    public required Quoter Quoter { get; init; }

    /// <summary>The slow thread's bias of it; none until one has come.</summary>
    public HeldBias Bias { get; init; } = new(BiasAgeMaxNanos);

    /// <summary>The strategy quotes it; false where it is traded outright only.</summary>
    public bool IsQuoted { get; init; } = true;

    /// <summary>The strategy takes directional requests.</summary>
    public bool TakesDirectionalRequests { get; init; }

    /// <summary>What its fair value was made of.</summary>
    public FairValueParts Parts { get; } = new();

    /// <summary>Its arrival intensity as it moves; null where the configured one holds.</summary>
    public RollingIntensity? Intensity { get; init; }

    /// <summary>Its order-flow imbalance, of which an alpha is made; null where none is quoted on.</summary>
    public OrderFlowImbalance? OrderFlow { get; init; }

    /// <summary>Alpha of a lot of <see cref="OrderFlow"/>, in ticks a second.</summary>
    public double OrderFlowAlphaTicksPerSecondPerLot { get; init; }

    /// <summary>Its maintenance-margin ladder.</summary>
    public required RiskTierTable RiskTiers { get; init; }

    /// <summary>Leverage times 100.</summary>
    public required int LeverageE2 { get; init; }

    /// <summary>Taker fee in 1e-8, part of the liquidation arithmetic.</summary>
    public required long TakerFeeE8 { get; init; }

    /// <summary>What its quotes are laid around.</summary>
    public required FairValueModel FairValue { get; init; }

    /// <summary>Levels of each side whose quantity makes the imbalance; 1 to 50.</summary>
    public int ImbalanceLevels { get; init; } = 1;

    /// <summary>Its microprice; the mid until a table has come.</summary>
    public MicropriceTable Microprice { get; } = new();

    /// <summary>Oldest book that is still quoted on, in nanoseconds of logic time.</summary>
    public required long MarketDataAgeMaxNanos { get; init; }

    /// <summary>Longest silence of the tickers topic, once it has spoken on a connection, while quotes are made, in nanoseconds of logic time.</summary>
    public required long MarkPriceAgeMaxNanos { get; init; }

    /// <summary>Largest distance of a book's push time from its arrival on the logic clock, before or behind, while quotes are made, in nanoseconds.</summary>
    public required long FeedLagMaxNanos { get; init; }

    /// <summary>Pulls the quotes while the mid moves far more than it usually does; null when that is off.</summary>
    public required VolatilityJump? VolatilityJump { get; init; }

    /// <summary>Pulls the quotes while the volatility is above its cap: capped, it would have them nearer than the estimate says.</summary>
    public bool PullsAtVolatilityCap { get; init; }

    /// <summary>Pulls the quotes for a while after a burst of trades through several levels; null when that is off.</summary>
    public required TradeSweep? Sweep { get; init; }

    /// <summary>What the mid did after own fills, and the widening of each side that follows from it.</summary>
    public required MarkOuts MarkOuts { get; init; }

    /// <summary>Keeps its position from growing, and cuts it, before the venue does.</summary>
    public required LiquidationGuard Guard { get; init; }

    /// <summary>How well its resting quotes follow the wanted ones.</summary>
    public QuoteTracking Tracking { get; } = new();

    /// <summary>Mark price: from the tickers topic, else derived from the mid; 0 before either.</summary>
    public PriceE8 MarkPrice { get; internal set; }

    /// <summary>True once a tickers message of the present connection gave a mark price.</summary>
    public bool HasTickerMark { get; internal set; }

    /// <summary>The venue has it open for trading.</summary>
    internal bool IsTrading { get; set; } = true;

    /// <summary>Liquidation price of the present position; 0 when flat or out of reach.</summary>
    public PriceE8 LiquidationPrice { get; internal set; }

    /// <summary>Entry value of the present position in 1e-16 USDT; 0 when flat.</summary>
    internal Int128 CostE16 { get; set; }

    /// <summary>Logic time of the newest applied book message; of one asked for by REST when the venue made it.</summary>
    public EpochNanos LastBookTime { get; internal set; }

    /// <summary>Logic time of the newest tickers message.</summary>
    internal EpochNanos LastTickerTime { get; set; }

    /// <summary>Distance of the newest book's push time from its arrival, without sign, in nanoseconds.</summary>
    internal long FeedLagNanos { get; set; }

    /// <summary>Its directional request.</summary>
    internal DirectionalTrade Directional { get; } = new();

    /// <summary>What the last decision found in the way of quotes.</summary>
    internal QuotesHeldBy HeldBy { get; set; }

    /// <summary>The last plan of quotes left out what would add to the position, or open one: the worst case forbids it.</summary>
    internal bool IsAddingHeld { get; set; }

    /// <summary>True when something that a decision depends on moved since the last one.</summary>
    internal bool NeedsDecision { get; set; }

    /// <summary><see cref="OrderTable.Changes"/> at the last plan of quotes; -1 when it came to something.</summary>
    internal long SettledAt { get; set; } = -1;

    /// <summary>The top of the book at that plan.</summary>
    internal BookTop SettledTop { get; set; }

    /// <summary>The bids' share of the quantity of the best levels now; 0 where <see cref="FairValue"/> is not by it.</summary>
    internal double BidShare { get; set; }

    /// <summary>The same at that plan.</summary>
    internal double SettledBidShare { get; set; }

    /// <summary>The volatility at that plan, ticks per square root of a second.</summary>
    internal double SettledSigma { get; set; }

    /// <summary>The shift by the order flow at that plan, ticks.</summary>
    internal double SettledShiftTicks { get; set; }

    /// <summary>Depth of the book topic in use, latched by the first message of a connection; 0 before. Another depth of the same symbol is a different book and is left alone.</summary>
    internal int BookDepth { get; set; }

    /// <summary>True while the book is one that was asked for by REST: of use to close positions, never to quote.</summary>
    internal bool HasPolledBook => BookDepth == 0 && Book.IsUsable;

    /// <summary>True from a fill, or a refused order, until the next book message arrives. The book in hand shows the market before the trade that filled us: quoting on it feeds a sweep order by order.</summary>
    internal bool AwaitsBook { get; set; }

    /// <summary>Counts refused creates of a side.</summary>
    internal RefusalPause RefusalsOf(Side side) => side == Side.Buy ? _bidRefusals : _askRefusals;

    /// <summary>The venue's newest position message that could be compared with the ledger.</summary>
    internal PositionEvent VenuePosition { get; set; }

    /// <summary>Since when the ledger differs from the venue's position messages; null while it does not.</summary>
    internal EpochNanos? DisagreesSince { get; set; }

    /// <summary>When a figure of the venue was last taken in place of the ledger's; null before any.</summary>
    internal EpochNanos? AdoptedAt { get; set; }

    /// <summary>The position in the rows of the look-up under way; its status is unset while none was listed.</summary>
    internal PositionEvent ListedPosition { get; set; }

    /// <summary>True once it was told that the venue's position cannot be taken over, until it can.</summary>
    internal bool HasToldStatus { get; set; }

    /// <summary>When a snapshot was last asked for.</summary>
    internal EpochNanos SnapshotAskedAt { get; set; }

    /// <summary>True while a snapshot has been asked for and has not come.</summary>
    internal bool AwaitsSnapshot { get; set; }

    /// <summary>The book is lost: what follows it from one message to the next begins anew.</summary>
    internal void ForgetBook()
    {
        OrderFlow?.Reset();
        Intensity?.Estimate.ForgetMid();
    }
}
