namespace LatencyEngine.Signals;

/// <summary>What a market is doing.</summary>
public enum MarketRegime
{
    /// <summary>Nothing that has a name, or too few candles to say.</summary>
    Neutral,

    /// <summary>Rising, in a trend.</summary>
    TrendingUp,

    /// <summary>Falling, in a trend.</summary>
    TrendingDown,

    /// <summary>Going nowhere, quietly.</summary>
    Ranging,

    /// <summary>Moving far and coming back, or in a leap.</summary>
    Volatile,
}
