namespace LatencyEngine.SideBySide;

/// <summary>One run: chooses the comparisons, measures them one after the other, and reports.</summary>
internal static class Bench
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Answers differ, or a contestant failed.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage.</summary>
    public const int BadUsage = 2;

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit status, see docs/reference/exit-codes.md.</returns>
    public static int Run(IReadOnlyList<string> args, IReadOnlyList<Entry> catalogue, TextWriter output, TextWriter error)
    {
        BenchOptions options = BenchOptions.Parse(args, out string fault);
        Entry[] chosen = [.. catalogue.Where(entry => entry.Matches(options))];
        if (fault.Length == 0 && chosen.Length == 0) fault = $"no case{(options.WithPeers ? " or ratio" : "")} has \"{options.Filter}\" in its name";
        if (fault.Length > 0)
        {
            error.WriteLine($"bench: {fault}");
            return BadUsage;
        }

        if (options.IsHelp)
        {
            output.WriteLine(BenchOptions.Usage);
            return Done;
        }

        if (options.Rounds < BenchOptions.RoundsQuotable) error.WriteLine($"bench: {options.Rounds} rounds are for trying things out, without a warm-up; quote figures of at least {BenchOptions.RoundsQuotable}");
        try
        {
            var report = new Report(options, Machine.Describe(), Machine.Commit());
            using var context = new BenchContext(options.WithPeers, error);
            foreach (Entry entry in chosen)
            {
                error.WriteLine($"bench: measuring {entry.Cases[0]}");
                using Comparison comparison = entry.Open(context);
                report.Add(entry, comparison, Rounds.Measure(comparison, options.Rounds));
            }

            report.Write(output);
            if (options.Folder.Length == 0) return Done;
            report.WriteFiles();
            error.WriteLine($"bench: written to {options.Folder}");
            return Done;
        }
        catch (Exception failure) when (failure is AnswersDifferException or IOException or InvalidOperationException)
        {
            error.WriteLine($"bench: {failure.Message}");
            return Failed;
        }
    }
}
