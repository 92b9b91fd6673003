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

    /// <summary>A table with its headings; the body rows are given.</summary>
    /// <param name="cssClass">Class of the scrolling box around the table.</param>
    /// <param name="headings">One a column.</param>
    /// <param name="rows">Elements <c>tr</c>.</param>
    public static XElement Table(string cssClass, IEnumerable<string> headings, IEnumerable<XElement> rows) =>
        Element("div", cssClass, new XElement("table", new XElement("thead", new XElement("tr", headings.Select(heading => new XElement("th", heading)))), new XElement("tbody", rows)));

    /// <summary>A body row: its heading and its cells.</summary>
    public static XElement Row(string heading, params IEnumerable<string> cells) => new("tr", new XElement("th", heading), cells.Select(cell => new XElement("td", cell)));

    /// <summary>The text of a style sheet or script, which a browser reads unescaped and an XML reader as a literal section; the comment signs hide that section from the browser.</summary>
    public static object[] Verbatim(string text) => [new XText("/*"), new XCData($"*/\n{text}\n/*"), new XText("*/")];

    /// <summary>The finished document.</summary>
    public static string Document(XElement html)
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
