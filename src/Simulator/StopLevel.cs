namespace LatencyEngine.Simulator;

/// <summary>Where a take profit or stop loss triggers.</summary>
/// <param name="Price">USDT.</param>
/// <param name="By">The price that is watched.</param>
public readonly record struct StopLevel(decimal Price, TriggerBy By);
