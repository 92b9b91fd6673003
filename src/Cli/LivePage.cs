using System.Diagnostics;
using System.Globalization;
using LatencyEngine.Model;
using LatencyEngine.Research;
using LatencyEngine.Transport;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LatencyEngine.Cli;

/// <summary>A run as it goes on, for a person at a terminal: one block of lines, painted over with each report.</summary>
/// <remarks>Reports arrive on the thread of the run, in order.</remarks>
internal sealed class LivePage(TextWriter error) : IRunDisplay
{
    private const int BarWidth = 40;
    private static readonly Style Label = new(Color.Grey);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);

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
        console.Write(Page(value));
        string text = page.ToString();

        // Up to where the block began, and nothing left below: a shorter block must not leave lines of a longer one.
        if (_linesShown > 0) error.Write(string.Create(CultureInfo.InvariantCulture, $"\e[{_linesShown}A\e[J"));
        error.Write(text);
        error.Flush();
        _linesShown = text.Count(character => character == '\n');
    }

    /// <inheritdoc />
    public void End() => error.WriteLine();

    private void MeasureRate(long events)
    {
        long now = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(_lastReportedAt, now).TotalSeconds;
        if (_lastReportedAt != 0 && seconds > 0) _eventsPerSecond = (events - _lastEvents) / seconds;
        (_lastEvents, _lastReportedAt) = (events, now);
    }

    private Grid Page(RunProgress value)
    {
        Grid page = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(1)).AddColumn();
        Row("progress", new Text($"{Bar(value.Fraction)} {value.Fraction,4:P0}  {value.LogicUtc:HH:mm:ss}Z of the recording"));
        if (value.Connections.Count > 0) Row("connections", Connections(value));
        Row("market", new Text(FormattableString.Invariant($"{value.Symbol}  mid {Price(value.Mid)}")));
        Row("quotes", Quotes(value));
        Row("position", new Text(FormattableString.Invariant($"{value.PositionQty:+0.########;-0.########;0}   equity {value.Equity:#,0.00} USDT   margin ratio {value.MarginRatio:P2}")));
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
            if (connection.Status.TimesReady > 1) text.Append(FormattableString.Invariant($" ({connection.Status.TimesReady - 1} reconnects)"));
            text.Append("   ");
        }

        return text;
    }

    private static Paragraph Quotes(RunProgress value)
    {
        var text = new Paragraph();
        text.Append(FormattableString.Invariant($"{Price(value.OwnBid)} / {Price(value.OwnAsk)}   {value.OpenOrders} open   "));
        bool active = value.State == QuotingState.Active;
        return text.Append(active ? "quoting" : value.State.ToString().ToLowerInvariant(), active ? Good : Bad);
    }

    private static Table Latencies(RunProgress value)
    {
        Table table = new Table().Border(TableBorder.None).AddColumn(new TableColumn(new Text("stage", Label)).PadLeft(0));
        table.AddColumn(new TableColumn(new Text("p50", Label)).RightAligned()).AddColumn(new TableColumn(new Text("p99", Label)).RightAligned());
        foreach (StageProgress stage in value.Stages)
        {
            table.AddRow(RunTable.StageName(stage.Stage), stage.Count == 0 ? "-" : Figures.Latency(stage.P50Nanos), stage.Count == 0 ? "-" : Figures.Latency(stage.P99Nanos));
        }

        return table;
    }
}
