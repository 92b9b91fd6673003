using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LatencyEngine.MetaModel;
using LatencyEngine.Signals;

namespace LatencyEngine.Training;

/// <summary>From files of candles to a model's folder.</summary>
public static class TrainingRunner
{
    /// <summary>Name of the report in a model's folder.</summary>
    public const string ReportFileName = "report.html";

    /// <summary>Reads, looks for leaks, tests, trains, and writes the folder; nothing is written where anything fails before.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="InvalidDataException">A file is none, or holds too little.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="LeakException">A feature knows what it cannot.</exception>
    /// <exception cref="XgBoostException">XGBoost is missing or refuses something.</exception>
    public static TrainingOutcome Run(TrainingRequest request, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        XgBoostNative.RequirePresent();
        Candle[] candles = CandleFile.Read(request.CandlesPath, request.IntervalMillis, out string candlesHash);
        string fundingHash = "";
        FundingRates? funding = request.FundingPath is null ? null : CandleFile.ReadFunding(request.FundingPath, out fundingHash);
        EventTable events = EventTable.Of(candles, request.IntervalMillis, request.Settings.Barrier, funding);
        LeakCheck.RequireCausal(candles, events.FeatureNames, part => EventTable.RowsOf(part, request.IntervalMillis, funding));
        TrainingResult result = Trainer.Run(events, request.Settings, progress, cancel);
        long present = ((candles[^1].OpenMillis - candles[0].OpenMillis) / request.IntervalMillis) + 1;
        var card = new ModelCard
        {
            Name = request.Name,
            Symbol = request.Symbol,
            IntervalMillis = request.IntervalMillis,
            Features = events.FeatureNames,
            Calibration = result.Model.Calibration,
            Threshold = request.Settings.Threshold,
            HasEdge = result.HasEdge,
            UsesFunding = funding is not null,
            StopFraction = request.Settings.Barrier.StopFraction,
            TargetFraction = request.Settings.Barrier.TakeFraction,
            CandlesMax = request.Settings.Barrier.BarsMax,
            TrainedUntilMillis = candles[^1].OpenMillis,
            ModelSha256 = ModelCard.Sha256(result.Model.Json),
            DataSha256 = ModelCard.Sha256(Encoding.UTF8.GetBytes($"{candlesHash}\n{fundingHash}\n")),
            ConfigurationSha256 = ModelCard.Sha256(Encoding.UTF8.GetBytes(Described(request))),
        };
        var outcome = new TrainingOutcome(request, result, card, candles.Length, present - candles.Length);
        try
        {
            Directory.CreateDirectory(request.Folder);
            File.WriteAllBytes(Path.Combine(request.Folder, ModelCard.ModelFileName), result.Model.Json);
            File.WriteAllBytes(Path.Combine(request.Folder, ModelCard.FileName), card.ToJson());
            File.WriteAllText(Path.Combine(request.Folder, ReportFileName), TrainingReport.Render(outcome));
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new IOException(fault.Message, fault);
        }

        return outcome;
    }

    private static string Described(TrainingRequest request) => new JsonObject
    {
        ["Symbol"] = request.Symbol,
        ["IntervalMillis"] = request.IntervalMillis,
        ["Settings"] = JsonSerializer.SerializeToNode(request.Settings, SettingsJson.Default.TrainingSettings),
    }.ToJsonString();
}
