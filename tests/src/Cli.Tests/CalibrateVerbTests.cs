using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

public sealed class CalibrateVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latency-engine-calibrate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_it_writes_is_an_overlay_that_the_trading_verbs_take()
    {
        string overlay = Path.Combine(_folder, "fit.json");
        using var fit = new CommandLine();

        Assert.Equal(ExitStatus.Done, fit.Invoke("calibrate", "--data", ReferenceFiles.Sample("v5shaped-btcusdt-20240808.frames.gz"), "--out", overlay, "--json"));

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
}
