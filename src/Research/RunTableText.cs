using System.Text;

namespace LatencyEngine.Research;

/// <summary>The closing table as plain text, for a pipe, a file or a terminal without colour.</summary>
public static class RunTableText
{
    private const string Indent = "  ";

    /// <summary>The sections of <see cref="RunTable"/> in aligned columns, lines ended by a newline, no trailing spaces.</summary>
    public static string Render(RunResult result) => Render(RunTable.Sections(result));

    /// <summary>Any sections, in the same form.</summary>
    internal static string Render(IReadOnlyList<RunTableSection> sections)
    {
        int labelWidth = sections.Max(section => section.Rows.Max(row => row.Label.Length));
        var text = new StringBuilder();
        foreach (RunTableSection section in sections)
        {
            text.Append(section.Title).Append('\n');
            foreach ((string label, string value) in section.Rows)
            {
                text.Append((Indent + label.PadRight(labelWidth) + Indent + value).TrimEnd()).Append('\n');
            }
        }

        return text.ToString();
    }
}
