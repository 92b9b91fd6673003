using System.Text.Json;
using LatencyEngine.Host;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed class RequoteComparisonTests
{
    [Fact]
    public void The_shipped_overlay_sends_three_fifths_fewer_requests_than_naive_requoting_for_two_ticks_of_distance()
    {
        (RequoteRow naive, RequoteRow queue) = Compare(Runs.Derived);

        Assert.True(queue.Saved >= 0.6, $"{queue.Messages} requests against {naive.Messages}");
        (TrackingResult closer, TrackingResult farther) = (naive.Tracking["BTCUSDT"], queue.Tracking["BTCUSDT"]);
        Assert.InRange(farther.BidErrorTicks!.Value - closer.BidErrorTicks!.Value, 0, 2);
        Assert.InRange(farther.AskErrorTicks!.Value - closer.AskErrorTicks!.Value, 0, 2);
    }

    [Fact]
    public void In_a_market_that_hardly_moves_it_does_without_three_fifths_of_the_requests_that_move_quotes()
    {
        const int PlaceAndPull = 8;   // two quotes of two instruments, which no policy saves

        (RequoteRow naive, RequoteRow queue) = Compare(Runs.Genuine);

        Assert.True(naive.Messages > PlaceAndPull);
        Assert.True(queue.Messages - PlaceAndPull <= 0.4 * (naive.Messages - PlaceAndPull), $"{queue.Messages} requests against {naive.Messages}");
    }

    [Fact]
    public void Each_row_is_a_run_of_the_request_with_its_own_way_to_requote()
    {
        var made = new List<EngineConfiguration>();
        RequoteComparison comparison = RequoteComparison.Run(Runs.Request(Runs.Derived, reportDirectory: "", ("quoting:requote", "queue"), ("venue:seed", "7")), request =>
        {
            made.Add(request.Configuration);
            return ExampleRun.Make().Result with { OrdersSent = 1_000 - (300 * made.Count), InvariantBreaks = made.Count == 2 ? ["something broke"] : [] };
        });

        Assert.Equal([("distance", 1, 1), ("distance", 5, 1), ("queue", 5, 1)], made.Select(each => (each.Quoting.Requote, each.Instruments["BTCUSDT"].RequoteTicks, each.Instruments["SOLUSDT"].RequoteTicks)));
        Assert.Equal([700L, 400, 100], comparison.Rows.Select(row => row.Messages));
        Assert.Equal([0, 0.4286, 0.8571], comparison.Rows.Select(row => Math.Round(row.Saved!.Value, 4)));
        Assert.Equal(["distance: something broke"], comparison.InvariantBreaks);
        Assert.Equal(7UL, comparison.Seed);
    }

    [Fact]
    public void An_interrupted_run_ends_the_comparison() =>
        Assert.Empty(RequoteComparison.Run(Runs.Request(Runs.Derived, reportDirectory: ""), _ => ExampleRun.Make().Result with { Interrupted = true }).Rows);

    [Fact]
    public void The_text_has_a_line_an_instrument_and_the_document_the_published_names()
    {
        var tracking = new TrackingResult(1.25, 2, 0.015, null);
        var comparison = new RequoteComparison
        {
            Data = "samples/x",
            DataLabel = "derived",
            Seed = 3,
            RecordingSeconds = 60,
            InvariantBreaks = [],
            Rows = [new RequoteRow("naive", 1_200, 0, 4, 6, 200, -1.5m, new Dictionary<string, TrackingResult> { ["BTCUSDT"] = tracking, ["SOLUSDT"] = tracking }, "ab", null)],
        };

        string[] lines = RequoteComparisonText.Render(comparison).Split('\n');
        Assert.Equal("Requoting over samples/x (derived), 60.0 s, seed 3", lines[0]);
        Assert.Equal(["naive", "1,200", "0.00 %", "4", "6", "200.00", "-1.5000", "BTCUSDT", "1.25", "2.00", "1.50 %", "-"], lines[3].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(["SOLUSDT", "1.25", "2.00", "1.50 %", "-"], lines[4].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

        using JsonDocument document = JsonDocument.Parse(RequoteComparisonText.Serialize(comparison));
        Assert.Equal(["data", "dataLabel", "seed", "recordingSeconds", "rows", "invariantBreaks"], document.RootElement.EnumerateObject().Select(property => property.Name));
        JsonElement row = document.RootElement.GetProperty("rows")[0];
        Assert.Equal(["policy", "messages", "saved", "budgetRefusals", "fills", "messagesPerFill", "netPnl", "tracking", "outboundSha256", "reportPath"], row.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["bidErrorTicks", "askErrorTicks", "bidMissingShare", "askMissingShare"], row.GetProperty("tracking").GetProperty("SOLUSDT").EnumerateObject().Select(property => property.Name));
    }

    /// <summary>The naive row and that of the shipped overlay over a sample. In neither a quote is missing for long, and the hot path allocates nothing.</summary>
    private static (RequoteRow Naive, RequoteRow Queue) Compare(string sample)
    {
        WarmUp.Run();
        RunRequest request = Runs.Request(sample, reportDirectory: "") with
        {
            Configuration = ConfigurationReader.Load(ReferenceFiles.InRepository("configs/market-making.json"), new Dictionary<string, string>(), [], [ReferenceFiles.InRepository("configs/requote-by-queue.json")]),
        };
        RequoteComparison comparison = RequoteComparison.Run(request, Play);

        Assert.Equal(["naive", "distance", "queue"], comparison.Rows.Select(row => row.Policy));
        Assert.Empty(comparison.InvariantBreaks);
        Assert.Equal(0, comparison.Rows[0].Saved);
        Assert.All(comparison.Rows.SelectMany(row => row.Tracking.Values), tracking => Assert.True(tracking is { BidErrorTicks: >= 0, AskErrorTicks: >= 0, BidMissingShare: >= 0 and < 0.001, AskMissingShare: >= 0 and < 0.001 }, tracking.ToString()));
        return (comparison.Rows[0], comparison.Rows[2]);
    }

    /// <summary>A whole run without a report.</summary>
    private static RunResult Play(RunRequest request)
    {
        using RunStage stage = RunStage.Set(request);
        using VirtualTimeRun run = Runs.Play(request, stage);
        Assert.Equal(0, run.Engine.AllocatedBytes);
        return ExampleRun.Make().Result with
        {
            OrdersSent = stage.Engine.Orders.CreatesSent + stage.Engine.Orders.AmendsSent + stage.Engine.Orders.CancelsSent,
            Fills = run.Observer.Executions,
            Instruments = [.. stage.Engine.Lanes.Select(lane => new InstrumentResult(lane.Spec.Symbol, 0, 0, 0, 0, 0, 0, 0, 0) { Tracking = TrackingResult.Of(lane.Tracking) })],
        };
    }
}
