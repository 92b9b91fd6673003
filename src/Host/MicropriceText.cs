using System.Globalization;
using LatencyEngine.Book;

namespace LatencyEngine.Host;

/// <summary>A microprice table as one text of a profile: adjustments in ticks from sellers to buyers with commas between them, rows from the narrowest spread with semicolons. One text, so that an overlay replaces the table whole.</summary>
public static class MicropriceText
{
    /// <summary>The text for no table.</summary>
    public const string None = "none";

    /// <summary>The text of a table.</summary>
    /// <param name="rows">Its rows; at least one.</param>
    public static string Write(IEnumerable<IEnumerable<double>> rows) =>
        string.Join(';', rows.Select(row => string.Join(',', row.Select(adjustment => adjustment.ToString(CultureInfo.InvariantCulture)))));

    /// <summary>The table of a text.</summary>
    /// <param name="text">As <see cref="Write"/> makes it, blanks allowed; or <see cref="None"/>.</param>
    /// <param name="rule">What the text must be and is not; null when it is.</param>
    /// <returns>Null for no table, and where the text breaks a rule.</returns>
    internal static IReadOnlyList<double[]>? Read(string text, out string? rule)
    {
        rule = null;
        if (text == None) return null;
        string[][] cells = [.. text.Split(';').Select(row => row.Split(',', StringSplitOptions.TrimEntries))];
        double[][] rows = [.. cells.Select(row => row.Select(Number).ToArray())];
        if (rows.Any(row => row.Any(double.IsNaN))) rule = "must be none, or numbers with \",\" between them and \";\" between rows";
        else if (rows.Length > MicropriceTable.SpreadBucketsMax || rows[0].Length > MicropriceTable.ImbalanceBucketsMax) rule = $"must have at most {MicropriceTable.SpreadBucketsMax} rows of {MicropriceTable.ImbalanceBucketsMax} numbers";
        else if (rows.Any(row => row.Length != rows[0].Length)) rule = "must have rows of equally many numbers";
        else if (rows.Any(row => row.Any(adjustment => Math.Abs(adjustment) > MicropriceTable.AdjustmentTicksMax))) rule = $"must have numbers of -{MicropriceTable.AdjustmentTicksMax} to {MicropriceTable.AdjustmentTicksMax}, in ticks";
        return rule is null ? rows : null;
    }

    private static double Number(string cell) =>
        double.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
}
