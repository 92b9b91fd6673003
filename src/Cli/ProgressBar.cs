using System.Globalization;

namespace LatencyEngine.Cli;

/// <summary>How much of a computation is done: a bar that is rewritten on a terminal, a line every tenth in a log.</summary>
/// <remarks>Reports arrive on the thread of the computation, in order.</remarks>
internal sealed class ProgressBar(TextWriter error, bool isTerminal, string what) : IProgress<double>
{
    private const int Width = 40;
    private int _shown = -1;

    /// <inheritdoc />
    public void Report(double value)
    {
        int steps = (int)(value * (isTerminal ? Width : 10));
        if (steps <= _shown) return;
        _shown = steps;
        string percent = value.ToString("P0", CultureInfo.InvariantCulture);
        if (isTerminal) error.Write($"\r{what} [{new string('#', steps)}{new string(' ', Width - steps)}] {percent}");
        else error.WriteLine($"{what} {percent}");
    }

    /// <summary>Leaves the bar's line.</summary>
    public void End()
    {
        if (isTerminal && _shown >= 0) error.WriteLine("");
    }
}
