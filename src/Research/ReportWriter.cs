using System.Text;
using LatencyEngine.Forecast;

namespace LatencyEngine.Research;

/// <summary>Writes the files of a finished run, of the simulation of the paper, or of a forecast into a new folder.</summary>
public static class ReportWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// Creates <c>yyyyMMdd-HHmmss</c> (UTC; <c>-2</c>, <c>-3</c> and so on when taken) below <paramref name="directory"/> with <c>summary.json</c>,
    /// <c>tick-to-order.hgrm</c>, <c>trades.jsonl</c> and <c>report.html</c>. The folder appears complete or not at all and never replaces another.
    /// </summary>
    /// <param name="result">The run; its report path is set to the new folder in what is written.</param>
    /// <param name="trades">Every execution, oldest first.</param>
    /// <param name="tickToOrderHgrm">The tick-to-order distribution in <c>.hgrm</c> form, written as it is.</param>
    /// <param name="latencyCurves">Stage name to its percentile points, rising.</param>
    /// <param name="directory">The folder of all reports; created when missing.</param>
    /// <param name="clock">Names the folder; the system's clock when null.</param>
    /// <returns>The path of the new folder.</returns>
    /// <exception cref="ReportException">The files cannot be written there.</exception>
    public static string Write(
        RunResult result,
        IReadOnlyList<TradeRow> trades,
        string tickToOrderHgrm,
        IReadOnlyDictionary<string, IReadOnlyList<PercentilePoint>> latencyCurves,
        string directory,
        TimeProvider? clock = null) =>
        Write(
            directory,
            clock,
            unfinished =>
            {
                File.WriteAllText(Path.Combine(unfinished, "tick-to-order.hgrm"), tickToOrderHgrm, Utf8);
                File.WriteAllLines(Path.Combine(unfinished, "trades.jsonl"), trades.Select(TradeRowJson.Serialize), Utf8);
                File.WriteAllText(Path.Combine(unfinished, "report.html"), ReportHtml.Render(result, trades, latencyCurves), Utf8);
            },
            folder => RunResultJson.Serialize(result with { ReportPath = folder }));

    /// <summary>As for a run, with <c>summary.json</c> and <c>report.html</c> only.</summary>
    /// <param name="table">The simulation of the paper; its report path is set to the new folder in what is written.</param>
    /// <param name="directory">The folder of all reports; created when missing.</param>
    /// <param name="clock">Names the folder; the system's clock when null.</param>
    /// <returns>The path of the new folder.</returns>
    /// <exception cref="ReportException">The files cannot be written there.</exception>
    public static string Write(PaperTable table, string directory, TimeProvider? clock = null) =>
        Write(
            directory,
            clock,
            unfinished => File.WriteAllText(Path.Combine(unfinished, "report.html"), PaperTableHtml.Render(table), Utf8),
            folder => PaperTableJson.Serialize(table with { ReportPath = folder }));

    /// <summary>As for a run, with <c>summary.json</c>, <c>report.html</c> and <c>forecast.json</c>, the file that a forecast is loaded from.</summary>
    /// <param name="report">The forecast; its report path is set to the new folder in what is written.</param>
    /// <param name="directory">The folder of all reports; created when missing.</param>
    /// <param name="clock">Names the folder; the system's clock when null.</param>
    /// <returns>The path of the new folder.</returns>
    /// <exception cref="ReportException">The files cannot be written there.</exception>
    public static string Write(ForecastReport report, string directory, TimeProvider? clock = null) =>
        Write(
            directory,
            clock,
            unfinished =>
            {
                File.WriteAllBytes(Path.Combine(unfinished, "forecast.json"), ForecastFile.Serialize(report.Forecast));
                File.WriteAllText(Path.Combine(unfinished, "report.html"), ForecastHtml.Render(report), Utf8);
            },
            folder => (report with { ReportPath = folder }).ToJson());

    /// <summary>As for a run, with <c>summary.json</c> and <c>report.html</c> only.</summary>
    /// <param name="report">The evaluation; its report path is set to the new folder in what is written.</param>
    /// <param name="directory">The folder of all reports; created when missing.</param>
    /// <param name="clock">Names the folder; the system's clock when null.</param>
    /// <returns>The path of the new folder.</returns>
    /// <exception cref="ReportException">The files cannot be written there.</exception>
    public static string Write(EvaluationReport report, string directory, TimeProvider? clock = null) =>
        Write(
            directory,
            clock,
            unfinished => File.WriteAllText(Path.Combine(unfinished, "report.html"), ForecastHtml.Render(report), Utf8),
            folder => (report with { ReportPath = folder }).ToJson());

    private static string Write(string directory, TimeProvider? clock, Action<string> writeFiles, Func<string, string> summaryIn)
    {
        string name = (clock ?? TimeProvider.System).GetUtcNow().ToString("yyyyMMdd-HHmmss");
        try
        {
            // The files are complete before the folder gets its name: an interruption leaves a hidden folder, never half a report.
            string unfinished = Path.Combine(directory, $".{name}-{Guid.NewGuid():N}.unfinished");
            CreateFolder(directory, unfinished);
            try
            {
                writeFiles(unfinished);
                return Publish(unfinished, Path.Combine(directory, name), summaryIn);
            }
            catch
            {
                Directory.Delete(unfinished, recursive: true);
                throw;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unwritable(directory, fault);
        }
    }

    private static ReportException Unwritable(string directory, Exception fault) =>
        new($"cannot write a report below '{Figures.OneLine(directory)}': {Figures.OneLine(fault.Message)}; choose a folder that can be written", fault);

    /// <summary>Finds out before a run whether a report can be written after it, and leaves nothing behind.</summary>
    /// <param name="directory">The folder of all reports.</param>
    /// <exception cref="ReportException">Nothing can be written there.</exception>
    public static void Probe(string directory)
    {
        try
        {
            string probe = Path.Combine(directory, $".probe-{Guid.NewGuid():N}.unfinished");
            string made = FirstMissing(probe);
            CreateFolder(directory, probe);
            try
            {
                File.WriteAllText(Path.Combine(probe, "probe"), "probe", Utf8);
            }
            finally
            {
                Directory.Delete(probe, recursive: true);
                RemoveEmpty(directory, made);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Unwritable(directory, fault);
        }
    }

    /// <summary>Removes the folders that were made, from the lowest up; one that another run has begun to use stays.</summary>
    private static void RemoveEmpty(string directory, string topmost)
    {
        try
        {
            for (string? at = Path.GetFullPath(directory); at is not null && at.Length >= topmost.Length; at = Path.GetDirectoryName(at)) Directory.Delete(at);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>The topmost folder of a path that does not exist.</summary>
    private static string FirstMissing(string path)
    {
        string missing = Path.GetFullPath(path);
        while (Path.GetDirectoryName(missing) is { } parent && !Directory.Exists(parent)) missing = parent;
        return missing;
    }

    /// <summary>Makes the folder. A refusal does not name it: the operator knows only <paramref name="directory"/>.</summary>
    private static void CreateFolder(string directory, string unfinished)
    {
        try
        {
            Directory.CreateDirectory(unfinished);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            string why = OccupiedBy(directory) is string file ? $"'{file}' is a file"
                : fault is UnauthorizedAccessException ? "permission is denied"
                : fault is FileNotFoundException or DirectoryNotFoundException ? "the system takes no folder there"
                : fault.Message.Replace(unfinished, directory, StringComparison.Ordinal);
            throw new IOException($"the folder cannot be made, {why}", fault);
        }
    }

    /// <summary>The file that stands where a folder is wanted, at or above the path; null when there is none.</summary>
    private static string? OccupiedBy(string path)
    {
        for (string? at = Path.GetFullPath(path); at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(at)) return at;
        }

        return null;
    }

    /// <summary>Gives the folder the first free name. A taken name makes the move fail, also when another process took it a moment ago.</summary>
    private static string Publish(string unfinished, string wanted, Func<string, string> summaryIn)
    {
        string folder = wanted;
        for (int number = 2; ; number++)
        {
            File.WriteAllText(Path.Combine(unfinished, "summary.json"), summaryIn(folder) + "\n", Utf8);
            try
            {
                Directory.Move(unfinished, folder);
                return folder;
            }
            catch (IOException) when (Path.Exists(folder))
            {
                folder = $"{wanted}-{number}";
            }
        }
    }
}
