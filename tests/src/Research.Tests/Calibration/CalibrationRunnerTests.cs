using System.Globalization;
using System.Text;
using System.Text.Json;
using LatencyEngine.Host;
using LatencyEngine.Simulator;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed class CalibrationRunnerTests : IDisposable
{
    private const string Derived = "v5shaped-btcusdt-20240808.frames.gz";
    private const string Genuine = "bybit-linear-btc-sol-20260809.frames.gz";
    private const string Needs = "calibrate needs orderbook and publicTrade of both sides";

    private const int TimeDigits = 19;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"calibration-{Guid.NewGuid():N}.frames");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_recording_of_a_known_market_gives_its_parameters_back()
    {
        const double A = 0.8;
        const double K = 0.05;
        const double Sigma = 6;
        const int Seconds = 1_500;
        var random = new Random(20);
        long[] buys = IntensityFitTests.Arrivals(random, Seconds * 10, A, K);
        long[] sells = IntensityFitTests.Arrivals(random, Seconds * 10, A, K);
        var lines = new List<string>();
        double price = 600_000;
        for (int step = 0; step < Seconds * 10; step++)
        {
            // The book comes as the step begins, trades within it; depths are from a mid that lies on a half tick.
            long bid = (long)Math.Round(price);
            lines.Add(BookLine(step * 100L, bid, 1 + random.Next(9), 1 + random.Next(9)));
            if (buys[step] > 0) lines.Add(TradeLine((step * 100L) + 40, "Buy", bid + 1 + (buys[step] / 2)));
            if (sells[step] > 0) lines.Add(TradeLine((step * 100L) + 60, "Sell", bid - (sells[step] / 2)));
            price += Sigma * Math.Sqrt(0.1) * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        }

        lines.Add(BookLine(Seconds * 1_000L, (long)Math.Round(price), 1, 1));

        InstrumentCalibration fit = Assert.Single(Fit(lines).Instruments);

        Assert.Equal((Seconds, (Seconds * 10) + 1), (fit.Seconds, fit.BookMessages));
        Assert.All([fit.Buys, fit.Sells], side =>
        {
            Assert.Null(side.Rejected);
            AssertCovers(side.KPerTick!, K);
            // At most one arrival is seen a step, and on a grid of whole ticks every other depth counts for the one before: A is known to some percent.
            Assert.InRange(side.APerSecond!.Value, 0.85 * A, 1.15 * A);
        });
        AssertCovers(fit.Sigma.RealisedTicksPerSqrtSecond, Math.Sqrt((Sigma * Sigma) + (1 / (6 * 0.1))));   // rounding to ticks adds 1/12 at both ends of each change
        Assert.NotNull(fit.OrderFlow);
        Assert.InRange(fit.OrderFlow.R2OutOfSample, -0.05, 0.05);   // a walk: nothing to be known
    }

    [Fact]
    public void The_derived_recording_is_fitted_and_says_so()
    {
        CalibrationResult result = Run(ReferenceFiles.Sample(Derived));

        InstrumentCalibration fit = Assert.Single(result.Instruments);
        Assert.StartsWith("derived: ", result.DataLabel, StringComparison.Ordinal);
        Assert.Equal(("BTCUSDT", 0.1m, 0.001m, 6_353, 21_309), (fit.Symbol, fit.TickSize, fit.LotSize, fit.BookMessages, fit.Trades));
        Assert.Null(fit.Buys.Rejected);
        Assert.InRange(fit.Buys.Wls!.R2, 0.9, 1);
        Assert.True(fit.Sells.Wls!.R2 < fit.Buys.Wls.R2);                                    // one sweep
        Assert.Equal(15, fit.Microprice.States.Count);
        Assert.True(fit.Microprice.States[0].AdjustmentTicks.High < 0);                      // sellers press: the mid will fall
        Assert.Equal(-fit.Microprice.States[0].AdjustmentTicks.Value, fit.Microprice.States[4].AdjustmentTicks.Value);
        Assert.InRange(fit.OrderFlow!.SameWindowR2, 0.3, 0.6);
        Assert.True(fit.OrderFlow.R2OutOfSample < 0.05);

        string text = CalibrationText.Render(result);
        Assert.All(text.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
        Assert.Contains("BTCUSDT: arrivals, A exp(-k depth)", text, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(CalibrationJson.Serialize(result));
        JsonElement buys = json.RootElement.GetProperty("instruments")[0].GetProperty("buys");
        Assert.Equal(fit.Buys.KPerTick!.Low, buys.GetProperty("kPerTick").GetProperty("low").GetDouble());

        // The sellers' interval of k reaches 0, so only the buyers' fit speaks.
        Assert.True(fit.Sells.KPerTick!.Low < 0);
        using JsonDocument overlay = JsonDocument.Parse(CalibrationOverlay.Serialize(result));
        JsonElement keys = overlay.RootElement.GetProperty("instruments").GetProperty("BTCUSDT");
        Assert.Equal(fit.Buys.KPerTick.Value, keys.GetProperty("arrivalDecayPerTick").GetDouble(), 5);
        Assert.Equal(fit.Buys.APerSecond!.Value, keys.GetProperty("arrivalRatePerSecond").GetDouble(), 5);
        Assert.Equal(0.5 / Math.Sqrt(30), keys.GetProperty("sigmaFloorTicksPerSqrtSecond").GetDouble(), 5);
        Assert.Equal(5 * fit.Sigma.RealisedTicksPerSqrtSecond.Value, keys.GetProperty("sigmaCapTicksPerSqrtSecond").GetDouble(), 2);
        double[][] microprice = [.. keys.GetProperty("micropriceTicks").GetString()!.Split(';').Select(row => row.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal([5, 5, 5], microprice.Select(row => row.Length));
        Assert.All(fit.Microprice.States.Zip(microprice.SelectMany(row => row)), pair => Assert.Equal(pair.First.AdjustmentTicks.Value, pair.Second, 1e-4));
        Assert.Equal(["instruments"], overlay.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void The_overlay_has_the_geometric_mean_of_the_rates_and_the_mean_of_the_decays_of_the_accepted_sides()
    {
        CalibrationResult result = Run(ReferenceFiles.Sample(Derived));
        InstrumentCalibration fit = result.Instruments[0];
        IntensityFit Side(double rate, double decay, string? rejected = null) => fit.Buys with { APerSecond = new(rate, rate, rate), KPerTick = new(decay, decay, decay), Rejected = rejected };

        Assert.Equal((6, 0.3), Written(Side(4, 0.2), Side(9, 0.4)));
        Assert.Equal((9, 0.4), Written(Side(4, 0.2, rejected: "r2 is below 0.5"), Side(9, 0.4)));

        (double Rate, double Decay) Written(IntensityFit buys, IntensityFit sells)
        {
            using JsonDocument overlay = JsonDocument.Parse(CalibrationOverlay.Serialize(result with { Instruments = [fit with { Buys = buys, Sells = sells }] }));
            JsonElement keys = overlay.RootElement.GetProperty("instruments").GetProperty("BTCUSDT");
            return (keys.GetProperty("arrivalRatePerSecond").GetDouble(), keys.GetProperty("arrivalDecayPerTick").GetDouble());
        }
    }

    [Fact]
    public void A_quiet_minute_is_read_and_its_thin_fits_are_rejected_with_the_reason()
    {
        CalibrationResult result = Run(ReferenceFiles.Sample(Genuine));

        Assert.Equal(["BTCUSDT", "SOLUSDT"], result.Instruments.Select(instrument => instrument.Symbol));
        Assert.All(result.Instruments, instrument => Assert.EndsWith("usable depths, 5 are needed", instrument.Buys.Rejected, StringComparison.Ordinal));
        InstrumentCalibration standing = result.Instruments[0];
        Assert.Equal(new Estimate(0, null, null), standing.Sigma.RealisedTicksPerSqrtSecond);
        Assert.NotNull(standing.Microprice.Rejected);
        Assert.Null(standing.OrderFlow);

        // Of BTCUSDT nothing is known, so nothing is written.
        Assert.DoesNotContain("BTCUSDT", CalibrationOverlay.Serialize(result), StringComparison.Ordinal);
        Assert.Contains("microprice less mid", CalibrationText.Render(result), StringComparison.Ordinal);
        Assert.Equal(["SOLUSDT"], Run(ReferenceFiles.Sample(Genuine), "SOLUSDT").Instruments.Select(instrument => instrument.Symbol));
    }

    [Fact]
    public void What_a_recording_lacks_is_one_line()
    {
        string[] books = [.. Enumerable.Range(0, 400).Select(i => BookLine(i * 100L, 600_000 + (i % 3), 5, 5))];
        string buy = TradeLine(35_000, "Buy", 600_010);
        string sell = TradeLine(35_000, "Sell", 599_990);
        string oneSided = BookLine(0, 600_000, 5, 5).Replace("[[\"60000.1\",\"0.005\"]]", "[]", StringComparison.Ordinal);

        Assert.Equal($"no trade of BTCUSDT in {_path}: {Needs}", Lack(books));
        Assert.Equal($"only selling takers of BTCUSDT in {_path}: {Needs}", Lack([.. books, sell]));
        Assert.Equal($"only buying takers of BTCUSDT in {_path}: {Needs}", Lack([.. books, buy]));
        Assert.Equal($"only 29.9 s of BTCUSDT in {_path}: calibrate needs 30 s at least", Lack([.. books[..300], TradeLine(29_900, "Buy", 600_010)]));
        Assert.Equal($"the book of BTCUSDT in {_path} never has both sides: {Needs}", Lack([oneSided, buy, sell]));
        Assert.Equal($"no order book of SOLUSDT in {_path}: {Needs}", Lack(books, "SOLUSDT"));
        Assert.Equal($"fewer than three books of BTCUSDT in {_path} lie 100 ms apart: calibrate needs all messages of the book", Lack([books[0], buy, sell]));
        Assert.Equal(
            $"no order book in {_path}: calibrate needs orderbook and publicTrade; record again, or use a file of samples/",
            Assert.Throws<RecordingException>(() => Fit([buy, sell])).Message);
        Assert.StartsWith("a frame is not what V5 writes: ", Assert.Throws<RecordingException>(() => Fit([.. books, buy.Replace("60001.0", "sixty", StringComparison.Ordinal)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_stops_when_it_is_told_to()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();

        Assert.Throws<OperationCanceledException>(() => CalibrationRunner.Run(ReferenceFiles.Sample(Genuine), null, Instruments, Quoting, cancel.Token));
    }

    private static string Instruments => ReferenceFiles.Sample("instruments-linear-20260809.json");

    private static QuotingConfiguration Quoting => ConfigurationReader.Load(ReferenceFiles.InRepository("configs/market-making.json"), new Dictionary<string, string>(), []).Quoting;

    private string Lack(IReadOnlyList<string> lines, params string[] symbols) => Assert.Single(Assert.Throws<ConfigurationException>(() => Fit(lines, symbols)).Faults);

    private CalibrationResult Fit(IReadOnlyList<string> lines, params string[] symbols)
    {
        File.WriteAllText(_path, string.Concat(lines.OrderBy(line => line[..TimeDigits], StringComparer.Ordinal).Select(line => line + "\n")), new UTF8Encoding(false));
        return Run(_path, symbols);
    }

    private static CalibrationResult Run(string path, params string[] symbols) => CalibrationRunner.Run(path, symbols.Length == 0 ? null : symbols, Instruments, Quoting, CancellationToken.None);

    private static string BookLine(long millis, long bidTicks, long bidLots, long askLots) =>
        $"{Nanos(millis)} {{\"topic\":\"orderbook.50.BTCUSDT\",\"type\":\"snapshot\",\"ts\":{Millis(millis)},\"data\":{{\"s\":\"BTCUSDT\",\"b\":[[\"{Price(bidTicks)}\",\"0.{bidLots:000}\"]],\"a\":[[\"{Price(bidTicks + 1)}\",\"0.{askLots:000}\"]],\"u\":1,\"seq\":1}},\"cts\":{Millis(millis)}}}";

    private static string TradeLine(long millis, string takerSide, long priceTicks) =>
        $"{Nanos(millis)} {{\"topic\":\"publicTrade.BTCUSDT\",\"type\":\"snapshot\",\"ts\":{Millis(millis)},\"data\":[{{\"T\":{Millis(millis)},\"s\":\"BTCUSDT\",\"S\":\"{takerSide}\",\"v\":\"0.001\",\"p\":\"{Price(priceTicks)}\",\"L\":\"PlusTick\",\"i\":\"20f43950-d8dd-5b31-9112-a178eb6023af\",\"BT\":false,\"seq\":1}}]}}";

    private static string Price(long ticks) => (ticks / 10m).ToString("0.0", CultureInfo.InvariantCulture);

    private static long Millis(long millis) => 1_700_000_000_000 + millis;

    private static long Nanos(long millis) => Millis(millis) * 1_000_000;

    private static void AssertCovers(Estimate estimate, double truth) => Assert.True(estimate.Low <= truth && truth <= estimate.High, $"[{estimate.Low}, {estimate.High}] does not hold {truth}");
}
