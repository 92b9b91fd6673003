using System.Text.Json;

namespace LatencyEngine.SideBySide.Tests;

/// <summary>The whole way's comparison with the real venue and the real engine, each in a process of its own.</summary>
public sealed class WholeWayComparisonTests
{
    [Fact]
    public void The_engine_trades_on_the_venue_and_gives_latencies_and_processor_time()
    {
        var (output, error) = (new StringWriter(), new StringWriter());

        int status = Bench.Run(["--filter", "WholeWay", "--rounds", "1", "--json"], WholeWayComparison.Entries, output, error);

        Assert.True(status == Bench.Done, $"{output}{error}");
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        Dictionary<string, double> figures = document.RootElement.GetProperty("cases").EnumerateArray().ToDictionary(each => each.GetProperty("name").GetString()!, each => each.GetProperty("median").GetDouble());
        Assert.Equal(["WholeWay.cpu", "WholeWay.p50", "WholeWay.p99", "WholeWay.spin.cpu", "WholeWay.spin.p50", "WholeWay.spin.p99"], figures.Keys.Order(StringComparer.Ordinal));
        foreach (string way in (string[])["WholeWay", "WholeWay.spin"])
        {
            Assert.True(figures[$"{way}.p50"] > 0 && figures[$"{way}.p99"] >= figures[$"{way}.p50"], $"{way}: {figures[$"{way}.p50"]} and {figures[$"{way}.p99"]}");
        }

        Assert.True(figures["WholeWay.cpu"] > 0 && figures["WholeWay.spin.cpu"] > figures["WholeWay.cpu"]);   // one sleeps while nothing comes
    }
}
