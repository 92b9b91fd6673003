using System.Text;

namespace LatencyEngine.Research;

/// <summary>A <see cref="SweepResult"/> as plain text in aligned columns.</summary>
public static class SweepText
{
    private static readonly string[] Headings = ["model", "skew", "fills", "net P&L, USDT", "less symmetric", "inventory variance", "less symmetric", "own spread", .. SweepRun.HorizonsSeconds.Select(seconds => $"mark-out {seconds} s")];

    /// <summary>A table an instrument, lines ended by a newline, no trailing spaces.</summary>
    public static string Render(SweepResult result)
    {
        var text = new StringBuilder();
        text.Append($"{Figures.OneLine(result.Data)}: {result.Seeds} {(result.Seeds == 1 ? "run" : "runs")} of {Figures.Seconds(result.MarketSeconds)} each, from seed {result.FirstSeed}; means with intervals of 95 % in brackets{(result.Market == "flow" ? "" : ", over the draws of the latencies alone: of another day's market they say nothing")}\n");
        text.Append("Inventory in base orders, spread and mark-outs in ticks. Without skew a model keeps its spread.\n");
        foreach (IGrouping<string, SweepRow> instrument in result.Rows.GroupBy(row => row.Symbol))
        {
            string[][] lines = [Headings, .. instrument.Select(Cells)];
            int[] widths = [.. Headings.Select((_, column) => lines.Max(line => line[column].Length))];
            text.Append($"\n{instrument.Key}\n");
            foreach (string[] line in lines) text.Append("  ").Append(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static string[] Cells(SweepRow row) =>
    [
        row.Model, row.IsSymmetric ? "none" : "by inventory", Shown(row.Fills, "0.#"), Shown(row.NetPnl, "0.00"), Shown(row.NetPnlLessSymmetric, "0.00"),
        Shown(row.InventoryVariance, "0.00"), Shown(row.InventoryVarianceLessSymmetric, "0.00"), Shown(row.OwnSpreadTicks, "0.0"), .. row.MarkOutTicks.Values.Select(markOut => Shown(markOut, "0.00")),
    ];

    private static string Shown(Estimate? estimate, string format) => estimate switch
    {
        null => "-",
        { Low: { } low, High: { } high } => $"{estimate.Value.ToString(format)} [{low.ToString(format)}, {high.ToString(format)}]",
        _ => estimate.Value.ToString(format),
    };
}
