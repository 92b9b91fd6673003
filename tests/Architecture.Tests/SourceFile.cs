using System.Text;
using System.Text.RegularExpressions;

namespace LatencyEngine.Architecture.Tests;

/// <summary>One C# file of a room.</summary>
/// <param name="Path">From the repository's root, with forward slashes.</param>
/// <param name="Text">As written.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    /// <summary>The text with comments and the contents of literals blanked out; line breaks stay where they are.</summary>
    public string Code { get; } = Blank(Text);

    /// <summary>The second folder of the path, for a room its name.</summary>
    public string Room => Path.Split('/')[1];

    /// <summary>The file's name up to its first dot: the parts of a partial type are <c>Type.cs</c> and <c>Type.Part.cs</c>.</summary>
    public string Name => System.IO.Path.GetFileName(Path).Split('.')[0];

    /// <summary>The line, from 1, that holds a position of <see cref="Code"/>.</summary>
    public int LineOf(int position) => 1 + Code.AsSpan(0, position).Count('\n');

    private static string Blank(string text)
    {
        var code = new StringBuilder(text.Length);
        int end = 0;
        foreach (Match match in CommentOrLiteral().Matches(text))
        {
            code.Append(text, end, match.Index - end);
            foreach (char character in match.ValueSpan) code.Append(character == '\n' ? '\n' : ' ');
            end = match.Index + match.Length;
        }

        return code.Append(text, end, text.Length - end).ToString();
    }

    // In this order: line comment, block comment, raw string, verbatim string, string, character.
    [GeneratedRegex("""
        //[^\n]*
        | /\*.*?\*/
        | \$*"{3,}.*?"{3,}
        | (?:@\$?|\$@)"(?:[^"]|"")*"
        | \$?"(?:[^"\\\n]|\\.)*"
        | '(?:[^'\\\n]|\\.[^'\n]*)'
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrLiteral();
}
