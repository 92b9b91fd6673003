using System.Globalization;

namespace LatencyEngine.History;

/// <summary>Whether a candle can be believed.</summary>
internal static class CandleCheck
{
    private const long EarliestMillis = 0;
    private const long LatestMillis = 4_102_444_800_000;   // 2100

    /// <summary>Why a time is none that a market has had; null when it may be. A source that counts in seconds or microseconds is noticed here.</summary>
    public static HistoryFault? OfTime(long millis) => millis is >= EarliestMillis and < LatestMillis ? null
        : new HistoryFault(millis, HistoryFaultKind.Impossible, string.Create(CultureInfo.InvariantCulture, $"the time {millis} is not in ms since 1970"));

    /// <summary>Why a candle by itself is none; null when it is sound.</summary>
    public static HistoryFault? Alone(in HistoryCandle candle, Timeframe timeframe)
    {
        if (!double.IsFinite(candle.Open + candle.High + candle.Low + candle.Close)) return Impossible(candle, "a price that is not finite");
        if (Math.Min(Math.Min(candle.Open, candle.High), Math.Min(candle.Low, candle.Close)) <= 0) return Impossible(candle, "a price that is not above zero");
        if (candle.High < candle.Low) return Impossible(candle, "the high below the low");
        if (candle.Low > Math.Min(candle.Open, candle.Close) || candle.High < Math.Max(candle.Open, candle.Close)) return Impossible(candle, "open or close outside low and high");
        if (candle.Volume < 0 || candle.Turnover < 0 || double.IsInfinity(candle.Volume) || double.IsInfinity(candle.Turnover)) return Impossible(candle, "a volume or turnover that cannot be");
        if (timeframe.FloorTo(candle.OpenMillis) != candle.OpenMillis) return new HistoryFault(candle.OpenMillis, HistoryFaultKind.Misaligned, $"it does not begin at a multiple of {timeframe}");
        return null;
    }

    /// <summary>Why a candle cannot follow another; null when it can.</summary>
    /// <param name="candle">It is sound.</param>
    /// <param name="before">The nearest good one before it, however long before.</param>
    /// <param name="jumpFactor">How many times higher or lower than the close before a price may be.</param>
    public static HistoryFault? After(in HistoryCandle candle, in HistoryCandle before, double jumpFactor)
    {
        if (candle.High <= before.Close * jumpFactor && candle.Low * jumpFactor >= before.Close) return null;
        return new HistoryFault(candle.OpenMillis, HistoryFaultKind.Jump, string.Create(CultureInfo.InvariantCulture, $"{candle.Low} to {candle.High}, more than {jumpFactor} times away from the close of {before.Close} at {HistoryText.Time(before.OpenMillis)}"));
    }

    private static HistoryFault Impossible(in HistoryCandle candle, string what) =>
        new(candle.OpenMillis, HistoryFaultKind.Impossible, string.Create(CultureInfo.InvariantCulture, $"{what}: open {candle.Open}, high {candle.High}, low {candle.Low}, close {candle.Close}, volume {candle.Volume}"));
}
