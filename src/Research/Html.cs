using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace LatencyEngine.Research;

/// <summary>Builds a page as an element tree, so that every text is escaped by construction and the result is well-formed XML as well as HTML.</summary>
internal static class Html
{
    private static readonly string[] VoidElements = ["meta", "link", "br"];

    /// <summary>An element with a class.</summary>
    public static XElement Element(string name, string cssClass, params object?[] content) => new(name, new XAttribute("class", cssClass), content);

    /// <summary>A whole page that loads nothing, for screen, phone and paper; also well-formed XML.</summary>
    /// <param name="title">Of the browser's window.</param>
    /// <param name="content">What stands in the page, from the top.</param>
    public static string Page(string title, params object?[] content) =>
        Document(new XElement(
            "html",
            new XAttribute("lang", "en"),
            new XElement(
                "head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement(
                    "meta",
                    new XAttribute("http-equiv", "Content-Security-Policy"),
                    new XAttribute("content", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:")),
                new XElement("link", new XAttribute("rel", "icon"), new XAttribute("href", "data:,")), // or the browser would ask a server for one
                new XElement("title", title),
                new XElement("style", Verbatim(ReportAssets.Style))),
            new XElement("body", new XElement("main", content), new XElement("script", Verbatim(ReportAssets.Script)))));

    /// <summary>A part of a page under its heading.</summary>
    public static XElement Section(string title, params object?[] content) => new("section", new XElement("h2", title), content);

    /// <summary>A chart with its legend, in two sizes of which the width of the page picks one.</summary>
    /// <param name="chart">What to draw.</param>
    /// <param name="wideHeight">Pixels high on a screen, for 1,080 across.</param>
    /// <param name="narrowHeight">Pixels high on a phone, for 360 across.</param>
    public static XElement Figure(Chart chart, int wideHeight = 250, int narrowHeight = 230)
    {
        IEnumerable<XElement> keys = chart.Lines.Select((line, i) => Element("span", "key", Element("span", $"swatch s{i}"), line.Name));
        IEnumerable<XElement> markKeys = chart.Marks.Select(mark => mark.Style).Distinct().Order().Select(style => style switch
        {
            MarkStyle.Buy => Element("span", "key buy", new XElement("b", "▲"), " own buy"),
            MarkStyle.Sell => Element("span", "key sell", new XElement("b", "▼"), " own sell"),
            _ => Element("span", "key liquidation", new XElement("b", "◆"), " liquidation"),
        });
        IEnumerable<XElement> fanKeys = chart.Fans.Select(fan => Element("span", "key", Element("span", "swatch fan"), fan.Name));
        IEnumerable<XElement> bandKeys = chart.Bands.Select(band => (band.Style, band.Name)).Distinct().Select(band => Element("span", "key", Element("span", "swatch band " + band.Style), band.Name));
        IEnumerable<XElement> ruleKeys = chart.Rules.Select(rule => (rule.Style, rule.Name)).Distinct().Select(rule => Element("span", "key", Element("span", "swatch rule " + rule.Style), rule.Name));
        return new XElement(
            "figure",
            new XElement("figcaption", Element("span", "title", chart.Title), keys, fanKeys, bandKeys, ruleKeys, markKeys, Element("span", "readout")),
            SvgChart.Draw(chart, "wide", 1080, wideHeight),
            SvgChart.Draw(chart, "narrow", 360, narrowHeight));
    }

    /// <summary>A table with its headings; the body rows are given.</summary>
    /// <param name="cssClass">Class of the scrolling box around the table.</param>
    /// <param name="headings">One a column.</param>
    /// <param name="rows">Elements <c>tr</c>.</param>
    public static XElement Table(string cssClass, IEnumerable<string> headings, IEnumerable<XElement> rows) =>
        Element("div", cssClass, new XElement("table", new XElement("thead", new XElement("tr", headings.Select(heading => new XElement("th", heading)))), new XElement("tbody", rows)));

    /// <summary>A body row: its heading and its cells.</summary>
    public static XElement Row(string heading, params IEnumerable<string> cells) => new("tr", new XElement("th", heading), cells.Select(cell => new XElement("td", cell)));

    /// <summary>The text of a style sheet or script, which a browser reads unescaped and an XML reader as a literal section; the comment signs hide that section from the browser.</summary>
    private static object[] Verbatim(string text) => [new XText("/*"), new XCData($"*/\n{text}\n/*"), new XText("*/")];

    /// <summary>The finished document.</summary>
    private static string Document(XElement html)
    {
        foreach (XElement element in html.DescendantsAndSelf())
        {
            foreach (XAttribute attribute in element.Attributes()) attribute.Value = WithoutForbidden(attribute.Value);
            foreach (XText text in element.Nodes().OfType<XText>()) text.Value = WithoutForbidden(text.Value);

            // HTML knows no <td/>: it would stay open.
            if (element.IsEmpty && !VoidElements.Contains(element.Name.LocalName)) element.Value = "";
        }

        return $"<!DOCTYPE html>\n{html}\n";
    }

    /// <summary>Replaces what XML cannot hold (control characters, half a surrogate pair) by the replacement character.</summary>
    private static string WithoutForbidden(string text)
    {
        if (IsAllowed(text)) return text;
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            string part = rune.ToString();
            clean.Append(IsAllowed(part) ? part : Rune.ReplacementChar.ToString());
        }

        return clean.ToString();
    }

    private static bool IsAllowed(string text)
    {
        try
        {
            XmlConvert.VerifyXmlChars(text);
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
