namespace LatencyEngine.Simulator.Tests;

/// <summary>An HTTP request as the documentation prints it: request line, headers, an empty line, then one body or several with comments between them.</summary>
internal sealed record HttpExample(string Method, string Path, string Query, IReadOnlyList<string> Bodies)
{
    public static HttpExample Parse(string text)
    {
        string[] lines = [.. text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())];
        string[] first = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] target = ("/" + first[1].TrimStart('/')).Split('?', 2);
        string[] body = [.. lines.SkipWhile(line => line.Length > 0).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))];
        return new HttpExample(first[0], target[0], target.Length == 2 ? target[1] : "", [.. Objects(body)]);
    }

    /// <summary>The bodies: each begins in the first column with a brace, and ends before the next one does.</summary>
    private static IEnumerable<string> Objects(string[] lines)
    {
        var lengths = lines.Select((line, index) => (line, index)).Where(each => each.line[0] == '{').Select(each => each.index).Append(lines.Length).ToList();
        return lengths.Zip(lengths.Skip(1), (begin, end) => string.Join('\n', lines[begin..end]));
    }
}
