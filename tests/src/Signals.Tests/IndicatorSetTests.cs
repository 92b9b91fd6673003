using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.Signals.Tests;

/// <summary>Golden numbers of independent code, at 1e-9 of each.</summary>
public sealed class IndicatorSetTests
{
    private const long HourMillis = 3_600_000;
    private const double Tolerance = 1e-9;

    private static readonly (string Column, Func<IndicatorValues, double> Value)[] Columns =
    [
        ("sma20", v => v.Sma20), ("ema9", v => v.Ema9), ("ema20", v => v.Ema20), ("ema21", v => v.Ema21), ("ema50", v => v.Ema50), ("rsi14", v => v.Rsi14), ("macd", v => v.Macd), ("macd_signal", v => v.MacdSignal),
        ("macd_hist", v => v.MacdHistogram), ("stoch_raw_k", v => v.StochasticRaw), ("stoch_k", v => v.StochasticK), ("stoch_d", v => v.StochasticD), ("tr", v => v.TrueRange), ("atr14", v => v.Atr14),
        ("bb_mid", v => v.BollingerMid), ("bb_std_pop", v => v.BollingerDeviation), ("bb_up", v => v.BollingerUpper), ("bb_low", v => v.BollingerLower), ("bb_pctb", v => v.BollingerPercentB), ("bb_width", v => v.BollingerWidth),
        ("obv", v => v.Obv), ("vol_ma20", v => v.VolumeSma20), ("plus_di14", v => v.PlusDi14), ("minus_di14", v => v.MinusDi14), ("adx14", v => v.Adx14), ("er20", v => v.EfficiencyRatio20),
    ];

    [Fact]
    public void Every_indicator_agrees_with_the_golden_series_and_is_undefined_where_that_is()
    {
        IndicatorValues[] values = IndicatorSet.Of(GoldenCandles(), HourMillis);

        int compared = 0;
        foreach ((IReadOnlyDictionary<string, string> row, IndicatorValues own) in ReferenceFiles.GoldenRows("indicators500.csv").Zip(values))
        {
            foreach ((string column, Func<IndicatorValues, double> value) in Columns)
            {
                AssertNear(row[column], value(own), $"{column} of {row["i"]}");
                compared++;
            }
        }

        Assert.Equal(500 * Columns.Length, compared);
    }

    [Fact]
    public void Flat_rising_falling_and_single_steps_agree_with_the_golden_edges()
    {
        int compared = 0;
        foreach (IGrouping<string, IReadOnlyDictionary<string, string>> series in ReferenceFiles.GoldenRows("indicators_edge.csv").GroupBy(row => row["series"]))
        {
            var set = new IndicatorSet(HourMillis);
            foreach (IReadOnlyDictionary<string, string> row in series)
            {
                double close = double.Parse(row["close"]);
                IndicatorValues own = set.Next(new Candle((set.Count + 1) * HourMillis, close, close, close, close, 1));
                AssertNear(row["rsi14"], own.Rsi14, $"{series.Key} rsi14 of {row["i"]}");
                AssertNear(row["ema9"], own.Ema9, $"{series.Key} ema9 of {row["i"]}");
                AssertNear(row["macd"], own.Macd, $"{series.Key} macd of {row["i"]}");
                AssertNear(row["macd_signal"], own.MacdSignal, $"{series.Key} macd_signal of {row["i"]}");
                compared++;
            }
        }

        Assert.True(compared > 100);
    }

    [Fact]
    public void The_volume_is_held_against_the_mean_before_it()
    {
        var set = new IndicatorSet(HourMillis);
        for (int i = 0; i < 20; i++) Assert.True(double.IsNaN(set.Next(At(i, volume: 10)).VolumeRatio));

        Assert.Equal(2, set.Next(At(20, volume: 20)).VolumeRatio);
        Assert.Equal(30 / 10.5, set.Next(At(21, volume: 30)).VolumeRatio);
    }

    [Fact]
    public void A_gap_resets_nothing_and_is_counted()
    {
        var whole = new IndicatorSet(HourMillis);
        var gapped = new IndicatorSet(HourMillis);
        for (int i = 0; i < 60; i++)
        {
            IndicatorValues one = whole.Next(At(i, close: 100 + (i % 7)));
            Assert.Equal(one, gapped.Next(At(i < 30 ? i : i + 5, close: 100 + (i % 7))));
        }

        Assert.Equal((0L, 5L), (whole.Missing, gapped.Missing));
    }

    [Fact]
    public void A_candle_that_cannot_have_happened_or_is_not_later_is_refused_and_changes_nothing()
    {
        var set = new IndicatorSet(HourMillis);
        set.Next(At(0));
        Candle good = At(1);
        Candle[] refused =
        [
            At(0), good with { Close = double.NaN }, good with { Volume = double.PositiveInfinity }, good with { Volume = -1 }, good with { Low = 0, Open = 1, Close = 1, High = 1 },
            good with { High = good.Low - 1 }, good with { Close = good.High + 1 }, good with { Open = good.Low - 1 },
        ];

        foreach (Candle candle in refused) Assert.Throws<ArgumentException>(() => set.Next(candle));

        Assert.Equal(1, set.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndicatorSet(0));
    }

    [Fact]
    public void On_any_candles_the_bounded_indicators_keep_their_bounds_and_nothing_defined_becomes_undefined() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var set = new IndicatorSet(HourMillis);
            double price = 100;
            for (int i = 0; i < 120; i++)
            {
                double open = price;
                price *= random.Next(5) == 0 ? 1 : Math.Exp(random.NextDouble() - 0.5);
                IndicatorValues v = set.Next(new Candle(i * HourMillis, open, Math.Max(open, price), Math.Min(open, price), price, random.Next(3)));
                Assert.Equal(i >= 14, InRange(v.Rsi14, 0, 100));
                Assert.Equal(i >= 13, InRange(v.StochasticRaw, 0, 100));
                Assert.Equal(i >= 27, InRange(v.Adx14, 0, 100));
                Assert.Equal(i >= 20, InRange(v.EfficiencyRatio20, 0, 1));
                Assert.Equal(i >= 33, double.IsFinite(v.MacdHistogram));
                Assert.Equal(i >= 19, double.IsFinite(v.BollingerPercentB));
            }
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_candle_allocates_nothing()
    {
        var set = new IndicatorSet(HourMillis);
        for (int i = 0; i < 100; i++) set.Next(At(i));
        long next = 100;

        Assert.Equal(0, Allocation.BytesOf(() =>
        {
            for (int i = 0; i < 1_000; i++) set.Next(At(next++));
        }));
    }

    private static Candle At(long hour, double close = 100, double volume = 1) => new(hour * HourMillis, close, close + 1, close - 1, close, volume);

    private static List<Candle> GoldenCandles() =>
    [
        .. ReferenceFiles.GoldenRows("candles500.csv").Select(row =>
            new Candle(long.Parse(row["open_time_ms"]), double.Parse(row["open"]), double.Parse(row["high"]), double.Parse(row["low"]), double.Parse(row["close"]), double.Parse(row["volume"]))),
    ];

    private static bool InRange(double value, double least, double most) => value >= least && value <= most * (1 + Tolerance);

    private static void AssertNear(string golden, double own, string what)
    {
        if (golden.Length == 0)
        {
            Assert.True(double.IsNaN(own), $"{what}: {own}, undefined by the golden");
            return;
        }

        double wanted = double.Parse(golden);
        Assert.True(Math.Abs(own - wanted) <= Tolerance * Math.Max(1, Math.Abs(wanted)), $"{what}: {own:R}, golden {wanted:R}");
    }
}
