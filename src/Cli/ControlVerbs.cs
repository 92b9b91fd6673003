using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LatencyEngine.Host;

namespace LatencyEngine.Cli;

/// <summary><c>kill</c>, <c>resume</c> and <c>status</c>: what another process can do with a run.</summary>
internal static class ControlVerbs
{

    public static IEnumerable<Command> Create(CliContext context)
    {
        yield return Kill(context);
        yield return Resume(context);
        yield return Status(context);
    }

    private static Command Kill(CliContext context)
    {
        var reason = new Option<string>("--reason") { HelpName = "TEXT", Description = "why; it is kept, and shown wherever the run is told to be killed" };
        var flatten = new Option<bool>("--flatten") { Description = "close the positions as well" };
        var command = new Command("kill", "Cancel every order of a running engine and let it quote no more, over restarts of it, until it is resumed.") { reason, flatten };
        var run = new NamedRun(command);
        command.SetAction(parsed =>
        {
            string why = parsed.GetValue(reason) ?? "";
            if (string.IsNullOrWhiteSpace(why)) throw new ConfigurationException([$"{reason.Name} needs a text"]);
            if (run.Find(parsed, context) is not { } files) return ExitStatus.Failed;
            return Tell(files, Ask(files, new ControlRequest { Verb = ControlRequest.Kill, Reason = why, Flatten = parsed.GetValue(flatten) }, context), context);
        });
        return command;
    }

    private static Command Resume(CliContext context)
    {
        var command = new Command("resume", "Take a kill back: the engine quotes again. Where none runs under --name, the next one will.");
        var run = new NamedRun(command);
        command.SetAction(parsed =>
        {
            if (run.Find(parsed, context) is not { } files) return ExitStatus.Failed;
            ControlReply? reply = Ask(files, new ControlRequest { Verb = ControlRequest.Resume }, context);
            if (reply is not null || !File.Exists(files.LatchPath)) return Tell(files, reply, context);
            (bool isDone, string text) = new KillSwitch(files.LatchPath, killFile: null).Resume("");
            if (!isDone) return Tell(files, new ControlReply(isDone, text), context);
            context.Output.WriteLine($"no engine runs under the name {files.Name}; its latch is removed, and the next one quotes: {text}");
            return ExitStatus.Done;
        });
        return command;
    }

    private static Command Status(CliContext context)
    {
        var json = new Option<bool>("--json") { Description = "one JSON document on stdout and nothing else there" };
        var command = new Command("status", "Tell how a running engine stands: state, connections, positions, limits and what is used of them, refusals of the gate.") { json };
        var run = new NamedRun(command);
        command.SetAction(parsed =>
        {
            if (run.Find(parsed, context) is not { } files) return ExitStatus.Failed;
            ControlReply? reply = Ask(files, new ControlRequest { Verb = ControlRequest.Status }, context);
            if (reply?.Status is not { } status) return Tell(files, reply, context);
            if (parsed.GetValue(json)) context.Output.WriteLine(JsonSerializer.Serialize(status, IndentedJson.Default.RunStatus));
            else WriteText(status, context.Output);
            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>What the engine answers; null, with a line, where none does.</summary>
    private static ControlReply? Ask(RunFiles files, ControlRequest request, CliContext context)
    {
        try
        {
            return ControlClient.Ask(files, request);
        }
        catch (IOException fault)
        {
            return new ControlReply(IsDone: false, fault.Message);
        }
    }

    private static int Tell(RunFiles files, ControlReply? reply, CliContext context)
    {
        if (reply is { IsDone: true })
        {
            context.Output.WriteLine($"{files.Name}: {reply.Text}");
            return ExitStatus.Done;
        }

        context.Say(reply is null ? $"no engine runs under the name {files.Name}" : $"{files.Name}: {reply.Text}");
        return ExitStatus.Failed;
    }

    private static void WriteText(RunStatus status, TextWriter output)
    {
        Row("name", $"{status.Name}, {status.Verb}, pid {status.ProcessId}, since {status.StartedUtc:yyyy-MM-dd HH:mm:ss}Z");
        Row("state", $"{status.State}{(status.Closing == "Unset" ? "" : $", closing: {status.Closing}")}");
        foreach (KillRecord kill in status.Kills) Row("killed", $"{kill}");
        Row("connections", $"{string.Join("   ", status.Connections.Select(pair => $"{pair.Key} {pair.Value}"))}");
        Row("orders", $"{status.LiveOrders} may rest, of {status.OutcomeUnknown} the outcome is unknown");
        Row("account", $"wallet {status.WalletUsdt:#,0.00} USDT   equity {status.EquityUsdt:#,0.00}   free margin {status.AvailableMarginUsdt:#,0.00}");
        Row("limits", $"bound margin {Use(status.BoundMarginUsdt)}{string.Concat(status.Losses.Select(loss => $"   {loss.Key} {Use(loss.Value)}"))} USDT");
        foreach ((string what, DateTime until) in status.PausedUntil) Row("paused", $"{what} until {until:yyyy-MM-dd HH:mm:ss}Z");
        Row("budget", $"{string.Join("   ", status.OrderBudget.Select(pair => $"{pair.Key} {Use(pair.Value)}"))} in the last second");
        foreach (InstrumentStatus instrument in status.Instruments)
        {
            Row(instrument.Symbol, $"position {instrument.Position} at {instrument.AverageEntry:0.########}   with open orders {Use(instrument.PositionQty)}   open orders {Use(instrument.OpenOrders)}   held by {instrument.HeldBy}");
            if (instrument.DayLossUsdt is { } lost) Row("", $"lost today {Use(lost)} USDT");
            Row("", $"market {Price(instrument.BestBid)} / {Price(instrument.BestAsk)}   own {Price(instrument.OwnBid)} / {Price(instrument.OwnAsk)}   mark {instrument.MarkPrice:0.########}   unrealised {instrument.UnrealisedUsdt:0.0000} USDT");
            if (instrument.LiquidationUsedPct is { } used) Row("", $"liquidation {instrument.LiquidationPrice:0.########}   {used} % of the way used");
        }

        foreach (GateRefusal refusal in status.Refusals)
        {
            Row("refused", $"{refusal.Reason} {refusal.Count} times, last at {refusal.AtUtc:HH:mm:ss.fff}Z: {refusal.Action} {refusal.Side} {refusal.Qty} {refusal.Symbol} at {refusal.Price}");
            Row("", $"position {refusal.Position}, open {refusal.OpenBuyQty} to buy and {refusal.OpenSellQty} to sell in {refusal.OpenOrders} orders, requests left {refusal.RequestsLeft}, book {refusal.MarketDataAgeMilliseconds:0.0} ms and mark price {refusal.MarkPriceAgeMilliseconds:0.0} ms old, free margin {refusal.AvailableMarginUsdt:0.##} of {refusal.BalanceUsdt:0.##} USDT");
        }

        void Row(string label, FormattableString value) => output.WriteLine($"{label,-12} {value.ToString(CultureInfo.InvariantCulture)}");

        static string Use(LimitUse use) => string.Create(CultureInfo.InvariantCulture, $"{use.Used} of {use.Max}");

        static string Price(decimal? price) => price is { } found ? found.ToString(CultureInfo.InvariantCulture) : "-";
    }

    /// <summary>Which run is meant.</summary>
    private sealed class NamedRun
    {
        private readonly Option<string> _name = new("--name") { HelpName = "NAME", Description = "of the run (not needed when exactly one engine runs)" };
        private readonly Option<string> _profile = new("--profile") { HelpName = "FILE", Description = $"the profile whose control:folder holds (default: {Profiles.Shipped})" };

        public NamedRun(Command command)
        {
            command.Options.Add(_name);
            command.Options.Add(_profile);
        }

        /// <summary>Its files; null, with a line, where no engine runs and none is named.</summary>
        /// <exception cref="ConfigurationException">Several run, or the name cannot be one.</exception>
        public RunFiles? Find(ParseResult parsed, CliContext context)
        {
            string folder = Folder(parsed, context) ?? throw new ConfigurationException(["control:folder is default, and neither XDG_STATE_HOME nor HOME is set: no run is reached"]);
            if (parsed.GetResult(_name) is not null) return RunFiles.At(folder, parsed.GetValue(_name) ?? "");
            IReadOnlyList<string> running = ControlClient.Running(folder);
            if (running.Count > 1) throw new ConfigurationException([$"several engines run: choose one with --name: {string.Join(", ", running)}"]);
            if (running.Count == 1) return RunFiles.At(folder, running[0]);
            string[] killed = RunFiles.Killed(folder);
            context.Say(killed.Length == 0 ? $"no engine runs ({folder} has no control socket that answers)" : $"no engine runs; killed, and to be named with --name to be resumed: {string.Join(", ", killed)}");
            return null;
        }

        /// <summary>A profile with a fault must not be in the way of a kill.</summary>
        private string? Folder(ParseResult parsed, CliContext context)
        {
            try
            {
                string profile = Profiles.PathOf(parsed.GetValue(_profile));
                return ConfigurationReader.Load(profile, context.Environment, []).Control.Folder;
            }
            catch (ConfigurationException fault) when (parsed.GetResult(_profile) is null)
            {
                context.Say($"{fault.Faults[0]}; the user's own folder is looked in");
                return ControlConfiguration.FolderOf(context.Environment);
            }
        }
    }
}
