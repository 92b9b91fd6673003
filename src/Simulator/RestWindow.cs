namespace LatencyEngine.Simulator;

/// <summary>The span of time that a look-up asks for with <c>startTime</c> and <c>endTime</c> (Bybit V5, 10.7, 10.8, 12.5).</summary>
internal static class RestWindow
{
    /// <summary>The longest span, ms.</summary>
    public const long WeekMillis = 7L * 24 * 60 * 60 * 1_000;

    private const long TimeMillisMax = long.MaxValue / 1_000_000;   // what nanoseconds can hold

    /// <summary>Reads the span; null when it is in order and no longer than seven days.</summary>
    /// <param name="request">The look-up.</param>
    /// <param name="defaultMillis">Its length where only one end or none is given.</param>
    /// <param name="start">First ms of the span.</param>
    /// <param name="end">Last ms of the span.</param>
    public static Refusal? Read(RestRequest request, long defaultMillis, out long start, out long end)
    {
        (start, end) = (0, 0);
        if ((request.CheckNumber("startTime", 0, TimeMillisMax) ?? request.CheckNumber("endTime", 0, TimeMillisMax)) is { } refusal) return refusal;
        end = request.Number("endTime", request.Has("startTime") ? request.Number("startTime", 0) + defaultMillis : request.NowMillis);
        start = request.Number("startTime", end - defaultMillis);
        return start > end || end - start > WeekMillis ? new Refusal(10001, "params error: startTime and endTime must be in order and within 7 days") : null;
    }
}
