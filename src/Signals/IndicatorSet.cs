namespace LatencyEngine.Signals;

/// <summary>The indicators of one instrument and timeframe, one closed candle at a time. Sources: Wilder, New Concepts in Technical Trading Systems (1978), and docs/models.md, 5, which says how each begins.</summary>
/// <remarks>
/// A batch is the same object over a list, so both give the same numbers to the bit. A gap resets nothing; it is counted.
/// Memory does not grow with the candles. Thread: one at a time. Allocates: only when constructed.
/// </remarks>
public sealed class IndicatorSet
{
    private const int Period = 14;
    private const int BandPeriod = 20;

    private readonly long _intervalMillis;
    private readonly Window _closes = new(BandPeriod);
    private readonly Window _closesOfChanges = new(BandPeriod + 1);
    private readonly Window _highs = new(Period);
    private readonly Window _lows = new(Period);
    private readonly SeededAverage _ema9 = SeededAverage.Ema(9);
    private readonly SeededAverage _ema12 = SeededAverage.Ema(12);
    private readonly SeededAverage _ema20 = SeededAverage.Ema(20);
    private readonly SeededAverage _ema21 = SeededAverage.Ema(21);
    private readonly SeededAverage _ema26 = SeededAverage.Ema(26);
    private readonly SeededAverage _ema50 = SeededAverage.Ema(50);
    private readonly SeededAverage _macdSignal = SeededAverage.Ema(9);
    private readonly SeededAverage _gains = SeededAverage.Wilder(Period);
    private readonly SeededAverage _losses = SeededAverage.Wilder(Period);
    private readonly SeededAverage _ranges = SeededAverage.Wilder(Period);
    private readonly SeededAverage _directional = SeededAverage.Wilder(Period);
    private readonly WilderSum _rangeSum = new(Period);
    private readonly WilderSum _plusSum = new(Period);
    private readonly WilderSum _minusSum = new(Period);
    private readonly Sma _stochasticK = new(3);
    private readonly Sma _stochasticD = new(3);
    private readonly Sma _volumes = new(BandPeriod);
    private Candle _last;
    private double _obv;
    private double _volumeBefore = double.NaN;

    /// <summary>Begins without a candle.</summary>
    /// <param name="intervalMillis">Length of a candle, ms.</param>
    public IndicatorSet(long intervalMillis)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(intervalMillis);
        _intervalMillis = intervalMillis;
    }

    /// <summary>Candles taken.</summary>
    public long Count { get; private set; }

    /// <summary>Candles that were missing between those taken.</summary>
    public long Missing { get; private set; }

    /// <summary>The indicators of a series, one a candle.</summary>
    /// <param name="candles">Oldest first.</param>
    /// <param name="intervalMillis">Length of a candle, ms.</param>
    /// <exception cref="ArgumentException">As <see cref="Next"/>.</exception>
    public static IndicatorValues[] Of(IReadOnlyList<Candle> candles, long intervalMillis)
    {
        var set = new IndicatorSet(intervalMillis);
        return [.. candles.Select(candle => set.Next(in candle))];
    }

    /// <summary>Takes a closed candle.</summary>
    /// <param name="candle">Later than the last.</param>
    /// <exception cref="ArgumentException">It cannot have happened, or is not later: nothing has changed.</exception>
    public IndicatorValues Next(in Candle candle)
    {
        if (!candle.IsSound) throw new ArgumentException($"a candle that cannot have happened: {candle}", nameof(candle));
        if (Count > 0 && candle.OpenMillis <= _last.OpenMillis) throw new ArgumentException($"a candle of {candle.OpenMillis} behind one of {_last.OpenMillis}: they must come oldest first", nameof(candle));
        if (Count > 0) Missing += Math.Max(0, ((candle.OpenMillis - _last.OpenMillis) / _intervalMillis) - 1);

        double close = candle.Close;
        double trueRange = candle.High - candle.Low;
        (double rsi, double plusDi, double minusDi, double adx, double atr) = (double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
        if (Count > 0)
        {
            trueRange = Math.Max(trueRange, Math.Max(Math.Abs(candle.High - _last.Close), Math.Abs(candle.Low - _last.Close)));
            atr = _ranges.Next(trueRange);
            rsi = Rsi(close - _last.Close);
            (plusDi, minusDi, adx) = Directional(in candle, trueRange);
            _obv += close > _last.Close ? candle.Volume : close < _last.Close ? -candle.Volume : 0;
        }

        _closes.Add(close);
        _closesOfChanges.Add(close);
        _highs.Add(candle.High);
        _lows.Add(candle.Low);
        double sma = _closes.IsFull ? _closes.Mean() : double.NaN;
        double deviation = _closes.IsFull ? _closes.PopulationDeviation(sma) : double.NaN;
        double macd = _ema12.Next(close) - _ema26.Next(close);
        double raw = StochasticRaw(close);
        double k = double.IsNaN(raw) ? raw : _stochasticK.Next(raw);
        double volumeSma = _volumes.Next(candle.Volume);
        double volumeRatio = _volumeBefore > 0 ? candle.Volume / _volumeBefore : double.NaN;
        _volumeBefore = volumeSma;
        _last = candle;
        Count++;
        return new IndicatorValues
        {
            Sma20 = sma,
            Ema9 = _ema9.Next(close),
            Ema20 = _ema20.Next(close),
            Ema21 = _ema21.Next(close),
            Ema50 = _ema50.Next(close),
            Rsi14 = rsi,
            Macd = macd,
            MacdSignal = double.IsNaN(macd) ? macd : _macdSignal.Next(macd),
            StochasticRaw = raw,
            StochasticK = k,
            StochasticD = double.IsNaN(k) ? k : _stochasticD.Next(k),
            TrueRange = trueRange,
            Atr14 = atr,
            BollingerDeviation = deviation,
            BollingerPercentB = deviation == 0 ? 0.5 : (close - (sma - (2 * deviation))) / (4 * deviation),
            Obv = _obv,
            VolumeSma20 = volumeSma,
            VolumeRatio = volumeRatio,
            PlusDi14 = plusDi,
            MinusDi14 = minusDi,
            Adx14 = adx,
            EfficiencyRatio20 = EfficiencyRatio(),
        };
    }

    private double Rsi(double change)
    {
        double gain = _gains.Next(Math.Max(change, 0));
        double loss = _losses.Next(Math.Max(-change, 0));
        if (loss == 0) return gain == 0 ? 50 : 100;
        return 100 - (100 / (1 + (gain / loss)));
    }

    private (double PlusDi, double MinusDi, double Adx) Directional(in Candle candle, double trueRange)
    {
        (double up, double down) = (candle.High - _last.High, _last.Low - candle.Low);
        double range = _rangeSum.Next(trueRange);
        double plus = 100 * _plusSum.Next(up > down && up > 0 ? up : 0);
        double minus = 100 * _minusSum.Next(down > up && down > 0 ? down : 0);
        if (double.IsNaN(range)) return (double.NaN, double.NaN, double.NaN);
        (double plusDi, double minusDi) = range == 0 ? (0, 0) : (plus / range, minus / range);
        double sum = plusDi + minusDi;
        return (plusDi, minusDi, _directional.Next(sum == 0 ? 0 : 100 * Math.Abs(plusDi - minusDi) / sum));
    }

    private double StochasticRaw(double close)
    {
        if (!_highs.IsFull) return double.NaN;
        (double highest, double lowest) = (_highs.Max(), _lows.Min());
        return highest == lowest ? 50 : 100 * (close - lowest) / (highest - lowest);
    }

    private double EfficiencyRatio()
    {
        if (!_closesOfChanges.IsFull) return double.NaN;
        double path = 0;
        for (int i = BandPeriod; i > 0; i--) path += Math.Abs(_closesOfChanges[i - 1] - _closesOfChanges[i]);
        return path == 0 ? 0 : Math.Abs(_closesOfChanges[0] - _closesOfChanges[BandPeriod]) / path;
    }
}
