using System.CommandLine;
using LatencyEngine.Host;
using LatencyEngine.Research;
using Spectre.Console;

namespace LatencyEngine.Cli;

/// <summary>What backtest and dry-run have in common: options in, one run, its result out.</summary>
internal static class RunVerb
{
    /// <summary>The verb with the options of every run.</summary>
    /// <param name="name">Of the verb.</param>
    /// <param name="description">For its help.</param>
    /// <param name="context">What it may touch.</param>
    /// <param name="options">The options of a profile.</param>
    /// <param name="startProgress">What a person sees of a run while it goes on.</param>
    /// <param name="complete">Adds the options that only this verb has.</param>
    /// <param name="instead">Does something else with the request where an option of the verb asks for it, and gives its exit status; null for the run.</param>
    public static Command Create(string name, string description, CliContext context, RunOptions options, Func<IRunDisplay> startProgress, Func<RunRequest, ParseResult, RunRequest> complete, Func<RunRequest, ParseResult, int?>? instead = null)
    {
        var command = new Command(name, description);
        options.AddTo(command);
        options.AddRunTo(command);
        command.SetAction(parsed =>
        {
            (EngineConfiguration configuration, TimeSpan? duration, UpstreamRequest? upstream) = options.Read(parsed, context);
            var request = new RunRequest
            {
                Verb = name,
                Configuration = configuration,
                RecordingPath = configuration.Venue.Market == "replay" ? configuration.Data.Recording : null,
                Upstream = upstream,
                Duration = duration,
                JournalPath = options.JournalPath(parsed),
                RecordPath = options.RecordPath(parsed),
                ReportDirectory = configuration.Report.Directory,
            };
            request = complete(request, parsed);
            if (instead?.Invoke(request, parsed) is { } status) return status;
            RunResult result = Run(request, context, startProgress());
            Show(result, options.WantsJson(parsed), context);
            return Judge(result, context);
        });
        return command;
    }

    private static RunResult Run(RunRequest request, CliContext context, IRunDisplay progress)
    {
        try
        {
            return context.Run(request, progress, context.Interrupted);
        }
        finally
        {
            progress.End();
        }
    }

    private static void Show(RunResult result, bool asJson, CliContext context)
    {
        if (asJson) context.Output.WriteLine(RunResultJson.Serialize(result));
        else if (context.OutputIsTerminal) ShowInColour(result, context.Output);
        else context.Output.Write(RunTableText.Render(result));
    }

    private static void ShowInColour(RunResult result, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        int labelWidth = RunTable.Sections(result).Max(section => section.Rows.Max(row => row.Label.Length));
        foreach (RunTableSection section in RunTable.Sections(result))
        {
            console.MarkupLineInterpolated($"[bold]{section.Title}[/]");
            var grid = new Grid().AddColumn(new GridColumn().Width(labelWidth).Padding(2, 0, 2, 0).NoWrap()).AddColumn(new GridColumn().Padding(0, 0, 0, 0));
            foreach ((string label, string value) in section.Rows)
            {
                grid.AddRow(new Text(label, new Style(Color.Grey)), new Text(value, new Style(value.Contains("loss", StringComparison.Ordinal) ? Color.Red : null)));
            }

            console.Write(grid);
        }
    }

    // A broken invariant outranks an interruption: what ran cannot be trusted either way.
    private static int Judge(RunResult result, CliContext context)
    {
        foreach (string broken in result.InvariantBreaks) context.Say($"invariant broken: {broken}");
        if (result.ReportFault is { } fault) context.Say(fault);
        if (result.InvariantBreaks.Count > 0 || result.ReportFault is not null) return ExitStatus.Failed;
        if (!result.Interrupted) return ExitStatus.Done;
        context.Say("interrupted; the figures cover what ran");
        return ExitStatus.Interrupted;
    }
}
