using System.Collections;
using System.CommandLine;
using LatencyEngine.Bybit;
using LatencyEngine.Forecast;
using LatencyEngine.History;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Platform;
using LatencyEngine.Research;
using LatencyEngine.Simulator;
using LatencyEngine.Training;

namespace LatencyEngine.Cli;

/// <summary>The program: finds the verb, runs it, and turns whatever goes wrong into lines for the operator and an exit status.</summary>
public static class Program
{
    /// <summary>The process's entry point.</summary>
    /// <returns>One of <see cref="ExitStatus"/>.</returns>
    public static int Main(string[] args)
    {
        using var interruption = new Interruption();
        using var output = new StandardWriter(Console.Out);
        using var error = new StandardWriter(Console.Error);
        return Invoke(args, new CliContext
        {
            Output = output,
            Error = error,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Environment = ProcessEnvironment(),
            Run = (request, progress, cancel) => request.Verb == "dry-run" ? DryRunner.Run(request, progress, cancel) : BacktestRunner.Run(request, progress, cancel),
            OwnProgram = SoakVerb.OwnProgram(),
            Interrupted = interruption.Token,
        });
    }

    /// <summary>Runs one command line. Throws nothing.</summary>
    /// <param name="args">Verb and options.</param>
    /// <param name="context">What the program may touch.</param>
    /// <returns>One of <see cref="ExitStatus"/>.</returns>
    public static int Invoke(IReadOnlyList<string> args, CliContext context)
    {
        try
        {
            context = context with { Environment = CredentialFiles.Join(context.Environment) };
            ParseResult parsed = CreateRoot(context).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count == 0) return parsed.Invoke(new InvocationConfiguration { Output = context.Output, Error = context.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
            foreach (string error in UsageErrors.Of(parsed)) context.Say(error);
            return ExitStatus.Usage;
        }
        catch (OperationCanceledException) when (context.Interrupted.IsCancellationRequested)
        {
            context.Say("interrupted before there was anything to report");
            return ExitStatus.Interrupted;
        }
        catch (ConfigurationException fault)
        {
            foreach (string line in fault.Faults) context.Say(line);
            return ExitStatus.Usage;
        }
        catch (LiveStartException fault)
        {
            foreach (string line in fault.Faults) context.Say(line);
            return ExitStatus.Usage;
        }
        catch (Exception fault) when (IsOperatorsToMend(fault))
        {
            context.Say(fault.Message);
            return ExitStatus.Usage;
        }
        catch (VenueServerException fault)
        {
            context.Say(fault.Message);
            return ExitStatus.HostLacks;
        }
        catch (WatchdogException fault)
        {
            context.Say(fault.Message);
            return ExitStatus.HostLacks;
        }
        catch (PlacementException fault)
        {
            context.Say(fault.Message);
            return ExitStatus.HostLacks;
        }
        catch (TlsException fault)
        {
            context.Say(fault.Message);
            return ExitStatus.HostLacks;
        }
        catch (VenueUnavailableException fault)
        {
            context.Say(fault.Message);
            return fault.IsRefusal ? ExitStatus.Usage : ExitStatus.Failed;
        }
        catch (XgBoostException fault)
        {
            context.Say(fault.Message);
            return fault.IsMissing ? ExitStatus.HostLacks : ExitStatus.Failed;
        }
        catch (HistoryException fault)
        {
            context.Say(fault.Message);
            return fault.IsMissing ? ExitStatus.HostLacks : fault.IsDiskFault ? ExitStatus.Failed : ExitStatus.Usage;
        }
        catch (LeakException fault)
        {
            context.Say(fault.Message);
            return ExitStatus.Failed;
        }
        catch (JournalException fault)
        {
            context.Say(fault.Message);
            return fault.IsDiskFault ? ExitStatus.Failed : ExitStatus.Usage;
        }
        catch (IOException fault)
        {
            context.Say($"input or output failed: {fault.Message}");
            return ExitStatus.Failed;
        }
#pragma warning disable CA1031 // The last line of defence: a newcomer gets one line, not a stack trace.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return ReportInternalError(fault, context);
        }
    }

    // Rooms that are strangers cannot share a base class for this, so here is the one list: exceptions whose message is one line for the operator.
    private static bool IsOperatorsToMend(Exception fault) => fault is InstrumentException or RecordingException or ReportException or ForecastException or InvalidDataException;

    private static RootCommand CreateRoot(CliContext context)
    {
        var root = new RootCommand("""
            LatencyEngine: a low-latency market-making engine for Bybit V5 linear perpetuals.

            Started through ./run.sh, which builds it first; ./run.sh test runs every test,
            ./run.sh bench measures the hot path, ./run.sh publish compiles the program natively.
            The configuration is configs/market-making.json, then overlays, the environment and the options.
            Exit status: 0 done, 1 the run failed or an invariant broke, 2 bad usage, configuration or input,
            3 the host lacks something, 130 interrupted after an orderly stop.
            """);
        root.Directives.Clear();
        root.Subcommands.Add(DryRunVerb.Create(context));
        root.Subcommands.Add(BacktestVerb.Create(context));
        root.Subcommands.Add(ReplayVerb.Create(context));
        root.Subcommands.Add(LiveVerb.Create(context));
        root.Subcommands.Add(WatchdogVerb.Create(context));
        foreach (Command verb in ControlVerbs.Create(context)) root.Subcommands.Add(verb);
        root.Subcommands.Add(RecordVerb.Create(context));
        root.Subcommands.Add(VenueVerb.Create(context));
        root.Subcommands.Add(SoakVerb.Create(context));
        root.Subcommands.Add(PaperTableVerb.Create(context));
        root.Subcommands.Add(CalibrateVerb.Create(context));
        root.Subcommands.Add(SweepVerb.Create(context));
        root.Subcommands.Add(DownloadDataVerb.Create(context));
        root.Subcommands.Add(HistoryVerb.Create(context));
        root.Subcommands.Add(ForecastVerb.Create(context));
        root.Subcommands.Add(TrainVerb.Create(context));
        root.Subcommands.Add(DoctorVerb.Create(context));
        root.Subcommands.Add(SelfTestVerb.Create(context));
        root.Subcommands.Add(ShowConfigVerb.Create(context));
        return root;
    }

    private static int ReportInternalError(Exception fault, CliContext context)
    {
        context.Say($"internal error: {fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}; this is a fault of the program, please report it to the project's issue tracker ({ConfigurationReader.TraceVariable}=1 adds the stack trace)");
        if (context.Environment.TryGetValue(ConfigurationReader.TraceVariable, out string? trace) && trace == "1") context.Error.WriteLine(fault);
        return ExitStatus.Failed;
    }

    private static Dictionary<string, string> ProcessEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
