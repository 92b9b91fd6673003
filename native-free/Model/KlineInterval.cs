namespace LatencyEngine.Model;

/// <summary>Length of a candle (Bybit V5, 6.6, <c>interval</c>).</summary>
public enum KlineInterval : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary><c>1</c>: one minute.</summary>
    OneMinute = 1,

    /// <summary><c>3</c>: three minutes.</summary>
    ThreeMinutes = 2,

    /// <summary><c>5</c>: five minutes.</summary>
    FiveMinutes = 3,

    /// <summary><c>15</c>: fifteen minutes.</summary>
    FifteenMinutes = 4,

    /// <summary><c>30</c>: thirty minutes.</summary>
    ThirtyMinutes = 5,

    /// <summary><c>60</c>: one hour.</summary>
    OneHour = 6,

    /// <summary><c>120</c>: two hours.</summary>
    TwoHours = 7,

    /// <summary><c>240</c>: four hours.</summary>
    FourHours = 8,

    /// <summary><c>360</c>: six hours.</summary>
    SixHours = 9,

    /// <summary><c>720</c>: twelve hours.</summary>
    TwelveHours = 10,

    /// <summary><c>D</c>: one day.</summary>
    Day = 11,

    /// <summary><c>W</c>: one week.</summary>
    Week = 12,

    /// <summary><c>M</c>: one month.</summary>
    Month = 13,

    /// <summary>An interval that V5 does not document: counted and reported, never guessed.</summary>
    Other = 255,
}
