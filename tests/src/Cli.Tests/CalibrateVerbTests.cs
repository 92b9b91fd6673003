using System.Text.Json;
using LatencyEngine.Host;
using LatencyEngine.Research;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

public sealed class CalibrateVerbTests : IDisposable
{
    private static readonly string Derived = ReferenceFiles.Sample("v5shaped-btcusdt-20240808.frames.gz");

    private readonly string _folder = Directory.CreateTempSubdirectory("latency-engine-calibrate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_it_writes_is_an_overlay_that_the_trading_verbs_take()
    {
        string overlay = Path.Combine(_folder, "fit.json");
        using var fit = new CommandLine();

        Assert.Equal(ExitStatus.Done, fit.Invoke("calibrate", "--data", Derived, "--out", overlay, "--json"));

        Assert.Empty(fit.Error);
        using JsonDocument document = JsonDocument.Parse(fit.Output);
        Assert.Equal(overlay, document.RootElement.GetProperty("overlayPath").GetString());
        double decay = document.RootElement.GetProperty("instruments")[0].GetProperty("buys").GetProperty("kPerTick").GetProperty("value").GetDouble();

        using var show = new CommandLine();
        Assert.Equal(ExitStatus.Done, show.Invoke("show-config", "--overlay", overlay, "--json"));
        using JsonDocument shown = JsonDocument.Parse(show.Output);
        JsonElement[] ours = [.. shown.RootElement.GetProperty("values").EnumerateArray().Where(value => value.GetProperty("origin").GetString() == overlay)];
        Assert.Equal(
            ["arrivalDecayPerTick", "arrivalRatePerSecond", "sigmaFloorTicksPerSqrtSecond", "sigmaCapTicksPerSqrtSecond", "micropriceTicks"],
            ours.Select(value => value.GetProperty("key").GetString()!["instruments:BTCUSDT:".Length..]));
        Assert.Equal(decay, double.Parse(ours[0].GetProperty("value").GetString()!), 5);
    }

    [Fact]
    public void A_dry_run_with_the_overlay_it_has_written_is_one_by_that_microprice_with_that_A_and_k_and_those_bounds_of_volatility()
    {
        string overlay = Path.Combine(_folder, "fit.json");
        using var fit = new CommandLine();
        Assert.Equal(ExitStatus.Done, fit.Invoke("calibrate", "--data", Derived, "--out", overlay));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(overlay));
        JsonElement written = document.RootElement.GetProperty("instruments").GetProperty("BTCUSDT");
        double Written(string key) => written.GetProperty(key).GetDouble();

        (JsonElement summary, InstrumentConfiguration ran) = DryRun(overlay, fairValue: "microprice");

        JsonElement instrument = summary.GetProperty("instruments")[0];
        JsonElement[] parts = [.. instrument.GetProperty("fairValue").EnumerateArray()];
        Assert.Equal(["mid", "microprice"], parts.Where(part => part.GetProperty("weight").GetInt32() == 1).Select(part => part.GetProperty("name").GetString()));
        Assert.True(parts.Single(part => part.GetProperty("name").GetString() == "microprice").GetProperty("meanAbsoluteTicks").GetDouble() > 0.01);
        Assert.NotEqual(Digest(DryRun(overlay, fairValue: "mid").Summary), Digest(summary));

        // Within the warm-up of the rolling intensity those that it began with are in force.
        JsonElement intensity = instrument.GetProperty("intensity");
        Assert.Equal((Written("arrivalRatePerSecond"), Written("arrivalDecayPerTick")), (intensity.GetProperty("arrivalRatePerSecond").GetDouble(), intensity.GetProperty("decayPerTick").GetDouble()));
        Assert.Equal((Written("sigmaFloorTicksPerSqrtSecond"), Written("sigmaCapTicksPerSqrtSecond")), (ran.SigmaFloorTicksPerSqrtSecond, ran.SigmaCapTicksPerSqrtSecond));
        Assert.Equal(written.GetProperty("micropriceTicks").GetString(), MicropriceText.Write(ran.MicropriceTicks!));
    }

    [Fact]
    public void Without_json_it_prints_a_table_and_an_existing_file_is_never_overwritten()
    {
        string[] args = ["calibrate", "--data", ReferenceFiles.Sample("bybit-linear-btc-sol-20260809.frames.gz"), "--symbol", "SOLUSDT", "--out", Path.Combine(_folder, "fit.json")];
        using var first = new CommandLine();
        Assert.Equal(ExitStatus.Done, first.Invoke(args));
        Assert.Contains("SOLUSDT: sigma, ticks per sqrt(s)", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("BTCUSDT", first.Output, StringComparison.Ordinal);

        using var second = new CommandLine();
        Assert.Equal(ExitStatus.Usage, second.Invoke(args));
        Assert.StartsWith("latency-engine: --out must be a new file, and ", Assert.Single(second.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_that_lacks_something_is_one_line_an_instrument_and_status_2()
    {
        string data = ReferenceFiles.Sample("bybit-linear-btc-sol-20260809.frames.gz");
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("calibrate", "--data", data, "--symbols", "ETHUSDT,SOLUSDT", "--out", Path.Combine(_folder, "fit.json")));

        Assert.Equal([$"latency-engine: no order book of ETHUSDT in {data}: calibrate needs orderbook and publicTrade of both sides"], line.ErrorLines);
        Assert.Empty(line.Output);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Interrupted_it_says_so_and_ends_with_status_130()
    {
        using var line = new CommandLine();
        line.Interrupt();

        Assert.Equal(ExitStatus.Interrupted, line.Invoke("calibrate"));
    }

    private static string? Digest(JsonElement summary) => summary.GetProperty("outboundSha256").GetString();

    /// <summary>Twenty seconds of the recording that was fitted: the summary, and what the instrument was run with.</summary>
    private (JsonElement Summary, InstrumentConfiguration Ran) DryRun(string overlay, string fairValue)
    {
        InstrumentConfiguration? ran = null;
        using var run = new CommandLine
        {
            Run = (request, progress, cancel) =>
            {
                ran = request.Configuration.Instruments["BTCUSDT"];
                return DryRunner.Run(request, progress, cancel);
            },
        };
        run.Environment["LATENCY_ENGINE_QUOTING__FAIRVALUE"] = fairValue;
        run.Environment["LATENCY_ENGINE_QUOTING__INTENSITY"] = "rolling";
        Assert.Equal(
            ExitStatus.Done,
            run.Invoke("dry-run", "--overlay", overlay, "--data", Derived, "--symbols", "BTCUSDT", "--duration", "20", "--speed", "max", "--report", _folder, "--json"));
        using JsonDocument summary = JsonDocument.Parse(run.Output);
        return (summary.RootElement.Clone(), ran!);
    }
}
