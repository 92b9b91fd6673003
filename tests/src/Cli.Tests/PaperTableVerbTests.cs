using System.Text.Json;

namespace LatencyEngine.Cli.Tests;

public sealed class PaperTableVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latency-engine-paper-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Its_json_is_its_summary_and_alone_on_stdout()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("paper-table", "--paths", "50", "--seed", "3", "--json", "--report", _folder));

        using JsonDocument document = JsonDocument.Parse(line.Output);
        Assert.Equal((50, 3), (document.RootElement.GetProperty("paths").GetInt32(), document.RootElement.GetProperty("seed").GetInt32()));
        string report = document.RootElement.GetProperty("reportPath").GetString()!;
        Assert.Equal(File.ReadAllText(Path.Combine(report, "summary.json")), line.Output);
        Assert.True(File.Exists(Path.Combine(report, "report.html")));
        Assert.Empty(line.Error);
    }

    [Fact]
    public void Without_options_it_prints_the_thousand_paths_of_the_paper_and_writes_no_report()
    {
        using var line = new CommandLine { IsTerminal = true };

        Assert.Equal(ExitStatus.Done, line.Invoke("paper-table"));

        Assert.StartsWith("Avellaneda and Stoikov, section 3.3: 1,000 paths, seed 1; ", line.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Report", line.Output, StringComparison.Ordinal);
        Assert.Empty(line.Error);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_line_and_status_2_before_anything_is_simulated()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("paper-table", "--report", file));

        Assert.StartsWith($"latency-engine: cannot write a report below '{file}': ", Assert.Single(line.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(line.Output);
    }

    [Fact]
    public void Interrupted_it_says_so_and_ends_with_status_130()
    {
        using var line = new CommandLine();
        line.Interrupt();

        Assert.Equal(ExitStatus.Interrupted, line.Invoke("paper-table"));

        Assert.Equal(["latency-engine: interrupted before there was anything to report"], line.ErrorLines);
        Assert.Empty(line.Output);
    }

    [Fact]
    public void Faults_of_several_options_come_together()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("paper-table", "--paths", "none", "--seed", "x"));

        Assert.Equal(
            [
                "latency-engine: --paths must be a whole number from 2 to 1000000, was none",
                "latency-engine: --seed must be a whole number from 0 up, was x",
            ],
            line.ErrorLines);
    }
}
