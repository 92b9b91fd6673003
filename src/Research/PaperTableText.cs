using System.Text;

namespace LatencyEngine.Research;

/// <summary>A <see cref="PaperTable"/> as plain text in aligned columns, at most <see cref="Width"/> characters wide.</summary>
public static class PaperTableText
{
    private const int Width = 110;
    private const string Gap = "  ";

    /// <summary>Of <see cref="Lines"/>.</summary>
    internal static IReadOnlyList<string> Headings { get; } = ["gamma", "strategy", "figures of", "spread", "profit", "std profit", "final q", "std final q"];

    /// <summary>The table and its notes, lines ended by a newline, no trailing spaces.</summary>
    public static string Render(PaperTable table)
    {
        var text = new StringBuilder();
        text.Append($"{Title(table)}\n\n");
        string[][] lines = [[.. Headings], .. Lines(table)];
        int[] widths = [.. Headings.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines) text.Append(string.Join(Gap, line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');

        text.Append("\nWhere text and tables disagree\n");
        foreach (string note in table.Notes) text.Append('\n').Append(Wrapped(note));
        if (table.ReportPath is { } path) text.Append($"\nReport  {path}\n");
        return text.ToString();
    }

    /// <summary>What was simulated, in one line.</summary>
    internal static string Title(PaperTable table) => $"Avellaneda and Stoikov, section 3.3: {Figures.Count(table.Paths)} paths, seed {table.Seed}; standard errors in brackets";

    /// <summary>Two lines a row, ours and below it the published one, which does not repeat gamma and strategy; a cell a heading.</summary>
    internal static IEnumerable<string[]> Lines(PaperTable table)
    {
        foreach (PaperRow row in table.Rows)
        {
            yield return
            [
                $"{row.Gamma}",
                row.Strategy,
                row.SpreadReading == "constant" ? "ours, constant spread" : "ours, spread (30)",
                $"{row.Spread:0.000}",
                Figures.Estimate(row.Profit, row.StderrProfit),
                Figures.Estimate(row.StdProfit, row.StderrStdProfit),
                Figures.Estimate(row.FinalQ, row.StderrFinalQ),
                Figures.Estimate(row.StdFinalQ, row.StderrStdFinalQ),
            ];
            PublishedFigures published = row.Published;
            yield return ["", "", row.Source, $"{published.Spread}", $"{published.Profit}", $"{published.StdProfit}", $"{published.FinalQ}", $"{published.StdFinalQ}"];
        }
    }

    private static string Wrapped(string note)
    {
        var text = new StringBuilder("-");
        int column = 1;
        foreach (string word in note.Split(' '))
        {
            if (column + 1 + word.Length > Width)
            {
                text.Append("\n ");
                column = 1;
            }

            text.Append(' ').Append(word);
            column += 1 + word.Length;
        }

        return text.Append('\n').ToString();
    }
}
