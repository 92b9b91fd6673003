namespace LatencyEngine.Simulator;

/// <summary>What a flow market starts from.</summary>
public sealed record FlowSettings
{
    /// <summary>Ten minutes before a funding stamp: 2026-01-01 07:50 UTC.</summary>
    public const long DefaultStartNanos = 1_767_253_800_000_000_000;

    private static readonly Dictionary<string, decimal> RoundPrices = new(StringComparer.Ordinal) { ["BTCUSDT"] = 65_000m, ["ETHUSDT"] = 2_500m, ["SOLUSDT"] = 150m };

    /// <summary>What the value does besides its random walk.</summary>
    public FlowScenario Scenario { get; init; } = FlowScenario.Calm;

    /// <summary>Determines everything that happens; each symbol has a stream of its own.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Venue time at which the market opens, ns since 1970.</summary>
    public long StartNanos { get; init; } = DefaultStartNanos;

    /// <summary>The highest <see cref="Rate"/>: beyond it the grid of the events would be too coarse under stress.</summary>
    public const int RateMax = 20;

    /// <summary>How many times as many events come as in the market that is usual, 1 to <see cref="RateMax"/>.</summary>
    public int Rate { get; init; } = 1;

    /// <summary>First price by symbol, USDT; a symbol without one opens at a round figure.</summary>
    public IReadOnlyDictionary<string, decimal> FirstPrices { get; init; } = RoundPrices;

    /// <summary>Where a symbol opens: its first price on a tick, or ten thousand ticks.</summary>
    internal decimal FirstPriceOf(VenueInstrument instrument)
    {
        const int TicksOfAnyOther = 10_000;
        return FirstPrices.TryGetValue(instrument.Symbol, out decimal price) && price >= instrument.MinPrice && price <= instrument.MaxPrice
            ? decimal.Round(price / instrument.TickSize) * instrument.TickSize
            : TicksOfAnyOther * instrument.TickSize;
    }
}
