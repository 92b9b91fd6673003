namespace LatencyEngine.Research;

/// <summary>A line chart in the units of its axes, before it has a size.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Description">What the chart shows, for readers who cannot see it.</param>
/// <param name="X">Horizontal axis.</param>
/// <param name="Y">Vertical axis.</param>
/// <param name="Lines">Drawn in this order, each in the next colour.</param>
/// <param name="Marks">Single events on top of the lines, oldest first.</param>
/// <param name="Baseline">A dashed horizontal line within the vertical axis, if any; the space between it and the lines is tinted.</param>
internal sealed record Chart(string Title, string Description, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartLine> Lines, IReadOnlyList<ChartMark> Marks, double? Baseline)
{
    /// <summary>Stretches of the horizontal axis with a tint of their own, behind everything.</summary>
    public IReadOnlyList<ChartBand> Bands { get; init; } = [];

    /// <summary>Areas between a lower and an upper line, behind the lines, the widest first.</summary>
    public IReadOnlyList<ChartFan> Fans { get; init; } = [];

    /// <summary>Vertical lines at single points of the horizontal axis.</summary>
    public IReadOnlyList<ChartRule> Rules { get; init; } = [];
}

/// <summary>A stretch of the horizontal axis.</summary>
/// <param name="From">Left end.</param>
/// <param name="To">Right end.</param>
/// <param name="Style">Class of the style sheet; bands of one style share a key in the legend.</param>
/// <param name="Name">Shown in the legend.</param>
internal sealed record ChartBand(double From, double To, string Style, string Name);

/// <summary>An area between two lines.</summary>
/// <param name="Name">Shown in the legend.</param>
/// <param name="Lower">From left to right, without gaps.</param>
/// <param name="Upper">At the same places.</param>
internal sealed record ChartFan(string Name, IReadOnlyList<ChartPoint> Lower, IReadOnlyList<ChartPoint> Upper);

/// <summary>A vertical line.</summary>
/// <param name="X">Where.</param>
/// <param name="Style">Class of the style sheet; rules of one style share a key in the legend.</param>
/// <param name="Name">Shown in the legend.</param>
/// <param name="Title">The sentence shown for it.</param>
internal sealed record ChartRule(double X, string Style, string Name, string Title);

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
