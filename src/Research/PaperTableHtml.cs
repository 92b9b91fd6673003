using System.Xml.Linq;
using static LatencyEngine.Research.Html;

namespace LatencyEngine.Research;

/// <summary>The page of a <see cref="PaperTable"/>: one file that loads nothing, for screen, phone and paper.</summary>
public static class PaperTableHtml
{
    /// <summary>The whole document; also well-formed XML.</summary>
    public static string Render(PaperTable table) =>
        Page(
            $"The paper's table: {Figures.Count(table.Paths)} paths",
            new XElement(
                "header",
                Element("div", "eyebrow", "LatencyEngine paper-table"),
                new XElement("h1", "The paper's simulation, run again"),
                Element("p", "soft", PaperTableText.Title(table))),
            Section("One path", Figure(Path(table.FirstPath), wideHeight: 400, narrowHeight: 320)),
            Section("The tables", Table("table paper", PaperTableText.Headings, PaperTableText.Lines(table).Select(Line))),
            Section("Where text and tables disagree", Element("ul", "notes", table.Notes.Select(note => new XElement("li", note)))));

    private static XElement Line(string[] cells) => new("tr", cells[0].Length == 0 ? new XAttribute("class", "soft") : null, cells.Select(cell => new XElement("td", cell)));

    private static Chart Path(IReadOnlyList<PaperPoint> points)
    {
        ChartLine Line(string name, Func<PaperPoint, double> price) => new(name, [.. points.Select((point, step) => new ChartPoint(step * PaperStrategy.TimeStep, price(point)))], IsStep: true);
        ChartLine[] lines =
        [
            Line("mid", point => point.Mid),
            Line("reservation price", point => point.Quote.Reservation),
            Line("bid", point => point.Quote.Bid),
            Line("ask", point => point.Quote.Ask),
        ];
        return new Chart(
            "Inventory strategy at gamma 0.1: prices over time, 0 to the horizon 1",
            "Mid, reservation price, bid and ask of one path over its 200 steps: with a long inventory the reservation price lies below the mid, with a short one above, and towards the end it comes back to the mid.",
            new ChartAxis(AxisKind.Linear, 0, 1, [.. Enumerable.Range(0, 11).Select(tenth => (tenth / 10.0, $"{tenth / 10.0:0.0}"))], 3),
            ChartAxis.Linear(lines.SelectMany(line => line.Points).Select(point => point.Y)),
            lines,
            [],
            Baseline: null);
    }
}
