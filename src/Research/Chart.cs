namespace LatencyEngine.Research;

/// <summary>A line chart in the units of its axes, before it has a size.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Description">What the chart shows, for readers who cannot see it.</param>
/// <param name="X">Horizontal axis.</param>
/// <param name="Y">Vertical axis.</param>
/// <param name="Lines">Drawn in this order, each in the next colour.</param>
/// <param name="Marks">Single events on top of the lines, oldest first.</param>
/// <param name="Baseline">A dashed horizontal line within the vertical axis, if any; the space between it and the lines is tinted.</param>
internal sealed record Chart(string Title, string Description, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartLine> Lines, IReadOnlyList<ChartMark> Marks, double? Baseline);

/// <summary>One line of a chart.</summary>
/// <param name="Name">Shown in the legend.</param>
/// <param name="Points">From left to right; where one is a gap, the line is interrupted.</param>
/// <param name="IsStep">A value holds until the next point (a position), instead of moving towards it.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<ChartPoint> Points, bool IsStep);

/// <summary>A point in axis units; a gap when <paramref name="Y"/> is NaN.</summary>
internal readonly record struct ChartPoint(double X, double Y);

/// <summary>An event: its point, its style (a class of the style sheet) and the sentence shown for it.</summary>
internal sealed record ChartMark(ChartPoint At, MarkStyle Style, string Title);

/// <summary>What a mark stands for.</summary>
internal enum MarkStyle
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Own buy: a triangle pointing up.</summary>
    Buy = 1,

    /// <summary>Own sell: a triangle pointing down.</summary>
    Sell = 2,

    /// <summary>Liquidation: a diamond.</summary>
    Liquidation = 3,
}
