namespace LatencyEngine.Host;

/// <summary>How much of a limit is used.</summary>
/// <param name="Used">Now; above the limit where that was lowered, or the position grew without the engine.</param>
/// <param name="Max">The limit.</param>
public sealed record LimitUse(decimal Used, decimal Max);
