using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LatencyEngine.TestData;
using Xunit.Abstractions;

namespace LatencyEngine.Cli.Tests;

/// <summary>Clients of Bybit V5 written by others trade on the venue, with nothing but their addresses changed: the suites of <c>tests/clients</c>.</summary>
public sealed partial class ClientSuiteTests(ITestOutputHelper log)
{
    private const int ChecksMin = 20;

    /// <summary>A suite waits for a market in real time; a busy machine stretches that.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string[] Flow = ["--market", "flow", "--seed", "3", "--symbols", "BTCUSDT,ETHUSDT"];
    private static readonly string[] Recording = ["--market", "replay", "--symbols", "BTCUSDT"];

    [NodeFact("ccxt", "clients")]
    public void Ccxt_trades_on_the_venue() => Run("ccxt", Flow);

    [NodeFact("bybit-api", "clients")]
    public void Bybit_api_trades_on_the_venue() => Run("bybit-api", Flow);

    [NodeFact("ccxt", "clients")]
    public void Ccxt_trades_on_a_recording() => Run("ccxt", Recording);

    [NodeFact("bybit-api", "clients")]
    public void Bybit_api_trades_on_a_recording() => Run("bybit-api", Recording);

    private void Run(string client, string[] market)
    {
        using var venue = new RunningVenue([.. market, "--fee-tier", "VIP 0"]);
        using Process suite = NodeScripts.Start($"clients/{client}.mjs", venue.ClientEnvironment());
        Task<string> reading = suite.StandardOutput.ReadToEndAsync();
        Task<string> faults = suite.StandardError.ReadToEndAsync();
        bool ended = suite.WaitForExit(Patience);
        if (!ended) suite.Kill(entireProcessTree: true);
        string output = reading.Result;
        log.WriteLine(output);
        log.WriteLine(faults.Result);

        Assert.True(ended, $"{client} did not end within {Patience.TotalMinutes} minutes");
        Assert.DoesNotContain(output.Split('\n'), line => line.StartsWith("not ok", StringComparison.Ordinal));
        Match sum = Sum().Match(output.TrimEnd().Split('\n')[^1]);
        Assert.True(sum.Success, $"{client} ended without its sum: {faults.Result}");
        Assert.Equal((client, "0"), (sum.Groups[1].Value, sum.Groups[3].Value));
        Assert.True(int.Parse(sum.Groups[2].Value, CultureInfo.InvariantCulture) >= ChecksMin, sum.Value);
        Assert.Equal(0, suite.ExitCode);
        Assert.Equal(ExitStatus.Interrupted, venue.Stop());
        Assert.Equal("latency-engine: interrupted; the venue is closed\n", venue.Error);
    }

    [GeneratedRegex("^(.+): ([0-9]+) checks, ([0-9]+) failed$")]
    private static partial Regex Sum();
}
