using System.Globalization;

namespace LatencyEngine.Simulator;

/// <summary>A candle interval of Bybit V5 (6.6): minutes, day, week from Monday or month, in UTC.</summary>
/// <param name="Name">As the protocol writes it: <c>1</c> to <c>720</c> minutes, <c>D</c>, <c>W</c>, <c>M</c>.</param>
internal readonly record struct CandleInterval(string Name)
{
    private const long MinuteMillis = 60_000;
    private const long DayMillis = 1_440 * MinuteMillis;
    private const long FirstMondayMillis = 4 * DayMillis;   // 1970-01-01 was a Thursday

    /// <summary>Every interval, shortest first.</summary>
    public static IReadOnlyList<CandleInterval> All { get; } =
        [.. new[] { "1", "3", "5", "15", "30", "60", "120", "240", "360", "720", "D", "W", "M" }.Select(name => new CandleInterval(name))];

    /// <summary>Start of the candle that holds a moment, ms since 1970.</summary>
    public long StartOf(long millis)
    {
        switch (Name)
        {
            case "M":
                DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(millis);
                return new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
            case "W":
                return millis - ((millis - FirstMondayMillis) % (7 * DayMillis));
            case "D":
                return millis - (millis % DayMillis);
            default:
                return millis - (millis % (int.Parse(Name, CultureInfo.InvariantCulture) * MinuteMillis));
        }
    }

    /// <summary>Start of the candle behind the one that holds a moment, ms since 1970.</summary>
    public long NextStart(long millis)
    {
        const long LongestMonthMillis = 31 * DayMillis;
        long start = StartOf(millis);
        return Name switch
        {
            "M" => StartOf(start + LongestMonthMillis),
            "W" => start + (7 * DayMillis),
            "D" => start + DayMillis,
            _ => start + (int.Parse(Name, CultureInfo.InvariantCulture) * MinuteMillis),
        };
    }
}
