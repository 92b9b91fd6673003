using System.Diagnostics;
using System.Globalization;
using System.Text;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Research;
using LatencyEngine.Transport;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LatencyEngine.Cli;

/// <summary>A run as it goes on, for a person at a terminal: one block of lines, painted over with each report. Incidents stay above it.</summary>
/// <remarks>Reports arrive on the thread of the run, in order.</remarks>
internal sealed class LivePage(TextWriter error) : IRunDisplay
{
    private const int BarWidth = 30;
    private static readonly Style Label = new(Color.Grey);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);

    private readonly IncidentLines _incidents = new(error);
    private int _linesShown;
    private long _lastEvents;
    private long _lastReportedAt;
    private double _eventsPerSecond;

    /// <inheritdoc />
    public void Report(RunProgress value)
    {
        MeasureRate(value.Events);
        using var page = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(page), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Interactive = InteractionSupport.No });
        (int columns, int rows) = Terminal();
        console.Profile.Width = columns;
        console.Write(Page(value));

        // A block higher than the terminal could not be painted over: what has scrolled away stays.
        string[] lines = [.. page.ToString().TrimEnd('\n').Split('\n').Take(rows - 1)];

        // Line over line in one write, each cleared behind its text and at last what a longer block has left below: nothing flickers, and nothing of the last block stays.
        var painted = new StringBuilder();
        if (_linesShown > 0) painted.Append(CultureInfo.InvariantCulture, $"\e[{_linesShown}A\r");
        foreach (string line in (string[])[.. _incidents.Take(value), .. lines]) painted.Append(line).Append("\e[K\n");
        error.Write(painted.Append("\e[J").ToString());
        error.Flush();
        _linesShown = lines.Length;
    }

    /// <inheritdoc />
    public void End() => error.WriteLine();

    /// <summary>Room for text. A line as wide as the terminal would wrap on some: one column stays free.</summary>
    private static (int Columns, int Rows) Terminal()
    {
        const int ColumnsUnknown = 80;
        const int RowsUnknown = 24;
        int columns = Console.WindowWidth;
        int rows = Console.WindowHeight;
        return (columns > 1 ? columns - 1 : ColumnsUnknown - 1, rows > 1 ? rows : RowsUnknown);
    }

    private void MeasureRate(long events)
    {
        long now = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(_lastReportedAt, now).TotalSeconds;
        if (_lastReportedAt != 0 && seconds > 0) _eventsPerSecond = (events - _lastEvents) / seconds;
        (_lastEvents, _lastReportedAt) = (events, now);
    }

    private Grid Page(RunProgress value)
    {
        Grid page = new Grid().AddColumn(new GridColumn().NoWrap().Padding(1, 0, 2, 0)).AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        Row("progress", new Text($"{Bar(value.Fraction)} {value.Fraction,4:P0}  {value.LogicUtc:HH:mm:ss}Z of the recording"));
        if (value.Connections.Count > 0) Row("connections", Connections(value));
        Row("market", new Text(FormattableString.Invariant($"{value.Symbol}  mid {Price(value.Mid)}")));
        Row("quotes", Quotes(value));
        Row("position", new Text(FormattableString.Invariant($"{value.PositionQty:+0.########;-0.########;0}   equity {value.Equity:#,0.00} USDT   margin ratio {value.MarginRatio:P2}")));
        foreach (LaneProgress lane in value.FurtherLanes)
        {
            Row("also", new Text(FormattableString.Invariant($"{lane.Symbol}  mid {Price(lane.Mid)}   quotes {Price(lane.OwnBid)} / {Price(lane.OwnAsk)}   position {lane.PositionQty:+0.########;-0.########;0}")));
        }

        Row("activity", new Text(FormattableString.Invariant($"{value.Orders:#,0} requests   {value.Fills:#,0} fills   {_eventsPerSecond:#,0} events/s")));
        Row("latency", Latencies(value));
        if (value.Placement is { } placement) Row("placement", new Text(placement));
        return page;

        void Row(string label, IRenderable content) => page.AddRow(new Text(label, Label), content);
    }

    private static string Bar(double fraction)
    {
        int filled = (int)(fraction * BarWidth);
        return new string('█', filled) + new string('░', BarWidth - filled);
    }

    private static string Price(decimal? price) => price is { } known ? known.ToString("#,0.########", CultureInfo.InvariantCulture) : "-";

    private static Paragraph Connections(RunProgress value)
    {
        var text = new Paragraph();
        foreach (ConnectionProgress connection in value.Connections)
        {
            bool ready = connection.Status.Phase == ConnectionPhase.Ready;
            text.Append($"{connection.Channel.ToString().ToLowerInvariant()} ");
            text.Append(ready ? "ready" : connection.Status.Phase.ToString().ToLowerInvariant(), ready ? Good : Bad);
            text.Append("   ");
        }

        return text.Append(FormattableString.Invariant($"{value.Connections.Sum(connection => Math.Max(0, connection.Status.TimesReady - 1))} reconnects"));
    }

    private static Paragraph Quotes(RunProgress value)
    {
        var text = new Paragraph();
        text.Append(FormattableString.Invariant($"{Price(value.OwnBid)} / {Price(value.OwnAsk)}   {value.OpenOrders} open   "));
        return value.State switch
        {
            QuotingState.Unset => text.Append("starting", Label),
            QuotingState.Active when HeldQuotes.Describe(value.HeldBy) is { Length: > 0 } held => text.Append(held, Bad),
            QuotingState.Active => text.Append("quoting", Good),
            QuotingState.Stopped => text.Append("stopped", Label),
            _ => text.Append(value.State.ToString().ToLowerInvariant(), Bad),
        };
    }

    private static Grid Latencies(RunProgress value)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().Padding(0, 0, 0, 0));
        for (int i = 0; i < 2; i++) grid.AddColumn(new GridColumn().NoWrap().RightAligned().Padding(3, 0, 0, 0));
        grid.AddRow(new Text("stage", Label), new Text("p50", Label), new Text("p99", Label));
        foreach (StageProgress stage in value.Stages)
        {
            grid.AddRow(RunTable.StageName(stage.Stage), stage.Count == 0 ? "-" : Figures.Latency(stage.P50Nanos), stage.Count == 0 ? "-" : Figures.Latency(stage.P99Nanos));
        }

        return grid;
    }
}
