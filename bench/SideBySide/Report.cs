using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LatencyEngine.Meter;
using LatencyEngine.Research;

namespace LatencyEngine.SideBySide;

/// <summary>What a run found, as one JSON document or as text.</summary>
internal sealed class Report(BenchOptions options, Machine machine, string? commit)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Case> _cases = [];
    private readonly List<(string Name, LatencyHistogram Histogram)> _series = [];
    private readonly long _startMillis = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    private readonly Dictionary<string, Spread?> _ratios = [];

    /// <summary>Adds what one comparison gave.</summary>
    /// <param name="entry">Which one; its ratios without a measured peer are null.</param>
    /// <param name="comparison">Figures and ratios.</param>
    /// <param name="figures">The rounds of each figure, by its name.</param>
    public void Add(Entry entry, Comparison comparison, IReadOnlyDictionary<string, double[]> figures)
    {
        foreach (Figure figure in comparison.Contestants.SelectMany(contestant => contestant.Figures).Where(figure => options.Includes(figure.Name))) _cases.Add(new Case(figure, Spread.Of(figures[figure.Name])));
        _series.AddRange(comparison.Contestants.SelectMany(contestant => contestant.Histograms).Where(one => options.Includes(one.Name)));
        if (!options.WithPeers) return;
        foreach (string name in entry.Ratios.Where(name => options.Includes(name) || entry.Cases.Any(options.Includes))) _ratios[name] = comparison.Ratios.FirstOrDefault(ratio => ratio.Name == name)?.Of(figures);
    }

    /// <summary>Writes everything.</summary>
    public void Write(TextWriter output)
    {
        if (options.IsJson) output.WriteLine(Serialize());
        else WriteText(output);
    }

    /// <summary>Writes the files of <see cref="BenchOptions.Folder"/>.</summary>
    public void WriteFiles()
    {
        Directory.CreateDirectory(options.Folder);
        File.WriteAllText(Path.Combine(options.Folder, "results.json"), Serialize() + "\n");
        if (_series.Count == 0) return;
        using (var text = new StreamWriter(Path.Combine(options.Folder, "latency.hlog")))
        {
            var log = new HlogWriter(text, _startMillis);
            double lengthSeconds = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - _startMillis) / 1e3;
            foreach ((string name, LatencyHistogram histogram) in _series) log.Write(histogram, name, startSeconds: 0, lengthSeconds);
        }

        foreach ((string name, LatencyHistogram histogram) in _series)
        {
            using var text = new StreamWriter(Path.Combine(options.Folder, name + ".hgrm"));
            HgrmWriter.Write(histogram, text, unitScale: 1_000);
        }

        File.WriteAllText(
            Path.Combine(options.Folder, "latency.html"),
            LatencyPage.Render("Latency by percentile", [Conditions(), "Tails on a shared machine say more about the machine than about the program: the floor, where it is measured, is the same open loop with nothing to do."], _series));
    }

    private string Serialize() => JsonSerializer.Serialize(new Document(machine, commit, options.Rounds, _cases, options.WithPeers ? _ratios : null), Json);

    private string Conditions() => $"{machine.Cpu}, {machine.Cores} cores, load {machine.LoadAverage}; {machine.Kernel}; {machine.Runtime}; commit {commit ?? "unknown"}; {options.Rounds} rounds; {(machine.IsPinned ? "pinned" : "not pinned")}, priority {(machine.IsPriorityRaised ? "raised" : "not raised")}";

    private void WriteText(TextWriter output)
    {
        output.WriteLine($"{machine.Cpu}, {machine.Cores} cores, load {machine.LoadAverage}; {machine.Kernel}; {machine.Runtime}");
        output.WriteLine($"commit {commit ?? "unknown"}; {options.Rounds} rounds; {(machine.IsPinned ? "pinned" : "not pinned")}, priority {(machine.IsPriorityRaised ? "raised" : "not raised")}");
        output.WriteLine();
        string[][] cases = [["case", "unit", "median", "min", "max", "frames", "mean bytes"], .. _cases.Select(Row)];
        WriteTable(output, cases);
        if (!options.WithPeers) return;
        output.WriteLine();
        string[][] ratios = [["ratio", "median", "min", "max", "must", "goal", ""], .. _ratios.Select(ratio => Row(ratio.Key, ratio.Value))];
        WriteTable(output, ratios);
        output.WriteLine();
        foreach (string line in Shortcomings()) output.WriteLine(line);
    }

    /// <summary>What a peer does better, and every bound that is missed, one sentence each.</summary>
    internal IEnumerable<string> Shortcomings()
    {
        foreach ((string name, Spread? spread) in _ratios)
        {
            if (spread is not { } found) continue;
            Goal? goal = Goals.ByName.GetValueOrDefault(name);
            bool timesFaster = goal?.MoreIsBetter ?? true;
            if (timesFaster && found.Median < 1) yield return $"{name}: the peer is faster, {Number(1 / found.Median)} times";
            if (goal is not null && !goal.Reaches(found.Median, goal.Must)) yield return $"{name}: {Number(found.Median)}, which is not {(goal.MoreIsBetter ? "at least" : "at most")} {Number(goal.Must)}";
        }
    }

    private static string[] Row(Case row) =>
        [row.Name, row.Unit, Number(row.Median), Number(row.Min), Number(row.Max), row.Frames?.ToString(CultureInfo.InvariantCulture) ?? "", row.MeanBytes is { } bytes ? Number(bytes) : ""];

    private static string[] Row(string name, Spread? spread)
    {
        if (spread is not { } found) return [name, "null", "", "", "", "", "the peer is not installed"];
        Goal? goal = Goals.ByName.GetValueOrDefault(name);
        string verdict = goal is null ? "" : !goal.Reaches(found.Median, goal.Must) ? "NOT REACHED" : goal.Reaches(found.Median, goal.Wanted) ? "goal reached" : "reached";
        return [name, Number(found.Median), Number(found.Min), Number(found.Max), goal is null ? "" : Number(goal.Must), goal is null ? "" : Number(goal.Wanted), verdict];
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static void WriteTable(TextWriter output, string[][] rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows) output.WriteLine(string.Join("  ", row.Select((cell, column) => column is 0 || column == row.Length - 1 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    private sealed record Document(Machine Machine, string? Commit, int Rounds, IReadOnlyList<Case> Cases, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, Spread?>? Ratios);

    private sealed record Case(string Name, string Unit, double Median, double Min, double Max, int Rounds)
    {
        public Case(Figure figure, Spread spread)
            : this(figure.Name, figure.Unit, spread.Median, spread.Min, spread.Max, spread.Rounds)
        {
            Frames = figure.Frames;
            MeanBytes = figure.MeanBytes;
        }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Frames { get; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? MeanBytes { get; }
    }
}
