using System.Globalization;

namespace LatencyEngine.History;

/// <summary>Numbers of a history as text.</summary>
public static class HistoryText
{
    /// <summary>A moment, ms since 1970, as <c>2024-01-31T23:00:00Z</c>, with milliseconds where it has any; as the number itself where it is beyond every calendar.</summary>
    public static string Time(long millis) => millis is < -62_135_596_800_000 or > 253_402_300_799_999 ? millis.ToString(CultureInfo.InvariantCulture) :
        DateTimeOffset.FromUnixTimeMilliseconds(millis).UtcDateTime.ToString(millis % 1_000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The shortest text that reads as the same number; empty for NaN, which a history means as not told.</summary>
    public static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
