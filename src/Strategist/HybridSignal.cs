using LatencyEngine.Signals;

namespace LatencyEngine.Strategist;

/// <summary>Which way and how strongly, and what it is made of. Every score lies in -1 to 1 and is a number; a part that is not known makes all of it 0, with the reason. docs/concepts/strategist.md.</summary>
/// <param name="Score">Weighted sum of forecast and tactical score; 0 below the smallest that counts.</param>
/// <param name="Forecast">The forecast's part: its change over the days looked ahead, in percent, over a full change.</param>
/// <param name="Tactical">The tactical part: weighted mean of the three that follow.</param>
/// <param name="Momentum">Change over the last candles, over a full one.</param>
/// <param name="Rsi">How far the RSI is below 50, over a full distance: what is oversold is bought.</param>
/// <param name="Deviation">How far the price is below the forecast's path, over a full distance.</param>
/// <param name="ExpectedChange">The forecast's change over the days looked ahead, as a fraction.</param>
/// <param name="Reason">Why the score is 0; null when it is not.</param>
public sealed record HybridSignal(double Score, double Forecast, double Tactical, double Momentum, double Rsi, double Deviation, double ExpectedChange, string? Reason)
{
    private const long HourMillis = 3_600_000;
    private const long DayMillis = 24 * HourMillis;

    /// <summary>Whether a forecast is of use now: null, or why it is not.</summary>
    public static string? WhyNot(HybridSettings settings, ForecastPath? forecast, long nowMillis)
    {
        if (forecast is null) return "there is no forecast";
        if (forecast.MadeAtMillis > nowMillis) return "the forecast is from the future";
        return nowMillis - forecast.MadeAtMillis > settings.ForecastAgeMaxHours * HourMillis ? $"the forecast is older than {settings.ForecastAgeMaxHours} h" : null;
    }

    /// <summary>The signal at a moment.</summary>
    /// <param name="settings">Weights and full scores.</param>
    /// <param name="forecast">The newest forecast; null for none.</param>
    /// <param name="price">The present price.</param>
    /// <param name="momentumFrom">Close so many candles ago; NaN where there are not as many yet.</param>
    /// <param name="indicators">After the last closed candle.</param>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public static HybridSignal Of(HybridSettings settings, ForecastPath? forecast, double price, double momentumFrom, in IndicatorValues indicators, long nowMillis)
    {
        if (WhyNot(settings, forecast, nowMillis) is { } whyNot) return None(whyNot);
        if (!(double.IsFinite(price) && price > 0)) return None("there is no price");
        if (!(momentumFrom > 0 && double.IsFinite(momentumFrom) && double.IsFinite(indicators.Rsi14))) return None("there are too few candles");
        if (forecast!.At(nowMillis) is not { } path || forecast.At(nowMillis + (settings.LookforwardDays * DayMillis)) is not { } ahead) return None("the forecast holds no price at that moment");

        double change = (ahead / price) - 1;
        double forecastScore = Clip(100 * change / settings.FullChangePercent) * Freshness(settings, nowMillis - forecast.MadeAtMillis);
        double momentum = Clip(100 * ((price / momentumFrom) - 1) / settings.FullMomentumPercent);
        double rsi = Clip((50 - indicators.Rsi14) / settings.FullRsiDistance);
        double deviation = Clip(100 * ((path / price) - 1) / settings.FullDeviationPercent);
        double weights = settings.MomentumWeight + settings.RsiWeight + settings.DeviationWeight;
        double tactical = ((settings.MomentumWeight * momentum) + (settings.RsiWeight * rsi) + (settings.DeviationWeight * deviation)) / weights;
        double score = (settings.ForecastWeight * forecastScore) + ((1 - settings.ForecastWeight) * tactical);
        bool counts = Math.Abs(score) >= settings.MinSignalScore;
        return new HybridSignal(counts ? Clip(score) : 0, forecastScore, tactical, momentum, rsi, deviation, change, counts ? null : "the score is below the smallest that counts");
    }

    /// <summary>No signal, and why.</summary>
    public static HybridSignal None(string reason) => new(0, 0, 0, 0, 0, 0, 0, reason);

    /// <summary>A day long all of it, then less and less until it counts as none.</summary>
    private static double Freshness(HybridSettings settings, long ageMillis)
    {
        double oldest = settings.ForecastAgeMaxHours * HourMillis;
        return oldest <= DayMillis ? 1 : Math.Min(1, (oldest - ageMillis) / (oldest - DayMillis));
    }

    /// <summary>Into -1 to 1; what is no number is 0.</summary>
    private static double Clip(double score) => double.IsNaN(score) ? 0 : Math.Clamp(score, -1, 1);
}
