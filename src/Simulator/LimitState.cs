namespace LatencyEngine.Simulator;

/// <summary>A request limit as the headers of a response tell it (Bybit V5, 8.2, 9.2).</summary>
/// <param name="Requests">Requests in a whole window: <c>X-Bapi-Limit</c>.</param>
/// <param name="Remaining">Requests left: <c>X-Bapi-Limit-Status</c>.</param>
/// <param name="ResetMillis">When the next is free, ms since 1970: <c>X-Bapi-Limit-Reset-Timestamp</c>.</param>
internal readonly record struct LimitState(int Requests, int Remaining, long ResetMillis)
{
    private const long NanosPerMilli = 1_000_000;

    public static LimitState Of(RequestLimit limit, long nowNanos) => new(limit.Requests, limit.Remaining, limit.ResetNanos(nowNanos) / NanosPerMilli);
}
