namespace LatencyEngine.Research;

/// <summary>The tables of Avellaneda and Stoikov, Quantitative Finance 8(3) 2008, section 3.3, simulated again; see <see cref="PaperExperiment"/>.</summary>
public sealed record PaperTable
{
    /// <summary>Simulated for each row.</summary>
    public required int Paths { get; init; }

    /// <summary>Of the random draws; every row has the same ones.</summary>
    public required ulong Seed { get; init; }

    /// <summary>In the order of the publications.</summary>
    public required IReadOnlyList<PaperRow> Rows { get; init; }

    /// <summary>Where text and tables disagree, and what else a reader has to know; one paragraph each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Folder of the report; null when none was wanted.</summary>
    public string? ReportPath { get; init; }

    /// <summary>The first path of the inventory strategy at gamma 0.1, by step.</summary>
    internal IReadOnlyList<PaperPoint> FirstPath { get; init; } = [];
}
