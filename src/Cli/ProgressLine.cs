using System.Globalization;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary>How far a run has come, for a log: a line every tenth of the recording, and one for each incident.</summary>
/// <remarks>Reports arrive on the thread of the run, in order.</remarks>
internal sealed class ProgressLine(TextWriter error) : IRunDisplay
{
    private readonly IncidentLines _incidents = new(error);
    private int _tenthsShown = -1;

    /// <inheritdoc />
    public void Report(RunProgress value)
    {
        _incidents.Report(value);
        int tenths = (int)(value.Fraction * 10);
        if (tenths <= _tenthsShown) return;
        _tenthsShown = tenths;
        string mid = value.Mid is decimal price ? price.ToString(CultureInfo.InvariantCulture) : "-";
        error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Fraction,4:P0} {value.LogicUtc:HH:mm:ss}Z mid {mid} equity {value.Equity:0.00} position {value.PositionQty} orders {value.Orders} fills {value.Fills}"));
    }

    /// <inheritdoc />
    public void End()
    {
    }
}
