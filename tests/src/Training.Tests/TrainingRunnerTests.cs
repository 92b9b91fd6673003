using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using LatencyEngine.MetaModel;
using LatencyEngine.Signals;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>From a file of candles to a folder that trading loads.</summary>
public sealed class TrainingRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("training-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [XgBoostFact]
    public void A_folder_is_the_same_to_the_byte_each_time_and_trading_loads_it()
    {
        string csv = Write(GoldenCandles.Walk(12_000, 8));
        TrainingOutcome outcome = TrainingRunner.Run(Request(csv, "one"));
        TrainingRunner.Run(Request(csv, "two"));

        foreach (string file in new[] { ModelCard.ModelFileName, ModelCard.FileName, TrainingRunner.ReportFileName })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "one", file)), File.ReadAllBytes(Path.Combine(_folder, "two", file)));
        }

        Predictor predictor = Predictor.TryLoad(Path.Combine(_folder, "one"), out string refusal)!;
        Assert.Equal("", refusal);
        Assert.Equal(outcome.Result.Model.Probabilities(outcome.Result.Events), Enumerable.Range(0, outcome.Result.Events.Count).Select(i => predictor.Probability(outcome.Result.Events.Row(i))));
        Assert.Equal(outcome.Result.HasEdge, predictor.Card.HasEdge);
    }

    [XgBoostFact]
    public void The_document_and_the_page_say_what_the_test_found()
    {
        Candle[] gapped = [.. GoldenCandles.Walk(12_000, 8).Where((_, i) => i != 5000)];
        TrainingOutcome outcome = TrainingRunner.Run(Request(Write(gapped), "model"));

        using JsonDocument document = JsonDocument.Parse(TrainingJson.Serialize(outcome));
        JsonElement root = document.RootElement;
        Assert.Equal((11_999, 1, 5), (root.GetProperty("candles").GetInt32(), root.GetProperty("candlesMissing").GetInt32(), root.GetProperty("folds").GetArrayLength()));
        Assert.Equal(outcome.Result.Scores.Auc, root.GetProperty("auc").GetDouble());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("folds")[0].GetProperty("auc").ValueKind);
        foreach (string name in new[] { "logLoss", "brier", "ece", "precisionAtThreshold", "trades", "profitFactor", "sharpe", "maxDrawdown", "edge" }) Assert.True(root.TryGetProperty(name, out _), name);

        string page = File.ReadAllText(Path.Combine(_folder, "model", TrainingRunner.ReportFileName));
        XElement html = XDocument.Parse(page).Root!;
        Assert.Equal(3 + 4, html.Descendants("figure").Count());
        Assert.Equal(ClassifierScores.Reliability(outcome.Result.Probabilities, outcome.Result.Tested.Labels).Select(bin => $"{bin.Count} events"), html.Descendants("circle").Select(dot => dot.Value));
        Assert.Single(html.Descendants("rect"), bar => bar.Value.EndsWith("not tested", StringComparison.Ordinal));
        Assert.Equal(9 + (4 * 12), html.Descendants("rect").Count());
        Assert.Contains(html.Descendants("rect"), bar => bar.Value.EndsWith("left out", StringComparison.Ordinal));
        Assert.All(FeatureBuilder.Features, feature => Assert.Contains(html.Descendants("td"), cell => cell.Value == feature.Name));
        Assert.Contains("no edge", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.Contains("no edge", TrainingText.Render(outcome), StringComparison.Ordinal);
    }

    [XgBoostFact]
    public void Where_anything_fails_nothing_is_written()
    {
        Assert.Throws<InvalidDataException>(() => TrainingRunner.Run(Request(Write(GoldenCandles.Walk(300, 8)), "model")));

        Assert.False(Directory.Exists(Path.Combine(_folder, "model")));
    }

    private static TrainingRequest Request(string csv, string folder) => new()
    {
        Name = "demo",
        Symbol = "BTCUSDT",
        IntervalMillis = GoldenCandles.HourMillis,
        CandlesPath = csv,
        Folder = Path.Combine(Path.GetDirectoryName(csv)!, folder),
        Settings = new TrainingSettings { Candidates = 2, BootstrapDraws = 50, RoundsMax = 60 },
    };

    private string Write(Candle[] candles)
    {
        string path = Path.Combine(_folder, "candles.csv");
        File.WriteAllLines(path, [CandleFile.Header, .. candles.Select(candle => string.Create(CultureInfo.InvariantCulture, $"{candle.OpenMillis},{candle.Open},{candle.High},{candle.Low},{candle.Close},{candle.Volume}"))]);
        return path;
    }
}
