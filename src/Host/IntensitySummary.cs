using LatencyEngine.Pipeline;

namespace LatencyEngine.Host;

/// <summary>What a rolling arrival intensity came to: A and k in force at the end, and what became of the fits of both sides.</summary>
/// <param name="ArrivalRatePerSecond">A in force, 1/s.</param>
/// <param name="DecayPerTick">k in force, 1/tick.</param>
/// <param name="FitsTaken">Fits of a side that were taken.</param>
/// <param name="FitsTakenInPart">Of them, those held to a fifth of the last value.</param>
/// <param name="FitsRefused">Fits of a side that were refused.</param>
/// <param name="Bids">State of what fills bids: <c>Unset</c>, <c>WarmingUp</c>, <c>Taken</c>, <c>TakenInPart</c>, or why the newest fit was refused.</param>
/// <param name="Asks">The same of what fills asks.</param>
public sealed record IntensitySummary(double ArrivalRatePerSecond, double DecayPerTick, long FitsTaken, long FitsTakenInPart, long FitsRefused, string Bids, string Asks)
{
    /// <summary>Of an instrument at rest; null where the configured intensity holds.</summary>
    public static IntensitySummary? Of(InstrumentLane lane) => lane.Intensity is not { } rolling
        ? null
        : new IntensitySummary(rolling.ArrivalRatePerSecond, rolling.DecayPerTick, rolling.FitsTaken, rolling.FitsTakenInPart, rolling.FitsRefused, rolling.Estimate.Bids.Status.ToString(), rolling.Estimate.Asks.Status.ToString());
}
