using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Transport;

namespace LatencyEngine.Cli;

/// <summary><c>live</c>: the engine on an account at a venue, Bybit's or the dry-run one.</summary>
internal static class LiveVerb
{
    private const string KeyVariable = "BYBIT_API_KEY";
    private const string SecretVariable = "BYBIT_API_SECRET";
    private const string Mainnet = "mainnet";

    // What a slip costs most. A shipped value is nobody's decision.
    private static readonly string[] OwnLimits = ["risk:orderNotionalMaxUsdt", "risk:openOrdersMax"];
    private static readonly string[] OwnInstrumentLimits = ["orderQty", "orderQtyMax", "positionQtyMax"];

    private static readonly TimeSpan PassRenewal = TimeSpan.FromMinutes(10);

    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var environment = new Option<string>("--env") { HelpName = "NAME", Description = "demo, testnet or mainnet (default: as BYBIT_TESTNET says)" };
        var endpoint = new Option<string>("--endpoint") { HelpName = "URL", Description = "reach that environment at one address instead, for example http://127.0.0.1:8701" };
        var duration = new Option<string>("--duration") { HelpName = "TIME", Description = "trade for so long: seconds, or such as 90s, 20m, 1h (default: until Ctrl-C)" };
        var authorities = new Option<string>("--authorities") { HelpName = "FILE", Description = "PEM file of the certificates to trust (default: the system's)" };
        var noWatchdog = new Option<bool>("--no-watchdog") { Description = "start no process beside this one that cancels every order when this one is killed or hangs" };
        var consent = new Option<bool>("--i-understand-the-risk") { Description = "mainnet only: real money is at stake" };
        var forget = new Option<bool>("--forget-losses") { Description = "leave aside what the last run of this name remembered of its losses and pauses; the limits begin anew from the venue's records" };
        var command = new Command("live", "Trade on an account: connect, compare every book with the venue's, quote, and leave flat. The key comes from BYBIT_API_KEY and BYBIT_API_SECRET.") { environment, endpoint, duration, authorities, consent, noWatchdog, forget };
        options.AddLiveTo(command);
        command.SetAction(parsed =>
        {
            EngineConfiguration configuration = options.Read(parsed, context).Configuration;
            var faults = new List<string>();
            TimeSpan? time = parsed.GetValue(duration) is { } text ? Durations.Read(duration.Name, text, faults) : null;
            string name = parsed.GetValue(environment) ?? UsualEnvironment(context);
            string? address = parsed.GetValue(endpoint) ?? Given(context, "BYBIT_BASE_URL");
            if (Given(context, "TRADING_PAPER_MODE")?.ToUpperInvariant() is "TRUE" or "1") faults.Add("TRADING_PAPER_MODE is true: live sends real orders; unset it, or use dry-run");
            VenueEndpoints? endpoints = Endpoints(name, address, faults);
            ApiCredentials? credentials = Credentials(context.Environment, faults);
            bool isRealMoney = endpoints is not null && (name == Mainnet || IsRealMoney(endpoints));
            if (isRealMoney) CheckMainnet(configuration, parsed.GetValue(consent), faults);
            string? authoritiesPath = parsed.GetValue(authorities);
            if (authoritiesPath is not null && !File.Exists(authoritiesPath)) faults.Add($"--authorities must name an existing PEM file, was \"{authoritiesPath}\"");
            if (faults.Count > 0) throw new ConfigurationException(faults);

            RunFiles? files = options.Files(parsed, configuration, name);
            var wanted = DoctorPass.Now(new HostTree(context.HostRoot), configuration, name, endpoints!.Rest, credentials!.Key, Verdict.Unknown);
            CheckDoctor(files, wanted, isRealMoney, context);
            var request = new LiveRequest
            {
                Configuration = configuration,
                Environment = name,
                Endpoints = endpoints,
                Credentials = credentials,
                Duration = time,
                JournalPath = options.JournalPath(parsed),
                AuthoritiesPath = authoritiesPath,
                Files = files,
                WatchdogCommand = context.OwnProgram is { } program && !parsed.GetValue(noWatchdog) ? [.. program, .. WatchdogVerb.Arguments(name, address, authoritiesPath, options.NameArguments(parsed))] : null,
                ForgetLosses = parsed.GetValue(forget),
                Say = context.Say,
            };
            if (request.Files is null) context.Say("kill, resume and status cannot reach this run: control:folder is default, and neither XDG_STATE_HOME nor HOME is set");
            LiveResult result = LiveRunner.Run(request, Renewing(files, wanted, Watch(context), context), context.Interrupted);
            if (context.ErrorIsTerminal) context.Error.WriteLine();
            if (options.WantsJson(parsed)) context.Output.WriteLine(JsonSerializer.Serialize(result, IndentedJson.Default.LiveResult));
            else WriteText(result, context.Output);
            return Judge(result, context);
        });
        return command;
    }

    /// <summary>The environment where none is named; empty where nothing says which.</summary>
    public static string UsualEnvironment(CliContext context) => Given(context, "BYBIT_TESTNET") switch { null => "", "0" or "false" or "False" or "FALSE" => Mainnet, _ => "testnet" };

    /// <summary>A variable of the environment; null where it is not set, or to nothing.</summary>
    public static string? Given(CliContext context, string variable) => context.Environment.TryGetValue(variable, out string? value) && value.Length > 0 ? value : null;

    /// <summary>By where it is, whatever it is called: only this machine, testnet and demo trade with nobody's money. What is called mainnet does not, wherever it is: a tunnel begins here.</summary>
    private static bool IsRealMoney(VenueEndpoints endpoints) =>
        !endpoints.Rest.IsLoopback && endpoints.Rest != VenueEndpoints.Environments["testnet"].Rest && endpoints.Rest != VenueEndpoints.Environments["demo"].Rest;

    /// <summary>Where an environment is reached; null with a fault more where the options do not say.</summary>
    public static VenueEndpoints? Endpoints(string environment, string? endpoint, List<string> faults)
    {
        if (!VenueEndpoints.Environments.TryGetValue(environment, out VenueEndpoints? known))
        {
            faults.Add($"--env must be one of {string.Join(", ", VenueEndpoints.Environments.Keys)}, was \"{environment}\"");
            return null;
        }

        if (endpoint is null) return known;
        if (MarketAddress.At(endpoint, "--endpoint", faults) is not { } given) return null;
        return given with { Trade = known.Trade is null ? null : given.Trade };
    }

    /// <summary>The key from the environment; null with a fault more where there is none.</summary>
    public static ApiCredentials? Credentials(IReadOnlyDictionary<string, string> environment, List<string> faults)
    {
        if (environment.TryGetValue(KeyVariable, out string? key) && key.Length > 0 && environment.TryGetValue(SecretVariable, out string? secret) && secret.Length > 0) return new ApiCredentials(key, secret);
        faults.Add($"{KeyVariable} and {SecretVariable} must be set in the environment, or be files of a service's credentials: the key of the account to trade");
        return null;
    }

    private static void CheckMainnet(EngineConfiguration configuration, bool consents, List<string> faults)
    {
        if (!consents) faults.Add("this venue trades with real money: add --i-understand-the-risk");
        EngineConfiguration shipped = ConfigurationReader.Load(Path.Combine(configuration.Root, "configs", "market-making.json"), new Dictionary<string, string>(), []);
        foreach (string key in OwnLimits.Concat(configuration.Symbols.SelectMany(symbol => OwnInstrumentLimits.Select(limit => $"instruments:{symbol}:{limit}"))))
        {
            ConfigurationValue value = configuration.Values.First(value => value.Key == key);
            if (value.Origin == configuration.Source && shipped.Values.FirstOrDefault(other => other.Key == key)?.Value == value.Value) faults.Add($"{key} is the shipped {value.Value}: on mainnet set your own, in a profile of yours (--profile) or as {ConfigurationReader.EnvironmentPrefix}{key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant()}");
        }
    }

    /// <summary>Real money wants a host, a way, an account and a profile that were examined just now; elsewhere it is only told.</summary>
    private static void CheckDoctor(RunFiles? files, DoctorPass wanted, bool isRealMoney, CliContext context)
    {
        string? fault = files is null ? "a pass of doctor is nowhere kept: control:folder is default, and neither XDG_STATE_HOME nor HOME is set" : DoctorPass.Fault(files.DoctorPath, wanted);
        if (fault is null) return;
        if (isRealMoney) throw new ConfigurationException([string.Create(CultureInfo.InvariantCulture, $"this venue trades with real money, and {fault}: run ./run.sh doctor --env {wanted.Environment} as the same user and with the same options, key and variables; where nothing fails, live may start for {DoctorPass.AgeMax.TotalHours:0} hours")]);
        if (files is not null) context.Say($"note: {fault} for this run; on mainnet it would be refused (doctor --env {wanted.Environment})");
    }

    /// <summary>While the run goes on, the pass that it was started with counts on for the start behind it.</summary>
    private static Action<LiveProgress> Renewing(RunFiles? files, DoctorPass wanted, Action<LiveProgress> watch, CliContext context)
    {
        long? last = null;   // by the clock: a run that may not quote goes on, too
        return progress =>
        {
            watch(progress);
            if (files is null || (last is { } at && Stopwatch.GetElapsedTime(at) < PassRenewal)) return;
            last = Stopwatch.GetTimestamp();
            try
            {
                DoctorPass.Renew(files.DoctorPath, wanted with { AtUtc = DateTime.UtcNow });
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                context.Say($"the pass of doctor cannot be renewed: {fault.Message}");
            }
        };
    }

    /// <summary>A person sees how it goes on; a log gets a line a minute.</summary>
    public static Action<LiveProgress> Watch(CliContext context)
    {
        var next = TimeSpan.Zero;
        return progress =>
        {
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{progress.Elapsed:hh\\:mm\\:ss} {Quoting(progress)} equity {progress.Equity:0.00} requests {progress.Requests} fills {progress.Fills} {string.Join(' ', progress.Positions.Select(pair => $"{pair.Key} {pair.Value}"))}");
            if (context.ErrorIsTerminal)
            {
                context.Error.Write($"\r{line}\e[K");
                return;
            }

            if (progress.Elapsed < next) return;
            next = progress.Elapsed + TimeSpan.FromMinutes(1);
            context.Say(line);
        };
    }

    private static string Quoting(LiveProgress progress) =>
        progress.State == QuotingState.Active && HeldQuotes.Describe(progress.HeldBy) is { Length: > 0 } held ? $"{progress.State} ({held})" : $"{progress.State}";

    private static int Judge(LiveResult result, CliContext context)
    {
        if (result.Failure is { } failure) context.Say(failure);
        if (result.Failure is not null || result.Flat != true) return ExitStatus.Failed;
        if (!result.Interrupted) return ExitStatus.Done;
        context.Say("interrupted; flat, and no order rests");
        return ExitStatus.Interrupted;
    }

    /// <summary>The result for people.</summary>
    public static void WriteText(LiveResult result, TextWriter output)
    {
        (string Label, string Value)[] rows =
        [
            ("venue", string.Create(CultureInfo.InvariantCulture, $"{result.Environment}, {result.Endpoint.GetLeftPart(UriPartial.Authority)}")),
            ("quoting", string.Create(CultureInfo.InvariantCulture, $"{result.QuotingModel}, {result.LevelsPerSide} level{(result.LevelsPerSide == 1 ? "" : "s")} a side")),
            ("time", string.Create(CultureInfo.InvariantCulture, $"{result.DurationSeconds:0.0} s, quotes could be made {Figure(result.UptimePct)} % of it (venue away {result.UnreachableSeconds:0.0} s)")),
            ("held", result.QuotesHeld.Count == 0 ? "never" : string.Join(", ", result.QuotesHeld.Select(held => string.Create(CultureInfo.InvariantCulture, $"{held.Key} {held.Value} times, {result.HeldSeconds.GetValueOrDefault(held.Key):0.0} s")))),
            ("requests", string.Create(CultureInfo.InvariantCulture, $"{result.Creates} creates, {result.Amends} amends, {result.Cancels} cancels; {result.Acknowledged} taken, {result.Rejected} refused; {result.RateLimited} for their number, look-ups included")),
            ("result", string.Create(CultureInfo.InvariantCulture, $"{result.Fills} fills, {result.RealisedPnl:0.00######} USDT before fees, fees {result.Fees:0.00######}, wallet {result.Wallet:0.00######}")),
            ("connections", string.Create(CultureInfo.InvariantCulture, $"{result.Reconnects} reconnects, recovery p50 {Figure(result.RecoverMs.P50)} ms, p99 {Figure(result.RecoverMs.P99)} ms")),
            ("truth", string.Create(CultureInfo.InvariantCulture, $"{result.Reconciliations} reconciliations, {result.Differences} differences, {result.OrphansFound} orphans, {result.DuplicatesIgnored} duplicates ignored, {result.UnknownResolved} unknown outcomes resolved")),
            ("limits", result.LossLimits.Count == 0 ? "none reached" : string.Join(", ", [.. result.LossLimits.Select(limit => $"{limit.Key} {limit.Value} times"), .. result.PausedUntil.Select(pause => string.Create(CultureInfo.InvariantCulture, $"{pause.Key} paused until {pause.Value:yyyy-MM-dd HH:mm:ss}Z"))])),
            ("end", result.Flat switch { true => "flat, and no order rests", false => "NOT flat", null => "the venue could not be asked" }),
        ];
        foreach ((string label, string value) in rows) output.WriteLine($"{label,-12} {value}");
        foreach ((string stage, LatencySummary latency) in result.Latency) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage,-12} p50 {latency.P50 / 1e3:0.0} us, p99 {latency.P99 / 1e3:0.0} us, p99.9 {latency.P999 / 1e3:0.0} us, of {latency.Count}"));
    }

    private static string Figure(double? value) => value is { } number ? number.ToString("0.###", CultureInfo.InvariantCulture) : "-";
}
