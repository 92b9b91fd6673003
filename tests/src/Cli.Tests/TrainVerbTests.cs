using System.Globalization;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

public sealed class TrainVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latency-engine-train-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [XgBoostFact]
    public void Its_document_is_alone_on_stdout_and_its_folder_is_not_overwritten()
    {
        string data = Candles(5000);
        string model = Path.Combine(_folder, "demo");
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("train", "--data", data, "--out", model, "--candidates", "1", "--json"));

        using JsonDocument document = JsonDocument.Parse(line.Output);
        Assert.Equal(("demo", "BTCUSDT", 5), (document.RootElement.GetProperty("name").GetString(), document.RootElement.GetProperty("symbol").GetString(), document.RootElement.GetProperty("folds").GetArrayLength()));
        Assert.Equal(["meta-model.json", "model.json", "report.html"], Directory.GetFiles(model).Select(Path.GetFileName).Order());
        Assert.Equal("training 100 %", line.ErrorLines[^1]);

        using var again = new CommandLine();
        Assert.Equal(ExitStatus.Usage, again.Invoke("train", "--data", data, "--out", model));
        Assert.Equal([$"latency-engine: --out must be a folder without a model, and {model} is not; move it away, or name another"], again.ErrorLines);
    }

    [XgBoostFact]
    public void On_a_terminal_there_is_a_bar_and_a_verdict()
    {
        using var line = new CommandLine { IsTerminal = true };

        Assert.Equal(ExitStatus.Done, line.Invoke("train", "--data", Candles(5000), "--out", Path.Combine(_folder, "m"), "--candidates", "1"));

        Assert.Contains("\rtraining [########", line.Error, StringComparison.Ordinal);
        Assert.EndsWith("100 %\n", line.Error, StringComparison.Ordinal);
        Assert.Contains("\nno edge: ", line.Output, StringComparison.Ordinal);
    }

    [XgBoostFact]
    public void Data_that_cannot_be_trained_on_is_one_line_and_status_2()
    {
        foreach ((string data, string reason) in new[] { (Candles(200), "too few"), (Path.Combine(_folder, "none.csv"), "none.csv") })
        {
            using var line = new CommandLine();
            Assert.Equal(ExitStatus.Usage, line.Invoke("train", "--data", data, "--out", Path.Combine(_folder, "m")));
            Assert.Contains(reason, Assert.Single(line.ErrorLines), StringComparison.Ordinal);
            Assert.Empty(line.Output);
        }
    }

    [XgBoostFact]
    public void Interrupted_it_writes_nothing_and_ends_with_status_130()
    {
        string data = Candles(5000);
        using var line = new CommandLine();
        line.Interrupt();

        Assert.Equal(ExitStatus.Interrupted, line.Invoke("train", "--data", data, "--out", Path.Combine(_folder, "m")));
        Assert.False(Directory.Exists(Path.Combine(_folder, "m")));
    }

    [Fact]
    public async Task Without_the_library_it_is_one_line_and_status_3()
    {
        // Found first, and none: as good as missing, whether or not it is installed.
        File.WriteAllText(Path.Combine(_folder, "libxgboost.so.0"), "no library");
        using var program = new ProgramProcess(new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = _folder }, ["train", "--data", ReferenceFiles.Sample("btcusdt-1h-2024.csv.gz"), "--out", Path.Combine(_folder, "m"), "--json"]);

        Assert.Equal(ExitStatus.HostLacks, await program.EndAsync());
        Assert.Equal("latency-engine: training needs XGBoost's library, libxgboost.so.0, and it is not there; get it with: apt-get install libxgboost0", program.Error.Trim());
        Assert.Empty(program.Output.Trim());
        Assert.False(Directory.Exists(Path.Combine(_folder, "m")));
    }

    [Fact]
    public void Faults_of_several_options_come_together()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("train", "--name", "a/b", "--timeframe", "7h", "--seed", "x", "--candidates", "0"));

        Assert.Equal(
            [
                "latency-engine: --data is missing: name a CSV file of candles",
                "latency-engine: --name must be 1 to 64 letters, digits, dots, dashes and underscores, was a/b",
                "latency-engine: --timeframe must be whole minutes that divide a day, was 7h",
                "latency-engine: --seed must be a whole number from 0 to 2147483647, was x",
                "latency-engine: --candidates must be at least 1, was 0",
            ],
            line.ErrorLines);
    }

    [Fact]
    public void Without_a_name_it_says_so()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("train", "--data", "a.csv", "--symbol", " "));
        Assert.Equal(["latency-engine: --name is missing: name the model", "latency-engine: --symbol needs a value"], line.ErrorLines);
    }

    private string Candles(int count)
    {
        var random = new Random(1);
        double price = 30_000;
        var lines = new List<string> { "open_time_ms,open,high,low,close,volume" };
        for (long i = 0; i < count; i++)
        {
            double open = price;
            price *= Math.Exp(0.02 * (random.NextDouble() - 0.5));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{1_600_000_000_000 + (i * 3_600_000) - (1_600_000_000_000 % 3_600_000)},{open},{Math.Max(open, price)},{Math.Min(open, price)},{price},{10 + random.NextDouble()}"));
        }

        string path = Path.Combine(_folder, "candles.csv");
        File.WriteAllLines(path, lines);
        return path;
    }
}
