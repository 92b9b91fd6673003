using LatencyEngine.Host;
using LatencyEngine.Risk;

namespace LatencyEngine.Research;

/// <summary>Ways to requote over the same market with the same seed: what each sends, and how far its quotes are from where they are wanted.</summary>
public sealed record RequoteComparison
{
    /// <summary>Names of the rows, in their order; the first one is what the others are compared with.</summary>
    public static IReadOnlyList<string> Policies { get; } = ["naive", "distance", "queue"];

    /// <summary>Recording file as given, or the flow market's scenario.</summary>
    public required string Data { get; init; }

    /// <summary>What the recording is, in one phrase.</summary>
    public required string DataLabel { get; init; }

    /// <summary>Seed of the latency model, or of the flow market.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Seconds of market covered.</summary>
    public required double RecordingSeconds { get; init; }

    /// <summary>One row a way to requote.</summary>
    public required IReadOnlyList<RequoteRow> Rows { get; init; }

    /// <summary>What did not hold in one of the runs, one sentence each.</summary>
    public required IReadOnlyList<string> InvariantBreaks { get; init; }

    /// <summary>Makes one run a policy. Blocks for as long as they take.</summary>
    /// <param name="request">The market and the profile; its own quoting:requote is passed over.</param>
    /// <param name="run">Makes a run.</param>
    /// <returns>The rows; of fewer than all policies when a run was interrupted.</returns>
    public static RequoteComparison Run(RunRequest request, Func<RunRequest, RunResult> run)
    {
        var results = new List<(string Policy, RunResult Result)>();
        foreach (string policy in Policies)
        {
            RunResult result = run(request with { Configuration = With(request.Configuration, policy) });
            if (result.Interrupted) break;
            results.Add((policy, result));
        }

        return new RequoteComparison
        {
            Data = request.MarketName,
            DataLabel = results.Count > 0 ? results[0].Result.DataLabel : "",
            Seed = request.Configuration.Venue.Seed,
            RecordingSeconds = results.Count > 0 ? results[0].Result.RecordingSeconds : 0,
            Rows = [.. results.Select(pair => Row(pair.Policy, pair.Result, results[0].Result.OrdersSent))],
            InvariantBreaks = [.. results.SelectMany(pair => pair.Result.InvariantBreaks.Select(sentence => $"{pair.Policy}: {sentence}"))],
        };
    }

    private static EngineConfiguration With(EngineConfiguration configuration, string policy)
    {
        bool isNaive = policy == "naive";
        return configuration with
        {
            Quoting = configuration.Quoting with { Requote = isNaive ? "distance" : policy },
            Instruments = isNaive ? configuration.Instruments.ToDictionary(pair => pair.Key, pair => pair.Value with { RequoteTicks = 1 }) : configuration.Instruments,
        };
    }

    private static RequoteRow Row(string policy, RunResult result, long naiveMessages) => new(
        policy,
        result.OrdersSent,
        naiveMessages == 0 ? null : 1 - ((double)result.OrdersSent / naiveMessages),
        result.GateRefusals.GetValueOrDefault(nameof(RiskReason.OrderBudgetSpent)),
        result.Fills,
        result.MessagesPerFill,
        result.NetPnl,
        result.Instruments.ToDictionary(instrument => instrument.Symbol, instrument => instrument.Tracking),
        result.OutboundSha256,
        result.ReportPath);
}
