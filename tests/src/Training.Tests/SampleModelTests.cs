using System.Text;
using LatencyEngine.MetaModel;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>The model that ships is what <c>train</c> makes of the candles that ship with it; samples/SOURCES.md has the command.</summary>
public sealed class SampleModelTests : IDisposable
{
    private static readonly string Candles = ReferenceFiles.Sample("btcusdt-1h-2024.csv.gz");
    private static readonly string Shipped = ReferenceFiles.Sample("models/demo");
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("sample-model-").FullName, "demo");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, true);

    [Fact]
    public void The_shipped_model_loads_and_knows_the_candles_that_ship_with_it()
    {
        Predictor? predictor = Predictor.TryLoad(Shipped, out string refusal);
        int count = CandleFile.Read(Candles, GoldenCandles.HourMillis, out string candlesHash).Length;

        Assert.Equal("", refusal);
        Assert.Equal(8736, count);
        Assert.Equal(("demo", "BTCUSDT", GoldenCandles.HourMillis), (predictor!.Card.Name, predictor.Card.Symbol, predictor.Card.IntervalMillis));
        Assert.Equal(ModelCard.Sha256(Encoding.UTF8.GetBytes($"{candlesHash}\n\n")), predictor.Card.DataSha256);
        Assert.InRange(predictor.Probability(new float[FeatureBuilder.Features.Count]), 0.01, 0.99);
    }

    [XgBoostFact]
    public void Training_again_gives_the_shipped_files_to_the_byte()
    {
        TrainingRunner.Run(new TrainingRequest { Name = "demo", Symbol = "BTCUSDT", IntervalMillis = GoldenCandles.HourMillis, CandlesPath = Candles, Folder = _folder, Settings = new TrainingSettings() });

        Assert.All([ModelCard.ModelFileName, ModelCard.FileName, TrainingRunner.ReportFileName], file => Assert.Equal(File.ReadAllText(Path.Combine(Shipped, file)), File.ReadAllText(Path.Combine(_folder, file))));
    }
}
