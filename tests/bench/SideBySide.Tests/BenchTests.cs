using System.Text.Json;
using LatencyEngine.Meter;

namespace LatencyEngine.SideBySide.Tests;

/// <summary>A run from its command line to its document and exit status, mostly with contestants made up for it.</summary>
public sealed class BenchTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData("--filter is followed by nothing", "--filter")]
    [InlineData("no number of rounds", "--rounds", "0")]
    [InlineData("a number with a sign", "--rounds", "-3")]
    [InlineData("an unknown option", "--peer")]
    [InlineData("a filter that no name has", "--filter", "turtle")]
    [InlineData("a ratio's name without peers", "--filter", "walk.hare")]
    public void A_command_line_that_means_nothing_is_one_line_and_bad_usage(string fault, params string[] args)
    {
        Assert.Equal(Bench.BadUsage, Run(args));
        Assert.Single(_error.ToString().TrimEnd().Split('\n'));
        Assert.True(_output.ToString().Length == 0, fault);
    }

    [Fact]
    public void Help_says_how_it_is_used()
    {
        Assert.Equal(Bench.Done, Run("--help"));
        Assert.Contains("--peers", _output.ToString());
        Assert.Contains("--filter WireToWire", _output.ToString());
    }

    [Fact]
    public void The_document_has_machine_commit_rounds_and_every_case()
    {
        JsonElement document = Document("--rounds", "3", "--json");

        Assert.Equal(3, document.GetProperty("rounds").GetInt32());
        Assert.True(document.TryGetProperty("commit", out _));
        Assert.True(document.GetProperty("machine").GetProperty("cores").GetInt32() > 0);
        JsonElement walk = Assert.Single(document.GetProperty("cases").EnumerateArray());
        Assert.Equal("Own.walk", walk.GetProperty("name").GetString());
        Assert.Equal("ns", walk.GetProperty("unit").GetString());
        Assert.Equal((10, 10, 10, 3), (walk.GetProperty("median").GetDouble(), walk.GetProperty("min").GetDouble(), walk.GetProperty("max").GetDouble(), walk.GetProperty("rounds").GetInt32()));
        Assert.False(document.TryGetProperty("ratios", out _));
    }

    [Fact]
    public void With_peers_the_document_has_each_ratio_with_its_spread_and_null_for_a_peer_that_is_not_installed()
    {
        JsonElement ratios = Document("--peers", "--rounds", "2", "--json").GetProperty("ratios");

        Assert.Equal("""{"median":2.5,"min":2.5,"max":2.5,"rounds":2}""", JsonSerializer.Serialize(ratios.GetProperty("walk.hare")));
        Assert.Equal(JsonValueKind.Null, ratios.GetProperty("walk.tortoise").ValueKind);
        Assert.Contains("tortoise is left out, its ratios are null: apt-get install tortoise", _error.ToString());
    }

    [Fact]
    public void A_ratios_name_chooses_it_alone()
    {
        JsonElement document = Document("--peers", "--rounds", "1", "--filter", "WALK.H", "--json");

        Assert.Equal(["walk.hare"], document.GetProperty("ratios").EnumerateObject().Select(ratio => ratio.Name));
    }

    [Fact]
    public void What_a_peer_does_better_is_said()
    {
        Run("--peers", "--rounds", "1", "--filter", "swim");

        Assert.Contains("swim.duck: the peer is faster, 2.00 times", _output.ToString());
    }

    [Fact]
    public void Different_answers_are_a_failure_without_figures()
    {
        Assert.Equal(Bench.Failed, Run("--filter", "Liar"));
        Assert.Contains("bench: duck reads [3], the shipped decoder [2] in {\"a\":2}", _error.ToString());
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void Files_hold_the_document_and_each_latency_of_the_measured_rounds()
    {
        string folder = Directory.CreateTempSubdirectory("bench-tests-").FullName;
        try
        {
            Assert.Equal(Bench.Done, Run("--filter", "Hop", "--rounds", "3", "--out", folder, "--json"));

            Assert.Equal(_output.ToString(), File.ReadAllText(Path.Combine(folder, "results.json")));
            Assert.Contains("Tag=Own.Hop,0.000,", File.ReadAllText(Path.Combine(folder, "latency.hlog")), StringComparison.Ordinal);
            Assert.Contains("Total count    =            3]", File.ReadAllText(Path.Combine(folder, "Own.Hop.hgrm")), StringComparison.Ordinal);   // not that of the warm-up
            Assert.Contains(">7 ns<", File.ReadAllText(Path.Combine(folder, "latency.html")), StringComparison.Ordinal);

            Assert.Equal(Bench.BadUsage, Run("--filter", "Hop", "--rounds", "3", "--out", folder));
            Assert.Contains("exists and is not empty", _error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_round_measures_every_contestant_and_begins_with_another_one()
    {
        var order = new List<string>();
        using var comparison = new Comparison { Contestants = [Noting("a"), Noting("b"), Noting("c")] };
        Rounds.Measure(comparison, rounds: 3);

        // After the one pass that warms up.
        Assert.Equal("abc bca cab", string.Join(' ', order.Skip(3).Chunk(3).Select(round => string.Concat(round))));

        Contestant Noting(string name) => new([new Figure(name)], _ => order.Add(name));
    }

    [Fact]
    public void Every_contestant_of_this_process_is_measured_only_once_its_time_is_stable()
    {
        const int PassesToSettle = 50;   // 40 ms each: more than the least warm-up has, and less than the longest
        var time = new PassTime();
        int passes = 0;
        var settling = new Contestant([new Figure("settling")], numbers =>
        {
            time.Pass(TimeSpan.FromMilliseconds(40));
            numbers[0] = Math.Max(PassesToSettle - passes++, 1);
        });
        var foreign = new Contestant([new Figure("foreign")], numbers => numbers[0] = passes) { IsInProcess = false };
        using var comparison = new Comparison { Contestants = [Constant("steady", 10), settling, foreign] };

        Dictionary<string, double[]> figures = Rounds.Measure(comparison, BenchOptions.RoundsQuotable, time);

        Assert.All(figures["settling"], number => Assert.Equal(1, number));
        Assert.InRange(passes, PassesToSettle, PassesToSettle + 10 + BenchOptions.RoundsQuotable);
    }

    [Fact]
    public void No_name_of_the_catalogue_is_given_twice()
    {
        string[] names = [.. Catalogue.All.SelectMany(entry => entry.Cases.Concat(entry.Ratios))];

        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void The_open_loop_over_sockets_has_a_case_for_every_way_rate_and_percentile()
    {
        string[] names = [.. Catalogue.All.SelectMany(entry => entry.Cases).Where(name => name.StartsWith("WireToWire.", StringComparison.Ordinal))];

        foreach (string way in (string[])["plain", "tls", "echo"])
        {
            foreach (string rate in (string[])["1k", "10k", "100k", "200k"])
            {
                Assert.All((string[])["p50", "p90", "p99", "p99.9", "p99.99", "max", "answered", "venueLate.p99"], figure => Assert.Contains($"WireToWire.{way}.{rate}.{figure}", names));
            }

            Assert.Contains($"WireToWire.{way}.saturated", names);
        }

        Assert.Contains("WireToWire.plain.1k.lost", names);
        Assert.Contains("WireToWire.floor.max", names);
    }

    [Fact]
    public void A_real_case_is_measured()
    {
        Assert.Equal(Bench.Done, Bench.Run(["--rounds", "1", "--filter", "meter.histogram", "--json"], Catalogue.All, _output, _error));
        JsonElement add = Assert.Single(JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("cases").EnumerateArray());

        Assert.Equal("Meter.histogramAdd", add.GetProperty("name").GetString());
        Assert.True(add.GetProperty("median").GetDouble() > 0);
    }

    private sealed class PassTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }

    private static IReadOnlyList<Entry> CatalogueOfWalks { get; } =
    [
        new Entry(["Own.walk"], ["walk.hare", "walk.tortoise"], context =>
        {
            if (!context.WithPeers) return new Comparison { Contestants = [Constant("Own.walk", 10)] };
            context.Miss("tortoise", "apt-get install tortoise");
            return new Comparison
            {
                Contestants = [Constant("Own.walk", 10), Constant("walk.hare", 25)],
                Ratios = [Ratio.TimesFaster("walk.hare", "Own.walk", "walk.hare"), Ratio.TimesFaster("walk.tortoise", "Own.walk", "walk.tortoise")],
            };
        }),
    ];

    private static IReadOnlyList<Entry> CatalogueOfLosses { get; } =
    [
        new Entry(["Own.Hop"], [], _ =>
        {
            var histogram = new LatencyHistogram();
            return new Comparison { Contestants = [new Contestant([new Figure("Own.Hop")], numbers => histogram.Record((long)(numbers[0] = 7))) { Histograms = [("Own.Hop", histogram)] }] };
        }),
        new Entry(["Own.swim"], ["swim.duck"], _ => new Comparison
        {
            Contestants = [Constant("Own.swim", 10), Constant("swim.duck", 5)],
            Ratios = [Ratio.TimesFaster("swim.duck", "Own.swim", "swim.duck")],
        }),
        new Entry(["Own.Liar"], [], _ =>
        {
            Answers.RequireEqual("2", "3", "duck", "{\"a\":2}"u8);
            return new Comparison { Contestants = [] };
        }),
    ];

    private static Contestant Constant(string name, double number) => new([new Figure(name)], numbers => numbers[0] = number);

    private int Run(params string[] args)
    {
        bool ofLosses = args.Any(argument => argument is "swim" or "Liar" or "Hop");
        return Bench.Run(args, ofLosses ? CatalogueOfLosses : CatalogueOfWalks, _output, _error);
    }

    private JsonElement Document(params string[] args)
    {
        Assert.Equal(Bench.Done, Run(args));
        return JsonDocument.Parse(_output.ToString()).RootElement;
    }
}
