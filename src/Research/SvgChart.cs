using System.Xml.Linq;

namespace LatencyEngine.Research;

/// <summary>Draws a <see cref="Chart"/> as an SVG element of a given size.</summary>
internal sealed class SvgChart
{
    private const double CharacterWidth = 7; // of the 12-pixel figures of the style sheet, rounded up
    private const double MarginTop = 12;
    private const double MarginRight = 30;
    private const double MarginBottom = 26;
    private const int PointsMax = 2_000;

    private readonly Chart _chart;
    private readonly int _width;
    private readonly int _height;
    private readonly double _marginLeft;

    private SvgChart(Chart chart, int width, int height)
    {
        _chart = chart;
        _width = width;
        _height = height;
        _marginLeft = 12 + (CharacterWidth * chart.Y.Ticks.Select(tick => tick.Label.Length).DefaultIfEmpty(0).Max());
    }

    private double PlotWidth => _width - _marginLeft - MarginRight;

    private double PlotHeight => _height - MarginTop - MarginBottom;

    /// <summary>The drawing. A line keeps at most two points a pixel column and never more than 2,000, its extremes and gaps among them.</summary>
    /// <param name="chart">What to draw.</param>
    /// <param name="cssClass">Class that the style sheet shows or hides by the width of the page.</param>
    /// <param name="width">Width of the view box, pixels.</param>
    /// <param name="height">Height of the view box, pixels.</param>
    public static XElement Draw(Chart chart, string cssClass, int width, int height) => new SvgChart(chart, width, height).Draw(cssClass);

    private XElement Draw(string cssClass)
    {
        var svg = new XElement(
            "svg",
            new XAttribute("class", cssClass),
            new XAttribute("viewBox", $"0 0 {_width} {_height}"),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", _chart.Description),
            Data("x", _chart.X),
            Data("y", _chart.Y),
            HorizontalGrid(),
            VerticalGrid(),
            _chart.Bands.Select(band => new XElement("rect", new XAttribute("class", "band " + band.Style), At("x", X(band.From)), At("y", MarginTop), At("width", X(band.To) - X(band.From)), At("height", PlotHeight))),
            new XElement("rect", new XAttribute("class", "plot"), At("x", _marginLeft), At("y", MarginTop), At("width", PlotWidth), At("height", PlotHeight)),
            _chart.Rules.Select(Rule),
            _chart.Fans.Select(fan => new XElement("polygon", new XAttribute("class", "fan"), new XAttribute("points", string.Join(' ', fan.Upper.Concat(fan.Lower.Reverse()).Select(point => Pair(point.X, point.Y)))))));

        if (_chart.Baseline is { } baseline) svg.Add(Segment("baseline", _marginLeft, Y(baseline), _marginLeft + PlotWidth, Y(baseline)));
        for (int i = 0; i < _chart.Lines.Count; i++) svg.Add(Line(_chart.Lines[i], i));
        svg.Add(Marks());
        svg.Add(Segment("cursor", _marginLeft, MarginTop, _marginLeft, MarginTop + PlotHeight));
        return svg;
    }

    private XElement Rule(ChartRule rule)
    {
        XElement line = Segment("rule " + rule.Style, X(rule.X), MarginTop, X(rule.X), MarginTop + PlotHeight);
        line.Add(new XElement("title", rule.Title));
        return line;
    }

    private IEnumerable<XElement> HorizontalGrid()
    {
        foreach ((double at, string label) in Thinned(_chart.Y.Ticks, PlotHeight / 24))
        {
            yield return Segment("grid", _marginLeft, Y(at), _marginLeft + PlotWidth, Y(at));
            yield return new XElement("text", new XAttribute("class", "y"), At("x", _marginLeft - 6), At("y", Y(at) + 4), label);
        }
    }

    private IEnumerable<XElement> VerticalGrid()
    {
        double labelWidth = CharacterWidth * (3 + _chart.X.Ticks.Select(tick => tick.Label.Length).DefaultIfEmpty(0).Max());
        foreach ((double at, string label) in Thinned(_chart.X.Ticks, PlotWidth / labelWidth))
        {
            yield return Segment("grid", X(at), MarginTop, X(at), MarginTop + PlotHeight);
            yield return new XElement("text", new XAttribute("class", "x"), At("x", X(at)), At("y", _height - 8), label);
        }
    }

    private IEnumerable<XElement> Line(ChartLine line, int index)
    {
        double[] values = [.. line.Points.Select(point => point.Y)];

        // A step needs a second point for its corner.
        int pointsMax = Math.Min(PointsMax, 2 * _width) / (line.IsStep ? 2 : 1);
        var unbroken = new List<ChartPoint>();
        foreach (int kept in Downsampling.Indices(values, pointsMax))
        {
            ChartPoint point = line.Points[kept];
            if (line.IsStep && unbroken.Count > 0 && point.Y != unbroken[^1].Y) unbroken.Add(unbroken[^1] with { X = point.X });
            if (!double.IsNaN(point.Y))
            {
                unbroken.Add(point);
                continue;
            }

            foreach (XElement shape in Unbroken(line.Name, index, unbroken)) yield return shape;
            unbroken.Clear();
        }

        foreach (XElement shape in Unbroken(line.Name, index, unbroken)) yield return shape;
    }

    private IEnumerable<XElement> Unbroken(string name, int index, List<ChartPoint> points)
    {
        if (points.Count == 0) yield break;
        string drawn = string.Join(' ', points.Select(point => Pair(point.X, point.Y)));
        if (_chart.Baseline is { } baseline)
        {
            yield return new XElement("polygon", new XAttribute("class", "area"), new XAttribute("points", $"{Pair(points[0].X, baseline)} {drawn} {Pair(points[^1].X, baseline)}"));
        }

        yield return new XElement("polyline", new XAttribute("class", $"line s{index}"), new XAttribute("data-name", name), new XAttribute("points", drawn));
    }

    private IEnumerable<XElement> Marks()
    {
        double[] values = [.. _chart.Marks.Select(mark => mark.At.Y)];
        foreach (int kept in Downsampling.Indices(values, _width / 2))
        {
            ChartMark mark = _chart.Marks[kept];
            string shape = mark.Style switch
            {
                MarkStyle.Buy => "l5 9 h-10 z",
                MarkStyle.Sell => "l5 -9 h-10 z",
                _ => "l6 6 l-6 6 l-6 -6 z",
            };
            double top = Y(mark.At.Y) + (mark.Style == MarkStyle.Sell ? 5 : mark.Style == MarkStyle.Buy ? -5 : -6);
            yield return new XElement(
                "path",
                new XAttribute("class", "mark " + mark.Style.ToString().ToLowerInvariant()),
                new XAttribute("d", $"M{Number(X(mark.At.X))} {Number(top)} {shape}"),
                new XElement("title", mark.Title));
        }
    }

    private double X(double at) => _marginLeft + (PlotWidth * (at - _chart.X.Low) / (_chart.X.High - _chart.X.Low));

    private double Y(double at) => MarginTop + (PlotHeight * (_chart.Y.High - at) / (_chart.Y.High - _chart.Y.Low));

    private string Pair(double x, double y) => $"{Number(X(x))},{Number(Y(y))}";

    private static IEnumerable<(double At, string Label)> Thinned(IReadOnlyList<(double At, string Label)> ticks, double room)
    {
        int stride = (int)Math.Ceiling(ticks.Count / Math.Max(room, 1));
        for (int i = 0; i < ticks.Count; i += Math.Max(stride, 1)) yield return ticks[i];
    }

    private static XElement Segment(string cssClass, double x1, double y1, double x2, double y2) =>
        new("line", new XAttribute("class", cssClass), At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2));

    private static XAttribute At(string name, double value) => new(name, Number(value));

    private static string Number(double value) => value.ToString("0.#");

    /// <summary>What the script needs to turn a position back into a value.</summary>
    private static XAttribute Data(string name, ChartAxis axis) =>
        new($"data-{name}", $"{axis.Kind.ToString().ToLowerInvariant()} {axis.Low:R} {axis.High:R} {axis.Decimals}");
}
