namespace LatencyEngine.Research;

/// <summary>A titled group of rows of the closing table, in printing order.</summary>
/// <param name="Title">One or two words.</param>
/// <param name="Rows">Label and value, each one line of plain text without control characters; a terminal library must escape its own markup.</param>
public sealed record RunTableSection(string Title, IReadOnlyList<(string Label, string Value)> Rows);
