using LatencyEngine.Book;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Pipeline;
using LatencyEngine.Quoting;
using LatencyEngine.Ring;
using LatencyEngine.Risk;
using LatencyEngine.Wire;

namespace LatencyEngine.Budgets;

/// <summary>A hot path between its two rings, with the shipped profile.</summary>
internal sealed class PathEngine
{
    private const int Slots = 1 << 8;
    private const int Bytes = 1 << 18;
    private const int Consumer = 0;
    private const int BookLevelsMax = 1_000;


    /// <summary>Builds it.</summary>
    /// <param name="hasTwin">Two instruments trade, not one.</param>
    public PathEngine(bool hasTwin)
    {
        InstrumentTable instruments = hasTwin ? Market.Twins : Market.Instruments;
        Orders = TradingProfile.OrderTable(instruments);
        Ledger = new PositionLedger(instruments, new MoneyE8(TradingProfile.StartBalanceE8));
        HotPath = new HotPath(
            instruments,
            [.. TradingProfile.Each(instruments, Lane)],
            TradingProfile.LevelsPerSide,
            new BybitDecoder(instruments),
            Orders,
            TradingProfile.OrderBudget(trading: hasTwin ? 2 : 1),
            Ledger,
            new RiskGate(instruments, TradingProfile.RiskLimits(instruments)),
            new OrderRequestEncoder(instruments, TradingProfile.RecvWindowMillis),
            Outbound,
            Meters)
        {
            Losses = new LossLadder(instruments.Count, TradingProfile.Losses),
        };
    }

    public FrameRing Inbound { get; } = new(Slots, Bytes, consumerCount: 1);

    public FrameRing Outbound { get; } = new(Slots, Bytes, consumerCount: 1);

    public HotPath HotPath { get; }

    public OrderTable Orders { get; }

    public PositionLedger Ledger { get; }

    public HotPathMeters Meters { get; } = new();

    /// <summary>One frame the way of the engine: into the inbound ring, through the hot path, out of the ring.</summary>
    public void Hand(in PathEntry entry, ReadOnlySpan<byte> payload)
    {
        if (Inbound.TryClaim(payload.Length, out Span<byte> claim)) payload.CopyTo(claim);
        Inbound.Publish((byte)entry.Kind, entry.Flags, entry.Generation, StageClock.NowNanos(), entry.LogicTimeNanos, causeSequence: -1);
        if (Inbound.TryPeek(Consumer, out FrameView frame)) HotPath.OnFrame(in frame);
        Inbound.Release(Consumer);
    }

    /// <summary>Looks at the next frame of the outbound ring; false when none waits.</summary>
    public bool TryPeek(out FrameView frame) => Outbound.TryPeek(Consumer, out frame);

    /// <summary>Done with the frame looked at.</summary>
    public void Release() => Outbound.Release(Consumer);

    private static InstrumentLane Lane(InstrumentSpec spec) => new()
    {
        Spec = spec,
        Book = new OrderBook(spec, BookLevelsMax),
        Volatility = new BoundedVolatility(new EwmaVolatility(TradingProfile.VolatilityTimeConstantSeconds), TradingProfile.VolatilityTimeConstantSeconds),
        Quoter = TradingProfile.Quoter(spec),
        RiskTiers = TradingProfile.Tiers(spec),
        LeverageE2 = TradingProfile.LeverageE2,
        TakerFeeE8 = TradingProfile.TakerFeeE8,
        FairValue = FairValueModel.WeightedMid,
        VolatilityJump = null,
        Sweep = null,
        MarkOuts = new MarkOuts(new MarkOutSettings { BaseQty = TradingProfile.OrderQty(spec), Gain = 0, WideningMaxFraction = 0.0002, MemorySeconds = 300 }),
        Guard = new LiquidationGuard(spec, new LiquidationGuardSettings(HoldShareE8: 100_000_000, UsedShareMaxE8: 100_000_000, CutFractionE8: 50_000_000, PassiveNanos: 1_000 * EpochNanos.PerMillisecond, PauseNanos: 30_000 * EpochNanos.PerMillisecond)),
        MarketDataAgeMaxNanos = TradingProfile.MarketDataAgeMaxNanos,
        MarkPriceAgeMaxNanos = 10_000 * EpochNanos.PerMillisecond,
        FeedLagMaxNanos = 2_000 * EpochNanos.PerMillisecond,
    };
}
