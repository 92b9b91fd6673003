using System.Globalization;
using LatencyEngine.History;

namespace LatencyEngine.Cli;

/// <summary>Options of the verbs that read and write a history.</summary>
internal static class HistoryOptions
{
    private const double JumpFactorMax = 1_000;
    private static readonly string[] MomentFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <summary>Different lengths of candles.</summary>
    public static Timeframe[] Timeframes(string option, string? text, List<string> faults)
    {
        Timeframe?[] found = [.. (text ?? "").Split(',', StringSplitOptions.TrimEntries).Select(Timeframe.Find)];
        if (found.All(one => one is not null) && found.Distinct().Count() == found.Length) return [.. found.Select(one => one!)];
        faults.Add($"{option} must be different ones of {Timeframe.Allowed}, separated by commas, was \"{text}\"");
        return [];
    }

    /// <summary>A moment in UTC, ms since 1970; null where it is not given, or is none.</summary>
    public static long? Moment(string option, string? text, List<string> faults)
    {
        if (text is null) return null;
        if (DateTime.TryParseExact(text, MomentFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime moment) && moment >= DateTime.UnixEpoch) return new DateTimeOffset(moment).ToUnixTimeMilliseconds();
        faults.Add($"{option} must be a moment in UTC from 1970 on, such as 2024-01-31 or 2024-01-31T12:00:00Z, was \"{text}\"");
        return null;
    }

    /// <summary>How many times away from the close before a price may be.</summary>
    public static double JumpFactor(string option, string? text, List<string> faults)
    {
        if (text is null) return HistoryStore.JumpFactorDefault;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor) && factor is > 1 and <= JumpFactorMax) return factor;
        faults.Add(string.Create(CultureInfo.InvariantCulture, $"{option} must be a number above 1, at most {JumpFactorMax}, was \"{text}\""));
        return HistoryStore.JumpFactorDefault;
    }
}
