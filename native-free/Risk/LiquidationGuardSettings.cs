namespace LatencyEngine.Risk;

/// <summary>When a position is cut before the venue liquidates it, and how.</summary>
/// <param name="HoldShareE8">Share of the way from entry to liquidation from which on nothing is added to it, in 1e-8; above 0, at most 1, where only the worst case holds back.</param>
/// <param name="UsedShareMaxE8">Share of the way from entry to liquidation from which on it is cut, in 1e-8; above 0, at most 1, where it never is.</param>
/// <param name="CutFractionE8">Share of the position that a cut takes, in 1e-8; above 0, at most 1.</param>
/// <param name="PassiveNanos">How long a cut first rests at the touch, in nanoseconds of logic time; 0: not at all.</param>
/// <param name="PauseNanos">How long nothing is added after a cut has begun, in nanoseconds of logic time: what is bought back into a fall is cut again.</param>
public readonly record struct LiquidationGuardSettings(long HoldShareE8, long UsedShareMaxE8, long CutFractionE8, long PassiveNanos, long PauseNanos);
