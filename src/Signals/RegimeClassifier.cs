namespace LatencyEngine.Signals;

/// <summary>Names the regime of one instrument and timeframe after each closed candle. docs/concepts/meta-label.md.</summary>
/// <remarks>Thread: one at a time. Allocates: only when constructed.</remarks>
public sealed class RegimeClassifier
{
    private const int SlopeBars = 5;
    private const int RankBars = 100;
    private const int RankBarsMin = 50;
    private const double RankHigh = 0.9;
    private const double EfficiencyLow = 0.35;
    private const double LeapAtrs = 3;
    private const double StrengthMin = 50;
    private const double AdxLow = 20;
    private const double EfficiencyRanging = 0.3;

    private readonly Window _emas = new(SlopeBars + 1);
    private readonly double[] _atrFractions = new double[RankBars];
    private int _atrCount;
    private double _atrBefore = double.NaN;
    private MarketRegime _rawBefore;

    /// <summary>Change of the EMA of 20 a candle, over five, in ATRs; NaN while any of the inputs is undefined, as are the next two.</summary>
    public double Slope { get; private set; } = double.NaN;

    /// <summary>Share of the last 100 values of ATR by close that are not above the newest; there must be 50.</summary>
    public double AtrRank { get; private set; } = double.NaN;

    /// <summary>How strong the trend is, 0 to 100.</summary>
    public double TrendStrength { get; private set; } = double.NaN;

    /// <summary>What the newest candle alone says.</summary>
    public MarketRegime Raw { get; private set; }

    /// <summary>What holds: volatile at once, anything else when two candles in a row say so.</summary>
    public MarketRegime Confirmed { get; private set; }

    /// <summary>Takes a closed candle.</summary>
    /// <param name="candle">Later than the last.</param>
    /// <param name="values">Its indicators.</param>
    public MarketRegime Next(in Candle candle, in IndicatorValues values)
    {
        if (!double.IsNaN(values.Ema20)) _emas.Add(values.Ema20);
        Slope = _emas.IsFull ? (_emas[0] - _emas[SlopeBars]) / (SlopeBars * values.Atr14) : double.NaN;
        AtrRank = double.IsNaN(values.Atr14) ? double.NaN : RankOf(values.Atr14 / candle.Close);
        int trend = Math.Sign(values.Ema20 - values.Ema50 is var gap && double.IsNaN(gap) ? 0 : gap);
        TrendStrength = 100 * ((0.4 * Clamp(trend * (candle.Close - values.Ema50) / (3 * values.Atr14))) + (0.3 * Clamp(trend * Slope / 0.15)) + (0.3 * Clamp(trend * (values.Rsi14 - 50) / 25)));
        if (double.IsNaN(Slope + AtrRank + TrendStrength + values.Adx14 + values.EfficiencyRatio20)) (Slope, AtrRank, TrendStrength) = (double.NaN, double.NaN, double.NaN);
        Raw = Classify(in candle, in values);
        if (Raw == MarketRegime.Volatile || Raw == _rawBefore) Confirmed = Raw;
        _rawBefore = Raw;
        _atrBefore = values.Atr14;
        return Confirmed;
    }

    private static double Clamp(double share) => Math.Clamp(share, 0, 1);

    private MarketRegime Classify(in Candle candle, in IndicatorValues values)
    {
        if (double.IsNaN(Slope)) return MarketRegime.Neutral;
        if ((AtrRank >= RankHigh && values.EfficiencyRatio20 < EfficiencyLow) || values.TrueRange >= LeapAtrs * _atrBefore) return MarketRegime.Volatile;
        if (candle.Close > values.Ema20 && values.Ema20 > values.Ema50 && Slope > 0 && TrendStrength >= StrengthMin) return MarketRegime.TrendingUp;
        if (candle.Close < values.Ema20 && values.Ema20 < values.Ema50 && Slope < 0 && TrendStrength >= StrengthMin) return MarketRegime.TrendingDown;
        return values.Adx14 < AdxLow && values.EfficiencyRatio20 < EfficiencyRanging ? MarketRegime.Ranging : MarketRegime.Neutral;
    }

    private double RankOf(double atrFraction)
    {
        _atrFractions[_atrCount++ % RankBars] = atrFraction;
        int count = Math.Min(_atrCount, RankBars);
        if (count < RankBarsMin) return double.NaN;
        int notAbove = 0;
        for (int i = 0; i < count; i++) notAbove += _atrFractions[i] <= atrFraction ? 1 : 0;
        return (double)notAbove / count;
    }
}
