using System.Globalization;

namespace LatencyEngine.History;

/// <summary>Length of a candle that a history keeps: one minute to one day, each beginning at a multiple of it since 1970 in UTC.</summary>
/// <param name="Name">As the history writes it, for example <c>15m</c>, <c>4h</c>, <c>1d</c>.</param>
/// <param name="VenueName">As the venue writes it (Bybit V5, 6.6, <c>interval</c>): minutes, or <c>D</c>.</param>
/// <param name="Millis">The length, ms.</param>
public sealed record Timeframe(string Name, string VenueName, long Millis)
{
    private const long MinuteMillis = 60_000;

    /// <summary>Every one, shortest first.</summary>
    public static IReadOnlyList<Timeframe> All { get; } =
    [
        Of("1m", 1), Of("3m", 3), Of("5m", 5), Of("15m", 15), Of("30m", 30), Of("1h", 60), Of("2h", 120), Of("4h", 240), Of("6h", 360), Of("12h", 720),
        new("1d", "D", 1_440 * MinuteMillis),
    ];

    /// <summary>Both ways to write each of them, for people.</summary>
    public static string Allowed { get; } = string.Join(", ", All.Select(one => one.VenueName == one.Name ? one.Name : $"{one.VenueName} ({one.Name})"));

    /// <summary>The one of a name, in either way to write it; null for no such.</summary>
    public static Timeframe? Find(string name) => All.FirstOrDefault(one => one.Name == name || one.VenueName == name);

    /// <summary>The one of a length; null for no such.</summary>
    public static Timeframe? OfMillis(long millis) => All.FirstOrDefault(one => one.Millis == millis);

    /// <summary>The first opening at a moment or after it.</summary>
    public long OpeningFrom(long millis) => -FloorTo(-millis);

    /// <summary>The opening of the candle that holds a moment.</summary>
    public long FloorTo(long millis) => millis - (((millis % Millis) + Millis) % Millis);

    /// <inheritdoc />
    public override string ToString() => Name;

    private static Timeframe Of(string name, int minutes) => new(name, minutes.ToString(CultureInfo.InvariantCulture), minutes * MinuteMillis);
}
