using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Platform;
using LatencyEngine.Research;
using LatencyEngine.Simulator;
using LatencyEngine.Transport;

namespace LatencyEngine.Cli;

/// <summary><c>doctor</c>: whether this host, the way to the venue, the account and the configuration are fit for a live run, and what to do where they are not.</summary>
internal static class DoctorVerb
{
    private const string Origin = "doctor";

    // The cores of the profile may be those of a run that goes on beside.
    private static readonly (string Key, string Value)[] NoCoresOfItsOwn = [("placement:threads", "inline"), ("placement:wait", "block"), ("placement:ioCore", "none"), ("placement:engineCore", "none"), ("placement:journalCore", "none")];

    private static readonly TimeSpan RestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StealSample = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstQuoteWarn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstQuoteMax = TimeSpan.FromSeconds(60);

    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var environment = new Option<string>("--env") { HelpName = "NAME", Description = "check the way to this venue and the account there, too: demo, testnet or mainnet (default: as BYBIT_TESTNET says, else none)" };
        var endpoint = new Option<string>("--endpoint") { HelpName = "URL", Description = "reach that environment at one address instead, for example http://127.0.0.1:8701" };
        var authorities = new Option<string>("--authorities") { HelpName = "FILE", Description = "PEM file of the certificates to trust (default: the system's)" };
        var journal = new Option<string>("--journal") { HelpName = "FILE", Description = "the journal that live is to write: the disk of its folder is measured (default: the folder of reports)" };
        var ifDue = new Option<bool>("--if-due") { Description = "where live may start by an earlier pass, examine nothing" };
        var tune = new Option<bool>("--tune") { Description = "set what lasts until the next boot, as root, and print how it is put back" };
        var command = new Command("doctor", "Check this host, the way to a venue, the account and the profile, and say what to do about each fault. The key comes from BYBIT_API_KEY and BYBIT_API_SECRET; without one, what needs it is not checked. No order is sent to the venue. Where nothing fails, live may start on mainnet for a day.") { environment, endpoint, authorities, journal, ifDue, tune };
        options.AddDoctorTo(command);
        command.SetAction(parsed =>
        {
            EngineConfiguration configuration = options.Read(parsed, context).Configuration;
            var faults = new List<string>();
            string name = parsed.GetValue(environment) ?? LiveVerb.UsualEnvironment(context);
            string? address = parsed.GetValue(endpoint) ?? LiveVerb.Given(context, "BYBIT_BASE_URL");
            VenueEndpoints? endpoints = name.Length == 0 && address is null ? null : LiveVerb.Endpoints(name, address, faults);
            string? authoritiesPath = parsed.GetValue(authorities);
            if (authoritiesPath is not null && !File.Exists(authoritiesPath)) faults.Add($"--authorities must name an existing PEM file, was \"{authoritiesPath}\"");
            if (faults.Count > 0) throw new ConfigurationException(faults);

            ApiCredentials? credentials = LiveVerb.Credentials(context.Environment, []);
            string? pass = credentials is null || name.Length == 0 ? null : options.Files(parsed, configuration, name)?.DoctorPath;
            string folder = parsed.GetValue(journal) is { Length: > 0 } file ? Path.GetDirectoryName(Path.GetFullPath(file))! : configuration.Report.Directory;
            var tree = new HostTree(context.HostRoot);
            if (parsed.GetValue(ifDue) && pass is not null && DoctorPass.Fault(pass, DoctorPass.Now(tree, configuration, name, endpoints!.Rest, credentials!.Key, Verdict.Unknown)) is null)
            {
                if (options.WantsJson(parsed)) WriteJson(name, endpoints, [], [], context.Output);
                context.Say($"the pass in {pass} counts: nothing is examined");
                return ExitStatus.Done;
            }

            IReadOnlyList<HealthCheck> host = HostChecks.All(tree, folder, () => context.Interrupted.WaitHandle.WaitOne(StealSample));
            IReadOnlyList<HostTuning> tuned = [];
            if (parsed.GetValue(tune))
            {
                tuned = [.. host.SelectMany(check => check.Settings).Select(setting => HostTuning.Apply(tree, setting))];
                if (tuned.Count > 0) host = HostChecks.All(tree, folder, () => context.Interrupted.WaitHandle.WaitOne(StealSample));
            }

            context.Interrupted.ThrowIfCancellationRequested();
            IEnumerable<HealthCheck> venue = endpoints is null ? [NoVenue()] : VenueChecks(name, endpoints, credentials, authoritiesPath, configuration, context);
            if (parsed.GetValue(ifDue)) host = [.. host.Select(OfTheMoment)];
            HealthCheck[] checks = [.. host, .. venue, FirstQuote(parsed, options, context)];
            if (options.WantsJson(parsed)) WriteJson(name, endpoints, checks, tuned, context.Output);
            else WriteText(checks, tuned, context.Output);
            foreach (HostTuning fault in tuned.Where(each => each.Fault is not null)) context.Say($"{fault.Path} could not be set to {fault.After}: {fault.Fault}; it needs root, and a machine that lets it");
            context.Interrupted.ThrowIfCancellationRequested();
            bool passes = Worst(checks) != Verdict.Fail;
            if (pass is not null) Keep(pass, passes ? DoctorPass.Now(tree, configuration, name, endpoints!.Rest, credentials!.Key, Worst(checks)) : null);
            return passes && tuned.All(each => each.Fault is null) ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    /// <summary>Leaves the pass for <c>live</c>, or takes an earlier one away: it no longer holds.</summary>
    /// <exception cref="IOException">The file cannot be written or taken away.</exception>
    private static void Keep(string path, DoctorPass? pass)
    {
        if (pass is null) File.Delete(path);
        else pass.Write(path);
    }

    /// <summary>Before a start that may be one beside an open position, a second in which the host was busy, as it is while it boots, is no reason against it.</summary>
    private static HealthCheck OfTheMoment(HealthCheck check) => check is { Name: "steal" or "disk", Verdict: Verdict.Fail } ? check with { Verdict = Verdict.Warn } : check;

    private static HealthCheck NoVenue() => new("venue", Verdict.Unknown, "not checked: no venue is named", "an order is as late as the way to the venue, and refused where account and profile do not fit", "name one: --env demo, testnet or mainnet");

    private static HealthCheck[] VenueChecks(string name, VenueEndpoints endpoints, ApiCredentials? credentials, string? authoritiesPath, EngineConfiguration configuration, CliContext context)
    {
        var checks = new List<HealthCheck>();
        foreach ((string role, Uri? endpoint) in new[] { ("rest", endpoints.Rest), ("public", endpoints.Public), ("private", endpoints.Private), ("trade", endpoints.Trade) })
        {
            if (endpoint is not null) checks.AddRange(EndpointChecks.Read(role, endpoint, authoritiesPath));
        }

        using var client = new RestClient(endpoints.Rest, credentials, new VenueClock(), configuration.Wire.RecvWindowMilliseconds, RestTimeout, authoritiesPath: authoritiesPath);
        var account = new AccountChecks(new BybitRest(client) { Environment = name }, credentials is not null, configuration) { TierFees = symbol => TierFees(configuration, symbol), LevelRequests = LevelRequests };
        checks.AddRange(account.ReadAsync(context.Interrupted).GetAwaiter().GetResult());
        return [.. checks];
    }

    private static AccountFees? TierFees(EngineConfiguration configuration, string symbol)
    {
        FeeRates rates = FeeTier.Parse(configuration.Venue.FeeTier).RatesFor(symbol);   // both were checked with the configuration
        return new AccountFees(rates.Maker, rates.Taker);
    }

    private static int? LevelRequests(string level)
    {
        string wanted = level.Replace('-', ' ');
        return FeeTier.All.FirstOrDefault(tier => tier.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))?.RequestsPerSecond;
    }

    /// <summary>How long a dry-run of this profile takes on this machine from its start to the first quote that rests.</summary>
    private static HealthCheck FirstQuote(ParseResult parsed, RunOptions options, CliContext context)
    {
        const string Why = "after a restart nothing is quoted for so long; building the engine, warming it up and connecting are in it, the way to the venue is not";
        const string Mend = "look at cores, steal and disk above, stop what else runs, and try ./run.sh dry-run --market flow --speed 1: its page shows what holds the quotes back";
        string reports = Directory.CreateTempSubdirectory("latency-engine-doctor-").FullName;
        try
        {
            (string Key, string Value)[] changes = [("strategy", "market-making"), ("venue:market", "flow"), ("venue:scenario", "calm"), ("venue:speed", "1"), ("venue:port", "0"), ("report:directory", reports), .. NoCoresOfItsOwn];
            EngineConfiguration configuration = options.Read(parsed, context, [.. changes.Select(change => new ConfigurationOverride(change.Key, change.Value, Origin))]).Configuration;
            var request = new RunRequest { Verb = "dry-run", Configuration = configuration, RecordingPath = null, Duration = FirstQuoteMax, ReportDirectory = reports };
            using var watch = new QuoteWatch(context.Interrupted);
            context.Run(request, watch, watch.Ended);
            if (watch.FirstQuote is not { } time) return new HealthCheck("first-quote", Verdict.Fail, string.Create(CultureInfo.InvariantCulture, $"none in {FirstQuoteMax.TotalSeconds:0} s of a dry-run"), Why, Mend);
            return new HealthCheck("first-quote", time > FirstQuoteWarn ? Verdict.Warn : Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"after {time.TotalSeconds:0.0} s of a dry-run, by a look four times a second"), Why, Mend);
        }
        catch (Exception fault) when (fault is VenueServerException or VenueUnavailableException or InstrumentException or ConfigurationException or PlacementException or ReportException)
        {
            return new HealthCheck("first-quote", Verdict.Fail, $"no dry-run: {fault.Message.ReplaceLineEndings("; ")}", Why, Mend);
        }
        finally
        {
            Directory.Delete(reports, recursive: true);
        }
    }

    private static Verdict Worst(IEnumerable<HealthCheck> checks) => checks.Max(check => check.Verdict);

    private static string Word(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    /// <summary>By hand: the native compiler sees no serialiser for it.</summary>
    private static void WriteJson(string environment, VenueEndpoints? endpoints, HealthCheck[] checks, IReadOnlyList<HostTuning> tuned, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("verdict", checks.Length > 0 ? Word(Worst(checks)) : null);
            json.WriteString("environment", environment.Length > 0 ? environment : null);
            json.WriteString("endpoint", endpoints?.Rest.GetLeftPart(UriPartial.Authority));
            json.WriteStartArray("checks");
            foreach (HealthCheck check in checks)
            {
                json.WriteStartObject();
                json.WriteString("name", check.Name);
                json.WriteString("verdict", Word(check.Verdict));
                json.WriteString("found", check.Found);
                json.WriteString("why", check.Why);
                json.WriteString("mend", check.Mend);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("tuned");
            foreach (HostTuning each in tuned)
            {
                json.WriteStartObject();
                json.WriteString("path", each.Path);
                json.WriteString("before", each.Before);
                json.WriteString("after", each.After);
                json.WriteString("undo", each.Undo);
                json.WriteString("fault", each.Fault);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static void WriteText(IReadOnlyList<HealthCheck> checks, IReadOnlyList<HostTuning> tuned, TextWriter output)
    {
        int width = checks.Max(check => check.Name.Length);
        foreach (HealthCheck check in checks)
        {
            output.WriteLine($"{Word(check.Verdict),-8} {check.Name.PadRight(width)}  {Figures.OneLine(check.Found)}");
            if (check.Verdict == Verdict.Ok) continue;
            output.WriteLine($"{"",-8} {"".PadRight(width)}  why: {check.Why}");
            output.WriteLine($"{"",-8} {"".PadRight(width)}  do:  {check.Mend}");
        }

        output.WriteLine();
        output.WriteLine(string.Join(", ", checks.GroupBy(check => check.Verdict).OrderBy(group => group.Key).Select(group => $"{group.Count()} {Word(group.Key)}")));
        string[] undo = [.. tuned.Select(each => each.Undo).OfType<string>()];
        if (undo.Length == 0) return;
        output.WriteLine();
        output.WriteLine($"# {undo.Length} settings were changed until the next boot; to put them back, as root:");
        foreach (string line in undo) output.WriteLine(line);
    }

    /// <summary>Ends a run when something of ours rests.</summary>
    private sealed class QuoteWatch : IProgress<RunProgress>, IDisposable
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private readonly CancellationTokenSource _end;
        private long _firstTicks;   // of TimeSpan; 0 for none yet

        public QuoteWatch(CancellationToken interrupted) => _end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);

        public CancellationToken Ended => _end.Token;

        public TimeSpan? FirstQuote => Interlocked.Read(ref _firstTicks) is var ticks and > 0 ? TimeSpan.FromTicks(ticks) : null;

        public void Report(RunProgress value)
        {
            if (value.OwnBid is null && value.OwnAsk is null || FirstQuote is not null) return;
            Interlocked.Exchange(ref _firstTicks, Stopwatch.GetElapsedTime(_started).Ticks);
            _end.Cancel();
        }

        public void Dispose() => _end.Dispose();
    }
}
