using LatencyEngine.Signals;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>Labels, against the golden trades of independent code.</summary>
public sealed class TripleBarrierTests
{
    private const double Tolerance = 1e-9;
    private static readonly TripleBarrier WithoutSlippage = new() { SlippageFraction = 0 };

    [Fact]
    public void Every_directed_candle_has_the_golden_trade()
    {
        Candle[] candles = GoldenCandles.Read();
        IndicatorValues[] values = IndicatorSet.Of(candles, GoldenCandles.HourMillis);
        IReadOnlyDictionary<string, string>[] rows = [.. ReferenceFiles.GoldenRows("triple_barrier500.csv")];
        int[] directed = [.. Enumerable.Range(0, candles.Length).Where(i => PrimarySignal.Of(in values[i]).Direction != SignalDirection.Neutral)];

        Assert.Equal(rows.Select(row => int.Parse(row["t"])), directed);
        foreach (IReadOnlyDictionary<string, string> row in rows)
        {
            int bar = int.Parse(row["t"]);
            SignalDirection direction = PrimarySignal.Of(in values[bar]).Direction;
            BarrierOutcome? outcome = WithoutSlippage.Label(candles, bar, direction);
            Assert.Equal(row["direction"] == "LONG" ? SignalDirection.Up : SignalDirection.Down, direction);
            if (row["exit_reason"] == "NONE")
            {
                Assert.Null(outcome);
                continue;
            }

            Assert.Equal(row["exit_reason"], outcome!.Value.Exit.ToString().ToUpperInvariant());
            Assert.Equal(int.Parse(row["exit_bar"]), outcome.Value.ExitBar);
            Assert.Equal(double.Parse(row["entry_price"]), outcome.Value.EntryPrice);
            Assert.Equal(double.Parse(row["exit_price"]), outcome.Value.ExitPrice, 1e-9 * outcome.Value.ExitPrice);
            Assert.Equal(double.Parse(row["gross_return"]), outcome.Value.GrossReturn, Tolerance);
            Assert.Equal(double.Parse(row["net_return"]), outcome.Value.NetReturn, Tolerance);
            Assert.Equal(row["label"] == "1", outcome.Value.Pays);
        }
    }

    [Theory]
    [InlineData(SignalDirection.Up, BarrierExit.Stop, 98)]
    [InlineData(SignalDirection.Down, BarrierExit.Stop, 102)]
    public void A_candle_that_reaches_both_barriers_is_stopped(SignalDirection direction, BarrierExit exit, double price)
    {
        BarrierOutcome outcome = WithoutSlippage.Label([At(0, 100, 100, 100), At(1, 100, 104, 96)], 0, direction)!.Value;

        Assert.Equal((exit, 1), (outcome.Exit, outcome.ExitBar));
        Assert.Equal(price, outcome.ExitPrice, Tolerance);
    }

    [Theory]
    [InlineData(SignalDirection.Up, 95, BarrierExit.Stop)]
    [InlineData(SignalDirection.Up, 105, BarrierExit.Take)]
    [InlineData(SignalDirection.Down, 105, BarrierExit.Stop)]
    [InlineData(SignalDirection.Down, 95, BarrierExit.Take)]
    public void A_candle_that_opens_beyond_a_barrier_fills_at_its_open(SignalDirection direction, double open, BarrierExit exit)
    {
        BarrierOutcome outcome = WithoutSlippage.Label([At(0, 100, 100, 100), At(1, 100, 100, 100), At(2, open, open, open)], 0, direction)!.Value;

        Assert.Equal((exit, open), (outcome.Exit, outcome.ExitPrice));
    }

    [Fact]
    public void Slippage_and_funding_make_the_return_smaller()
    {
        Candle[] candles = [At(0, 100, 100, 100), At(1, 100, 100, 100), At(2, 100, 104, 100)];
        var funding = new FundingRates([(GoldenCandles.HourMillis, 0.5), (2 * GoldenCandles.HourMillis, 0.001)]);
        double bare = WithoutSlippage.Label(candles, 0, SignalDirection.Up)!.Value.NetReturn;

        Assert.Equal(bare - (0.0002 * 2.03), new TripleBarrier().Label(candles, 0, SignalDirection.Up)!.Value.NetReturn, Tolerance);
        Assert.Equal(bare - 0.001, WithoutSlippage.Label(candles, 0, SignalDirection.Up, funding)!.Value.NetReturn, Tolerance);
        Assert.True(WithoutSlippage.Label(candles, 0, SignalDirection.Down, funding)!.Value.NetReturn > WithoutSlippage.Label(candles, 0, SignalDirection.Down)!.Value.NetReturn);
    }

    [Fact]
    public void A_trade_that_the_candles_do_not_see_the_end_of_has_no_label_and_a_neutral_signal_none_at_all()
    {
        Candle[] flat = [.. Enumerable.Range(0, 25).Select(i => At(i, 100, 100, 100))];

        Assert.Null(WithoutSlippage.Label(flat[..24], 0, SignalDirection.Up));
        Assert.Null(WithoutSlippage.Label(flat, 24, SignalDirection.Up));
        Assert.Equal((BarrierExit.Time, 24), (WithoutSlippage.Label(flat, 0, SignalDirection.Up)!.Value.Exit, WithoutSlippage.Label(flat, 0, SignalDirection.Up)!.Value.ExitBar));
        Assert.Throws<ArgumentOutOfRangeException>(() => WithoutSlippage.Label(flat, 0, SignalDirection.Neutral));
    }

    private static Candle At(int hour, double open, double high, double low) => new(hour * GoldenCandles.HourMillis, open, high, low, open, 1);
}
