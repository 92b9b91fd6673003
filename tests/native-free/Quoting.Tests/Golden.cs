using System.Globalization;
using LatencyEngine.TestData;

namespace LatencyEngine.Quoting.Tests;

/// <summary>Rows of the golden tables as numbers.</summary>
internal sealed class Golden
{
    private readonly IReadOnlyDictionary<string, string> _row;

    private Golden(IReadOnlyDictionary<string, string> row) => _row = row;

    /// <summary>A cell; NaN where it is empty, which means undefined.</summary>
    public double this[string column] => _row[column].Length == 0 ? double.NaN : double.Parse(_row[column], CultureInfo.InvariantCulture);

    /// <summary>Time to the horizon; infinite in the tables that have none.</summary>
    public double Tau => _row.ContainsKey("tau") ? this["tau"] : double.PositiveInfinity;

    public static Golden[] Rows(string file) => [.. ReferenceFiles.GoldenRows(file).Select(row => new Golden(row))];

    /// <summary>The exact market of the row, one unit a fill, with the model's one risk aversion.</summary>
    public GlftParameters Market() => new()
    {
        Gamma = this["gamma"],
        ExecutionGamma = this["gamma"],
        Sigma = this["sigma"],
        ArrivalRate = this["A"],
        K = this["k"],
        Lot = 1,
        Drift = _row.ContainsKey("mu") ? this["mu"] : 0,
        Impact = _row.ContainsKey("xi") ? this["xi"] : 0,
    };

    public override string ToString() => string.Join(' ', _row.Select(cell => $"{cell.Key}={cell.Value}"));
}
