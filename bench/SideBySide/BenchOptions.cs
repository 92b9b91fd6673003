using System.Globalization;

namespace LatencyEngine.SideBySide;

/// <summary>The command line.</summary>
internal sealed record BenchOptions
{
    /// <summary>Rounds without <c>--rounds</c>.</summary>
    public const int RoundsDefault = 15;

    /// <summary>Fewest rounds that a quoted figure may have.</summary>
    public const int RoundsQuotable = 11;

    private const int RoundsMax = 1_001;

    /// <summary>How it is used.</summary>
    public const string Usage = """
        bench: measures the engine's hot path, alone or side by side with others that do the same work.

          ./run.sh bench [--peers] [--filter TEXT] [--rounds N] [--json] [--out DIR]

          --peers        also measure simdjson, System.Text.Json, node and others, and print the ratios
          --filter TEXT  only the cases, and with --peers the ratios, whose name contains TEXT, in whatever case
          --rounds N     rounds to measure, 1 to 1001 (15); fewer than 11 are for trying things out, without a warm-up
          --json         one JSON document on stdout, nothing else there
          --out DIR      write the document as results.json, and of cases that keep every latency latency.hlog, one .hgrm a series, in us,
                         and latency.html, into that folder, which must not exist yet, or be empty; without it into a new one below
                         bench/results/, unless the rounds are for trying things out

          Of the cases, open loops at fixed rates, timed from the schedule, with p50 to max and the host's noise beside:

          --filter TickToOrder  in process, from a frame to its last request; Burst: ten times the busiest second
          --filter WireToWire   over loopback sockets, plain and TLS, from a venue's frame until its order is back; beside bare sockets

          ./run.sh bench --kills [N]

          kills a run under load N times (1,000), by the control socket, and tells when the first bytes had left

        Exit status: 0 done, 1 two contestants gave different answers or one failed, 2 bad usage, 130 interrupted.
        """;

    /// <summary>Ours alone, or side by side.</summary>
    public bool WithPeers { get; private init; }

    /// <summary>Part of the names wanted; empty for all.</summary>
    public string Filter { get; private init; } = "";

    /// <summary>Rounds to measure.</summary>
    public int Rounds { get; private init; } = RoundsDefault;

    /// <summary>Folder for files; empty for none. One of its own below bench/results/ where none is named and the figures may be quoted.</summary>
    public string Folder { get; private init; } = "";

    /// <summary>One JSON document instead of the table.</summary>
    public bool IsJson { get; private init; }

    /// <summary>Only the usage is wanted.</summary>
    public bool IsHelp { get; private init; }

    /// <summary>Reads a command line.</summary>
    /// <param name="args">What stands after the verb.</param>
    /// <param name="fault">What is wrong with it, one line; empty when nothing is.</param>
    public static BenchOptions Parse(IReadOnlyList<string> args, out string fault)
    {
        var options = new BenchOptions();
        fault = "";
        for (int i = 0; i < args.Count && fault.Length == 0; i++)
        {
            string? value = i + 1 < args.Count ? args[i + 1] : null;
            switch (args[i])
            {
                case "--peers": options = options with { WithPeers = true }; break;
                case "--json": options = options with { IsJson = true }; break;
                case "--help" or "-h": options = options with { IsHelp = true }; break;
                case "--filter" when !string.IsNullOrEmpty(value): options = options with { Filter = value }; i++; break;
                case "--out" when !string.IsNullOrEmpty(value): options = options with { Folder = Path.GetFullPath(value) }; i++; break;
                case "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) && rounds is >= 1 and <= RoundsMax: options = options with { Rounds = rounds }; i++; break;
                case "--out": fault = "--out needs a folder"; break;
                case "--filter": fault = "--filter needs a part of a case name"; break;
                case "--rounds": fault = $"--rounds needs a whole number from 1 to {RoundsMax}, was {value ?? "nothing"}"; break;
                default: fault = $"{args[i]} is unknown (see ./run.sh bench --help)"; break;
            }
        }

        if (fault.Length == 0 && (File.Exists(options.Folder) || (Directory.Exists(options.Folder) && Directory.EnumerateFileSystemEntries(options.Folder).Any()))) fault = $"--out {options.Folder} exists and is not empty; move it away, or name another";
        return options.Folder.Length == 0 && options.Rounds >= RoundsQuotable ? options with { Folder = Repository.PathOf($"bench/results/{DateTime.UtcNow:yyyyMMdd-HHmmss}") } : options;
    }

    /// <summary>Whether the filter means a name.</summary>
    public bool Includes(string name) => name.Contains(Filter, StringComparison.OrdinalIgnoreCase);
}
