using LatencyEngine.Signals;

namespace LatencyEngine.MetaModel;

/// <summary>Makes the signal and the features of one instrument from its closed candles, one at a time. Training and trading use the same object, so a feature can see no candle that trading would not have.</summary>
/// <remarks>Thread: one at a time. Allocates: only when constructed.</remarks>
public sealed class FeatureBuilder
{
    /// <summary>How many candles of the signal make one of the longer timeframe.</summary>
    public const int LongerFactor = 4;

    private const string AtClose = "close of the candle";
    private const int CloseCount = 25;
    private const long HourMillis = 3_600_000;
    private const long DayMillis = 24 * HourMillis;
    private const int WeekdayOf1970 = 4;

    private readonly long _intervalMillis;
    private readonly FundingRates? _funding;
    private readonly IndicatorSet _indicators;
    private readonly IndicatorSet _longerIndicators;
    private readonly CandleFolder _longerCandles;
    private readonly RegimeClassifier _regime = new();
    private readonly double[] _closes = new double[CloseCount];
    private readonly float[] _values = new float[Features.Count];
    private PrimarySignal _longer;
    private SignalDirection _directionBefore;

    /// <summary>Begins without a candle.</summary>
    /// <param name="intervalMillis">Length of a candle, ms.</param>
    /// <param name="funding">The instrument's rates; null where they are not known, which is a missing number to the model.</param>
    public FeatureBuilder(long intervalMillis, FundingRates? funding = null)
    {
        _intervalMillis = intervalMillis;
        _funding = funding;
        _indicators = new IndicatorSet(intervalMillis);
        _longerIndicators = new IndicatorSet(LongerFactor * intervalMillis);
        _longerCandles = new CandleFolder(LongerFactor * intervalMillis);
    }

    /// <summary>What the model is told, in its order.</summary>
    public static IReadOnlyList<Feature> Features { get; } =
    [
        new("rsi_14", "0 to 100", AtClose),
        new("macd_histogram", "ATRs", AtClose),
        new("ema_gap_9_21", "ATRs", AtClose),
        new("atr_14", "fraction of the close", AtClose),
        new("percent_b_20", "share of the Bollinger bands", AtClose),
        new("volume_ratio_20", "mean volume before", AtClose),
        new("stochastic_k_14", "0 to 100", AtClose),
        new("adx_14", "0 to 100", AtClose),
        new("efficiency_ratio_20", "0 to 1", AtClose),
        new("return_1", "ATRs", AtClose),
        new("return_4", "ATRs", AtClose),
        new("return_24", "ATRs", AtClose),
        new("volatility_24", "deviation of the log return of a candle", AtClose),
        new("distance_sma_20", "ATRs", AtClose),
        new("distance_ema_50", "ATRs", AtClose),
        new("atr_rank_100", "share of the last 100 candles", AtClose),
        new("trend_strength", "0 to 100", AtClose),
        new("regime", "number of the regime", AtClose),
        new("funding_rate", "fraction of the position's value", "settlement at or before the close of the candle"),
        new("hour", "hour of the day at the close, UTC", AtClose),
        new("weekday", "day of the week at the close, UTC, 0 Sunday", AtClose),
        new("direction", "1 up, -1 down", AtClose),
        new("strength", "0 to 1", AtClose),
        new("longer_vote", "-3 to 3", "close of the last candle of the longer timeframe"),
    ];

    /// <summary>The features of the candle taken last, in the order of <see cref="Features"/>; NaN where one is not defined.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The direction of the trend signal, where the longer timeframe confirms it.</summary>
    public SignalDirection Direction { get; private set; }

    /// <summary>Whether the candle taken last changed the direction to up or down: only then is the model asked, and only such candles are trained on.</summary>
    public bool IsEvent { get; private set; }

    /// <summary>Candles that were missing between those taken.</summary>
    public long Missing => _indicators.Missing;

    /// <summary>Takes a closed candle.</summary>
    /// <param name="candle">Later than the last.</param>
    /// <exception cref="ArgumentException">It cannot have happened, or is not later: nothing has changed.</exception>
    public void Next(in Candle candle)
    {
        IndicatorValues values = _indicators.Next(in candle);
        long closeMillis = candle.OpenMillis + _intervalMillis;
        if (_longerCandles.OnCandle(in candle, out Candle longer)) TakeLonger(in longer);
        if (_longerCandles.OnTime(closeMillis, out longer)) TakeLonger(in longer);
        _closes[(int)((_indicators.Count - 1) % CloseCount)] = candle.Close;

        PrimarySignal signal = PrimarySignal.Of(in values);
        Direction = signal.ConfirmedBy(_longer);
        IsEvent = Direction != SignalDirection.Neutral && Direction != _directionBefore;
        _directionBefore = Direction;

        MarketRegime regime = _regime.Next(in candle, in values);
        double atr = values.Atr14;
        int next = 0;
        Add(values.Rsi14);
        Add(values.MacdHistogram / atr);
        Add((values.Ema9 - values.Ema21) / atr);
        Add(atr / candle.Close);
        Add(values.BollingerPercentB);
        Add(values.VolumeRatio);
        Add(values.StochasticK);
        Add(values.Adx14);
        Add(values.EfficiencyRatio20);
        Add((candle.Close - CloseBefore(1)) / atr);
        Add((candle.Close - CloseBefore(4)) / atr);
        Add((candle.Close - CloseBefore(24)) / atr);
        Add(Volatility());
        Add((candle.Close - values.Sma20) / atr);
        Add((candle.Close - values.Ema50) / atr);
        Add(_regime.AtrRank);
        Add(_regime.TrendStrength);
        Add((int)regime);
        Add(_funding?.LastAt(closeMillis) ?? double.NaN);
        Add(closeMillis % DayMillis / HourMillis);
        Add(((closeMillis / DayMillis) + WeekdayOf1970) % 7);
        Add((int)Direction);
        Add(signal.Strength);
        Add(_longer.Vote);

        // A flat market divides by an ATR of zero: nothing is known then, rather than infinity.
        void Add(double value) => _values[next++] = double.IsFinite(value) ? (float)value : float.NaN;
    }

    private void TakeLonger(in Candle longer) => _longer = PrimarySignal.Of(_longerIndicators.Next(in longer));

    private double CloseBefore(int steps) => _indicators.Count > steps ? _closes[(int)((_indicators.Count - 1 - steps) % CloseCount)] : double.NaN;

    private double Volatility()
    {
        const int Returns = CloseCount - 1;
        (double sum, double squares) = (0, 0);
        for (int i = 0; i < Returns; i++)
        {
            double change = Math.Log(CloseBefore(i) / CloseBefore(i + 1));
            sum += change;
            squares += change * change;
        }

        double mean = sum / Returns;
        return Math.Sqrt(Math.Max(0, (squares / Returns) - (mean * mean)));
    }
}
