using System.Text.Json;

namespace LatencyEngine.Cli.Tests;

public sealed class SweepVerbTests
{
    [Fact]
    public void It_prints_one_document_or_a_table_an_instrument()
    {
        string[] args = ["sweep", "--market", "flow", "--duration", "3s", "--seeds", "1", "--models", "glft", "--symbols", "BTCUSDT"];
        using var json = new CommandLine();
        Assert.Equal(ExitStatus.Done, json.Invoke([.. args, "--json"]));
        using JsonDocument document = JsonDocument.Parse(json.Output);
        Assert.Equal([false, true], document.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("isSymmetric").GetBoolean()));

        using var table = new CommandLine();
        Assert.Equal(ExitStatus.Done, table.Invoke(args));
        Assert.Contains("\nBTCUSDT\n", table.Output, StringComparison.Ordinal);
        Assert.Contains("1 run of", table.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--seeds must be a whole number from 1 to 1000, was 0", "--seeds", "0")]
    [InlineData("--models must be different models separated by commas, was glft,glft", "--models", "glft,glft")]
    [InlineData("--models must be avellaneda-stoikov, glft or glft-exact, was nix", "--models", "glft,nix")]
    [InlineData("--market is live, and no two runs see the same: take replay or flow", "--market", "live")]
    public void What_cannot_be_compared_is_one_line_and_status_2(string message, params string[] args)
    {
        using var line = new CommandLine();
        Assert.Equal(ExitStatus.Usage, line.Invoke(["sweep", .. args]));
        Assert.Equal([$"latency-engine: {message}"], line.ErrorLines);
    }
}
