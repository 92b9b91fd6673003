namespace LatencyEngine.Simulator;

/// <summary>What the value of a flow market does besides its random walk, by name.</summary>
/// <remarks>
/// A shock starts <see cref="ShockAfterNanos"/> after the market opens. In a crash the value falls in a straight line, most makers leave at once, and half of
/// the fall comes back. In the gap the value is elsewhere from one event to the next, and nothing trades between.
/// </remarks>
public sealed record FlowScenario
{
    /// <summary>When the shock starts, ns after the opening.</summary>
    public const long ShockAfterNanos = 60_000_000_000;

    private const long CrashNanos = 5_000_000_000;
    private const long RecoveryNanos = 60_000_000_000;

    private FlowScenario(string name) => Name = name;

    /// <summary>Every scenario.</summary>
    public static IReadOnlyList<FlowScenario> All { get; } =
    [
        new("calm"),
        new("trend") { DriftAnHour = 0.03 },
        new("crash-2pct") { ShockPart = -0.02, FallNanos = CrashNanos, RecoveredPart = 0.01 },
        new("crash-5pct") { ShockPart = -0.05, FallNanos = CrashNanos, RecoveredPart = 0.025 },
        new("crash-20pct") { ShockPart = -0.20, FallNanos = CrashNanos, RecoveredPart = 0.10 },
        new("gap") { ShockPart = -0.03 },
    ];

    /// <summary>Two regimes of volatility, and nothing else.</summary>
    public static FlowScenario Calm => All[0];

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Part of the value that the drift adds an hour; its sign comes from the market's seed.</summary>
    public double DriftAnHour { get; private init; }

    /// <summary>Part of the value that the shock adds, below zero for a fall; 0 for no shock.</summary>
    public double ShockPart { get; private init; }

    /// <summary>How long the fall takes, ns; 0 for a gap.</summary>
    public long FallNanos { get; private init; }

    /// <summary>Part of the value before the shock that comes back within a minute after the fall.</summary>
    public double RecoveredPart { get; private init; }

    /// <summary>Whether makers have withdrawn: from the shock to the end of the recovery.</summary>
    /// <param name="elapsedNanos">Since the opening, ns.</param>
    public bool IsStressed(long elapsedNanos) => ShockPart != 0 && elapsedNanos >= ShockAfterNanos && elapsedNanos < ShockAfterNanos + FallNanos + RecoveryNanos;

    /// <summary>What the value is multiplied by.</summary>
    /// <param name="elapsedNanos">Since the opening, ns.</param>
    public double FactorAt(long elapsedNanos)
    {
        double fallen = elapsedNanos < ShockAfterNanos ? 0 : FallNanos == 0 ? 1 : Math.Min(1, (elapsedNanos - ShockAfterNanos) / (double)FallNanos);
        double recovered = Math.Clamp((elapsedNanos - ShockAfterNanos - FallNanos) / (double)RecoveryNanos, 0, 1);
        return 1 + (fallen * ShockPart) + (recovered * RecoveredPart);
    }

    /// <summary>The scenario of a name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those there are.</exception>
    public static FlowScenario Parse(string name) => All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new ArgumentException($"no market scenario \"{name}\"; choose one of {string.Join(", ", All.Select(scenario => scenario.Name))}", nameof(name));
}
