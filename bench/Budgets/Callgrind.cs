using System.Diagnostics;
using System.Globalization;

namespace LatencyEngine.Budgets;

/// <summary>Instructions counted by valgrind's callgrind, which runs this program again for each count.</summary>
internal static class Callgrind
{
    private const string CountLabel = "Collected : ";

    /// <summary>Instructions per item: the difference between twice the items and the items, in which making ready cancels.</summary>
    /// <returns>False when a run failed; the fault says how.</returns>
    public static bool TryCount(StageEntry stage, out double instructionsPerItem, out string fault)
    {
        instructionsPerItem = 0;
        using Process shorter = Start(stage.Name, stage.Items);
        using Process longer = Start(stage.Name, 2 * stage.Items);
        Task<string> shorterReport = shorter.StandardError.ReadToEndAsync();
        Task<string> longerReport = longer.StandardError.ReadToEndAsync();
        if (!TryRead(shorter, shorterReport, out long shorterCount, out fault) || !TryRead(longer, longerReport, out long longerCount, out fault)) return false;
        instructionsPerItem = (longerCount - shorterCount) / (double)stage.Items;
        return true;
    }

    private static Process Start(string stage, int items)
    {
        var start = new ProcessStartInfo("valgrind", ["--tool=callgrind", "--callgrind-out-file=/dev/null", Environment.ProcessPath!, stage, items.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
        };

        // Nothing of the caller's environment reaches the counts. Sizes are in hex. Unless limited, here to 128 MB, the runtime reserves 256 GB of addresses, which valgrind cannot give it.
        // The first generation holds all that making ready allocates: the work of a collection is not quite the same each time.
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["DOTNET_GCHeapHardLimit"] = "8000000";
        start.Environment["DOTNET_GCgen0size"] = "4000000";
        return Process.Start(start)!;
    }

    private static bool TryRead(Process process, Task<string> report, out long instructions, out string fault)
    {
        string text = report.Result;
        process.WaitForExit();
        instructions = 0;
        fault = "";
        int label = text.IndexOf(CountLabel, StringComparison.Ordinal);
        if (process.ExitCode == 0 && label >= 0 && long.TryParse(text.AsSpan(label + CountLabel.Length).TrimEnd().ToString().Split('\n')[0], CultureInfo.InvariantCulture, out instructions)) return true;
        fault = $"valgrind ended with status {process.ExitCode} and said: {text}";
        return false;
    }
}
