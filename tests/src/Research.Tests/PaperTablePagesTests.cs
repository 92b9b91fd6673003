using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace LatencyEngine.Research.Tests;

/// <summary>What a person and a script get to see of the simulation.</summary>
public sealed class PaperTablePagesTests
{
    private static readonly PaperTable Table = PaperExperiment.Run(200, seed: 1, new ParallelOptions());

    [Fact]
    public void The_text_has_our_figures_above_the_published_ones_in_aligned_columns()
    {
        string[] lines = PaperTableText.Render(Table).Split('\n');
        int heading = Array.FindIndex(lines, line => line.StartsWith("gamma", StringComparison.Ordinal));
        string[] body = lines[(heading + 1)..(heading + 1 + (2 * Table.Rows.Count))];

        for (int i = 0; i < Table.Rows.Count; i++)
        {
            PaperRow row = Table.Rows[i];
            (string ours, string published) = (body[2 * i], body[(2 * i) + 1]);
            Assert.Equal(row.Gamma.ToString(CultureInfo.InvariantCulture), Cell(ours, "gamma"));
            Assert.Equal(row.Strategy, Cell(ours, "strategy"));
            Assert.Equal($"{row.Profit:0.000} ({row.StderrProfit:0.000})", Cell(ours, "profit"));
            Assert.Equal($"{row.StdFinalQ:0.000} ({row.StderrStdFinalQ:0.000})", Cell(ours, "std final q"));
            Assert.Equal(row.Source, Cell(published, "figures of"));
            Assert.Equal($"{row.Published.Profit}", Cell(published, "profit"));
            Assert.Equal($"{row.Published.StdFinalQ}", Cell(published, "std final q"));
        }

        // A cell begins where its heading does, and the next column begins two characters or more after it.
        string Cell(string line, string name)
        {
            int at = lines[heading].IndexOf("  " + name, StringComparison.Ordinal) is var found and >= 0 ? found + 2 : 0;
            string rest = line[at..];
            int end = rest.IndexOf("  ", StringComparison.Ordinal);
            return end < 0 ? rest : rest[..end];
        }
    }

    [Fact]
    public void The_text_says_where_text_and_tables_disagree_in_lines_that_fit_a_terminal()
    {
        string text = PaperTableText.Render(Table);
        string unwrapped = text.Replace("\n  ", " ", StringComparison.Ordinal);

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 110 && line == line.TrimEnd(), line));
        Assert.All(Table.Notes, note => Assert.Contains($"- {note}\n", unwrapped, StringComparison.Ordinal));
        Assert.All(["Gamma 0.5 is not in the journal", "only the constant part", "Neither reading gives", "taken literally", "mean over continuous time"], said => Assert.Contains(said, unwrapped, StringComparison.Ordinal));
    }

    [Fact]
    public void The_json_has_a_row_a_strategy_with_the_published_figures_beside_ours()
    {
        using JsonDocument document = JsonDocument.Parse(PaperTableJson.Serialize(Table));
        JsonElement[] rows = [.. document.RootElement.GetProperty("rows").EnumerateArray()];

        Assert.Equal(
            ["0.1 inventory full", "0.1 symmetric full", "0.01 inventory full", "0.01 symmetric full", "1 inventory full", "1 symmetric full", "0.5 inventory full", "0.5 symmetric full", "0.5 inventory constant", "0.5 symmetric constant"],
            rows.Select(row => $"{row.GetProperty("gamma")} {row.GetProperty("strategy")} {row.GetProperty("spreadReading")}"));
        Assert.All(rows, row => Assert.All(
            ["spread", "profit", "stdProfit", "finalQ", "stdFinalQ", "stderrProfit", "stderrStdProfit", "stderrFinalQ", "stderrStdFinalQ"],
            name => Assert.Equal(JsonValueKind.Number, row.GetProperty(name).ValueKind)));
        Assert.Equal((65.0m, "journal, table 1"), (rows[0].GetProperty("published").GetProperty("profit").GetDecimal(), rows[0].GetProperty("source").GetString()));
        Assert.Equal(["paths", "seed", "rows", "notes", "reportPath"], document.RootElement.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void The_page_draws_the_four_prices_of_one_path_over_the_day_and_has_the_table_and_the_notes()
    {
        XDocument page = XDocument.Parse(PaperTableHtml.Render(Table));

        foreach (XElement svg in page.Descendants("svg"))
        {
            Assert.Equal(["mid", "reservation price", "bid", "ask"], svg.Elements("polyline").Select(line => line.Attribute("data-name")!.Value));
            Assert.Equal("linear 0 1 3", svg.Attribute("data-x")!.Value);
            double[] heights = [.. svg.Elements("polyline").Select(line => double.Parse(line.Attribute("points")!.Value.Split(',', ' ')[1], CultureInfo.InvariantCulture))];
            Assert.Equal(heights[0], heights[1]); // no inventory yet
            Assert.True(heights[3] < heights[0] && heights[0] < heights[2], "the ask is not above the mid, or the bid not below");
        }

        Assert.Equal(2, page.Descendants("svg").Count());
        Assert.Equal(PaperTableText.Lines(Table), page.Descendants("tbody").Single().Elements("tr").Select(row => row.Elements("td").Select(cell => cell.Value).ToArray()));
        Assert.Equal(Table.Notes, page.Descendants("ul").Single().Elements("li").Select(note => note.Value));
    }

    [Fact]
    public void The_path_shown_begins_at_the_papers_price_and_its_reservation_price_comes_back_to_the_mid()
    {
        Assert.Equal(PaperStrategy.Steps, Table.FirstPath.Count);
        Assert.Equal(100, Table.FirstPath[0].Mid);
        Assert.Contains(Table.FirstPath, point => Math.Abs(point.Mid - point.Quote.Reservation) > 0.5);
        Assert.Equal(Table.FirstPath[^1].Mid, Table.FirstPath[^1].Quote.Reservation, 0.05);
    }

    [Fact]
    public void A_report_is_the_page_and_the_summary_in_a_folder_of_its_own()
    {
        using var reports = new TemporaryFolder();

        string folder = ReportWriter.Write(Table, reports.Path);

        Assert.Equal(["report.html", "summary.json"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(PaperTableHtml.Render(Table), File.ReadAllText(Path.Combine(folder, "report.html")));
        Assert.Equal(PaperTableJson.Serialize(Table with { ReportPath = folder }) + "\n", File.ReadAllText(Path.Combine(folder, "summary.json")));
    }
}
