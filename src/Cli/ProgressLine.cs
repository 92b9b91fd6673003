using System.Globalization;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary>How far a run has come, on standard error: one line rewritten in place for a person, a line every tenth of the recording for a log.</summary>
/// <remarks>Reports arrive on the thread of the run, in order.</remarks>
internal sealed class ProgressLine : IProgress<RunProgress>
{
    private readonly TextWriter _error;
    private readonly bool _isTerminal;
    private int _stepsShown;
    private int _shownWidth;

    public ProgressLine(TextWriter error, bool isTerminal)
    {
        _error = error;
        _isTerminal = isTerminal;
    }

    /// <inheritdoc />
    public void Report(RunProgress value)
    {
        // A person reads percents, a log tenths.
        int steps = (int)(value.Fraction * (_isTerminal ? 100 : 10));
        if (steps <= _stepsShown) return;
        _stepsShown = steps;
        string line = Describe(value);
        if (!_isTerminal)
        {
            _error.WriteLine(line);
            return;
        }

        _error.Write('\r' + line.PadRight(_shownWidth));
        _error.Flush();
        _shownWidth = line.Length;
    }

    /// <summary>Ends the rewritten line, so that what follows starts on its own.</summary>
    public void End()
    {
        if (_shownWidth > 0) _error.WriteLine();
        _shownWidth = 0;
    }

    private static string Describe(RunProgress value)
    {
        string mid = value.Mid is decimal price ? price.ToString(CultureInfo.InvariantCulture) : "-";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Fraction,4:P0} {value.LogicUtc:HH:mm:ss}Z mid {mid} equity {value.Equity:0.00} position {value.PositionQty} orders {value.Orders} fills {value.Fills}");
    }
}
