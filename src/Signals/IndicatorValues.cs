namespace LatencyEngine.Signals;

/// <summary>The indicators after one closed candle. NaN while one is not defined yet, never 0. docs/models.md, 5.</summary>
public readonly record struct IndicatorValues
{
    /// <summary>Mean of the last 20 closes.</summary>
    public double Sma20 { get; init; }

    /// <summary>EMA of 9 closes.</summary>
    public double Ema9 { get; init; }

    /// <summary>EMA of 20 closes.</summary>
    public double Ema20 { get; init; }

    /// <summary>EMA of 21 closes.</summary>
    public double Ema21 { get; init; }

    /// <summary>EMA of 50 closes.</summary>
    public double Ema50 { get; init; }

    /// <summary>Wilder's relative strength index of 14 changes, 0 to 100; 50 where nothing has moved.</summary>
    public double Rsi14 { get; init; }

    /// <summary>EMA of 12 closes less that of 26.</summary>
    public double Macd { get; init; }

    /// <summary>EMA of 9 of those.</summary>
    public double MacdSignal { get; init; }

    /// <summary>The one less the other.</summary>
    public double MacdHistogram => Macd - MacdSignal;

    /// <summary>Where the close lies in the range of 14 candles, 0 to 100; 50 without a range.</summary>
    public double StochasticRaw { get; init; }

    /// <summary>Mean of three of those.</summary>
    public double StochasticK { get; init; }

    /// <summary>Mean of three of those.</summary>
    public double StochasticD { get; init; }

    /// <summary>Range of the candle, its distance from the close before included.</summary>
    public double TrueRange { get; init; }

    /// <summary>Wilder's average of 14 true ranges.</summary>
    public double Atr14 { get; init; }

    /// <summary>Middle of the Bollinger bands, the mean of 20 closes.</summary>
    public double BollingerMid => Sma20;

    /// <summary>Standard deviation of those 20 closes, divided by 20.</summary>
    public double BollingerDeviation { get; init; }

    /// <summary>Two of them above the middle.</summary>
    public double BollingerUpper => Sma20 + (2 * BollingerDeviation);

    /// <summary>Two of them below the middle.</summary>
    public double BollingerLower => Sma20 - (2 * BollingerDeviation);

    /// <summary>Where the close lies between the bands: 0 at the lower, 1 at the upper; 0.5 where they are one.</summary>
    public double BollingerPercentB { get; init; }

    /// <summary>Distance of the bands over the middle.</summary>
    public double BollingerWidth => 4 * BollingerDeviation / Sma20;

    /// <summary>On-balance volume, 0 at the first candle.</summary>
    public double Obv { get; init; }

    /// <summary>Mean volume of 20 candles.</summary>
    public double VolumeSma20 { get; init; }

    /// <summary>Volume over that mean as it was before this candle: with it inside, twice the mean would be 2.11 times the others. Trap T17.</summary>
    public double VolumeRatio { get; init; }

    /// <summary>Wilder's +DI of 14.</summary>
    public double PlusDi14 { get; init; }

    /// <summary>Wilder's -DI of 14.</summary>
    public double MinusDi14 { get; init; }

    /// <summary>Wilder's average directional index of 14.</summary>
    public double Adx14 { get; init; }

    /// <summary>Efficiency ratio of 20: net change over the sum of changes, 0 to 1; 0 where nothing has moved.</summary>
    public double EfficiencyRatio20 { get; init; }
}
