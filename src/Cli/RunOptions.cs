using System.CommandLine;
using System.Globalization;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Research;
using LatencyEngine.Simulator;

namespace LatencyEngine.Cli;

/// <summary>The options that change a profile for one run, the same for every verb that reads one.</summary>
internal sealed class RunOptions
{
    private static readonly TimeSpan EndlessDuration = TimeSpan.FromMinutes(10);


    private readonly Option<string> _profile = Text("--profile", "FILE", $"deployment profile, a file or the name of a shipped one, market-making, hybrid or meta-label (default: {Profiles.Shipped})");
    private readonly Option<string[]> _overlay = new("--overlay") { HelpName = "FILE", Description = "keys that replace those of the profile, for example what calibrate has written; several are taken in their order", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
    private readonly Option<string> _data = Text("--data", "FILE", "recording to run: a file, or a folder that record has written");
    private readonly Option<string> _symbols = Text("--symbols", "LIST", "trade exactly these, for example BTCUSDT,SOLUSDT (default: those of the profile that the recording holds)");
    private readonly Option<string> _venueSymbols = Text("--symbols", "LIST", "serve exactly these, for example BTCUSDT,ETHUSDT");
    private readonly Option<string> _fittedSymbols = new("--symbols", "--symbol") { HelpName = "LIST", Description = "fit exactly these, for example BTCUSDT (default: all whose book the recording holds)" };
    private readonly Option<string> _liveSymbols = new("--symbols", "--symbol") { HelpName = "LIST", Description = "trade exactly these, for example BTCUSDT,SOLUSDT (default: those of the profile)" };
    private readonly Option<string> _leverage = Text("--leverage", "NUMBER", "leverage of every position, 1 to 100");
    private readonly Option<string> _marginMode = Text("--margin-mode", "NAME", "isolated: each position has its own margin; cross: all share the account's balance");
    private readonly Option<string> _quoting = Text("--quoting", "NAME", "quoting model: avellaneda-stoikov, glft (Guéant-Lehalle-Fernandez-Tapia in closed form) or glft-exact (the same, exact within maxInventoryUnits)");
    private readonly Option<string> _model = Text("--model", "FOLDER", "of a model that train made, for a profile whose signal is meta-label");
    private readonly Option<string> _levels = Text("--levels", "NUMBER", "quotes a side, 1 to 10");
    private readonly Option<string> _balance = Text("--balance", "USDT", "wallet at the start");
    private readonly Option<string> _feeTier = Text("--fee-tier", "NAME", "fee tier by its published name, for example \"VIP 0\" or \"Pro 5\"");
    private readonly Option<string> _queueModel = Text("--queue-model", "NAME", "how resting orders move forward in a recorded queue: trades-at-or-through, risk-averse, probability-power, probability-log");
    private readonly Option<string> _faultFile = Text("--faults", "FILE", "what goes wrong at the venue: a JSON array of faults, see docs/reference/venue.md");
    private readonly Option<string> _market = Text("--market", "NAME", "where the market comes from: replay (the recording), flow (order flow generated from the seed) or, with dry-run and venue, live (public data of another venue)");
    private readonly Option<string> _seed = Text("--seed", "NUMBER", "seed of the latency jitter and of a flow market");
    private readonly Option<string> _report = Text("--report", "DIR", "folder that gets this run's report folder");
    private readonly Option<bool> _json = new("--json") { Description = "one JSON document on stdout and nothing else there" };
    private readonly Option<string> _speed = Text("--speed", "NUMBER|max", "seconds of the recording a real second; max plays engine and venue in step, as fast as they go");
    private readonly Option<string> _port = Text("--port", "NUMBER", "loopback port of the venue (default: a free one)");
    private readonly Option<string> _threads = Text("--threads", "NAME", "inline: engine on the io thread; paired: on its own; auto: by the number of cores");
    private readonly Option<string> _wait = Text("--wait", "NAME", "what threads do while nothing happens: block, yield or spin");
    private readonly Option<string> _journal = Text("--journal", "FILE", "write every event and every answer of the engine, for replay");
    private readonly Option<string> _record = Text("--record", "FILE", "write the market frames that the engine received, as a recording (gzip when the name ends in .gz)");
    private readonly Option<string> _duration = Text("--duration", "TIME", "stop after this much of the market: seconds, or such as 90s, 20m, 1h (default: all of a recording, 10m of any other market)");
    private readonly Option<string> _upstream = Text("--upstream", "URL", "the venue of a live market, for example http://127.0.0.1:8701 (default: Bybit, see --env)");
    private readonly Option<string> _environment = Text("--env", "NAME", MarketAddress.EnvironmentHelp);
    private readonly Option<string> _depth = Text("--depth", "LEVELS", $"of a live book: {MarketAddress.DepthHelp}");
    private readonly Option<string> _name = Text("--name", "NAME", "what kill, resume, status and watchdog call this run (default: with live the environment's name, else dry-run- and the process's number)");
    private readonly Option<string> _scenario;
    private readonly string[] _scenarios;

    /// <summary>The options of one verb.</summary>
    /// <param name="furtherScenarios">Scenarios of the verb's own, besides those of a flow market, with what they are.</param>
    public RunOptions(IReadOnlyDictionary<string, string>? furtherScenarios = null)
    {
        string further = string.Concat((furtherScenarios ?? new Dictionary<string, string>()).Select(pair => $"; {pair.Key}: {pair.Value}"));
        _scenario = Text("--scenario", "NAME", $"what happens in a flow market: {string.Join(", ", MarketScenarios)}{further}");
        _scenarios = [.. MarketScenarios, .. furtherScenarios?.Keys ?? []];
    }

    private static IEnumerable<string> MarketScenarios => FlowScenario.All.Select(scenario => scenario.Name);

    /// <summary>Adds the options of a profile and of its presentation.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_profile, _overlay, _data, _market, _symbols, _model, _quoting, _levels, _leverage, _marginMode, _balance, _feeTier, _queueModel, _faultFile, _seed, _report, _json]) command.Options.Add(option);
    }

    /// <summary>Adds the options of a venue on sockets.</summary>
    public void AddSocketsTo(Command command)
    {
        foreach (Option option in (Option[])[_upstream, _environment, _depth, _speed, _port, _threads, _wait, _name]) command.Options.Add(option);
    }

    /// <summary>Adds the options of a venue that is served alone; its symbols do not have to be in the profile (see <see cref="Symbols"/>).</summary>
    public void AddVenueTo(Command command)
    {
        foreach (Option option in (Option[])[_profile, _overlay, _data, _market, _upstream, _environment, _depth, _scenario, _venueSymbols, _leverage, _marginMode, _balance, _feeTier, _queueModel, _faultFile, _seed, _port, _json]) command.Options.Add(option);
    }

    /// <summary>Adds the options of a run on an account at a venue.</summary>
    public void AddLiveTo(Command command)
    {
        foreach (Option option in (Option[])[_profile, _overlay, _liveSymbols, _model, _quoting, _levels, _leverage, _marginMode, _threads, _wait, _journal, _name, _json]) command.Options.Add(option);
    }

    /// <summary>Adds the options of who checks that such a run can be made.</summary>
    public void AddDoctorTo(Command command)
    {
        foreach (Option option in (Option[])[_profile, _overlay, _liveSymbols, _model, _quoting, _levels, _leverage, _marginMode, _feeTier, _threads, _wait, _name, _json]) command.Options.Add(option);
    }

    /// <summary>Adds the options of who watches such a run.</summary>
    public void AddWatchdogTo(Command command)
    {
        foreach (Option option in (Option[])[_profile, _overlay, _name, _json]) command.Options.Add(option);
    }

    /// <summary>Adds the options of a long run against a venue of its own.</summary>
    public void AddSoakTo(Command command)
    {
        foreach (Option option in (Option[])[_profile, _overlay, _liveSymbols, _leverage, _faultFile, _seed, _threads, _wait, _json]) command.Options.Add(option);
    }

    /// <summary>Adds the options of a fit to a recording; its symbols do not have to be in the profile (see <see cref="Symbols"/>).</summary>
    public void AddCalibrateTo(Command command)
    {
        foreach (Option option in (Option[])[_profile, _overlay, _data, _fittedSymbols, _json]) command.Options.Add(option);
    }

    /// <summary>Adds the options of many runs that are compared.</summary>
    public void AddSweepTo(Command command)
    {
        foreach (Option option in (Option[])[_profile, _overlay, _data, _market, _scenario, _symbols, _levels, _leverage, _marginMode, _balance, _feeTier, _queueModel, _seed, _duration, _json]) command.Options.Add(option);
    }

    /// <summary>Adds what is about one run and not part of a profile.</summary>
    public void AddRunTo(Command command)
    {
        foreach (Option option in (Option[])[_duration, _scenario, _journal, _record]) command.Options.Add(option);
    }

    /// <summary>Full path of the journal to write; null for none.</summary>
    /// <exception cref="ConfigurationException">It is empty.</exception>
    public string? JournalPath(ParseResult parsed) => FullPath(parsed, _journal);

    /// <summary>Full path of the recording to write; null for none.</summary>
    /// <exception cref="ConfigurationException">It is empty.</exception>
    public string? RecordPath(ParseResult parsed) => FullPath(parsed, _record);

    /// <summary>The files of the run, whose folder is made; null where <c>control:folder</c> names none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="configuration">Of the run.</param>
    /// <param name="usual">Its name where none is given.</param>
    /// <exception cref="ConfigurationException">The name or the folder cannot be used.</exception>
    public RunFiles? Files(ParseResult parsed, EngineConfiguration configuration, string usual)
    {
        string name = parsed.GetResult(_name) is null ? usual : parsed.GetValue(_name) ?? "";
        return configuration.Control.Folder is { } folder ? RunFiles.Make(folder, name) : null;
    }

    /// <summary>Profile, overlays and name as they were given, for a program that is started to go with this one.</summary>
    public IReadOnlyList<string> NameArguments(ParseResult parsed)
    {
        var arguments = new List<string>();
        if (parsed.GetValue(_profile) is { } profile) arguments.AddRange([_profile.Name, profile]);
        foreach (string overlay in parsed.GetValue(_overlay) ?? []) arguments.AddRange([_overlay.Name, overlay]);
        if (parsed.GetValue(_name) is { } name) arguments.AddRange([_name.Name, name]);
        return arguments;
    }

    /// <summary>The symbols that a venue is to serve, or that are to be fitted; null where none are named.</summary>
    /// <exception cref="ConfigurationException">A name is empty, or occurs twice.</exception>
    public IReadOnlyList<string>? Symbols(ParseResult parsed)
    {
        Option<string> option = parsed.GetResult(_fittedSymbols) is null ? _venueSymbols : _fittedSymbols;
        if (parsed.GetResult(option) is null || parsed.GetValue(option) is not string text) return null;
        string[] symbols = text.Split(',', StringSplitOptions.TrimEntries);
        bool isList = symbols.All(symbol => symbol.Length > 0) && symbols.Distinct(StringComparer.Ordinal).Count() == symbols.Length;
        return isList ? symbols : throw new ConfigurationException([$"{option.Name} must be different symbols separated by commas, for example BTCUSDT,ETHUSDT, was \"{text}\""]);
    }

    /// <summary>The scenario named; null for none.</summary>
    public string? Scenario(ParseResult parsed) => parsed.GetResult(_scenario) is null ? null : parsed.GetValue(_scenario);

    /// <summary>True when the result is wanted as JSON.</summary>
    public bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The configuration with the options applied, the duration where one was given, and the venue of a live market.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="context">The environment.</param>
    /// <param name="further">What the verb itself sets.</param>
    /// <exception cref="ConfigurationException">Anything is wrong; it carries all faults of options, environment and profile.</exception>
    public (EngineConfiguration Configuration, TimeSpan? Duration, UpstreamRequest? Upstream) Read(ParseResult parsed, CliContext context, params ConfigurationOverride[] further)
    {
        var faults = new List<string>();
        UpstreamRequest? upstream = null;
        TimeSpan? duration = ReadDuration(parsed, faults);
        EngineConfiguration? configuration = null;
        try
        {
            string profile = Profiles.PathOf(parsed.GetValue(_profile));
            string[] overlays = parsed.GetValue(_overlay) ?? [];
            if (overlays.Any(string.IsNullOrWhiteSpace)) throw new ConfigurationException([$"{_overlay.Name} needs a value"]);
            configuration = ConfigurationReader.Load(profile, context.Environment, [.. Overrides(parsed), .. further], overlays);
            CheckFeeTier(configuration, faults);
            CheckScenario(configuration, Scenario(parsed), faults);
            CheckMarket(parsed, configuration, faults);
            if (parsed.GetResult(_model) is not null && configuration.Signal != "meta-label") faults.Add($"--model is of the signal meta-label, and that of {configuration.Source} is {configuration.Signal}: add --profile meta-label");
            if (configuration.Venue.Market == "live")
            {
                upstream = ReadUpstream(parsed, faults);
                configuration = configuration with { Venue = configuration.Venue with { Speed = 1 } };   // a live market goes as it goes
            }
        }
        catch (ConfigurationException fault)
        {
            // Without a configuration the option alone can be looked at.
            faults.AddRange(fault.Faults);
            if (parsed.GetValue(_feeTier) is string name && !string.IsNullOrWhiteSpace(name)) FindFeeTier(name, _feeTier.Name, faults);
        }

        if (configuration is not null && configuration.Venue.Market != "replay") duration ??= EndlessDuration;
        return faults.Count == 0 ? (configuration!, duration, upstream) : throw new ConfigurationException(faults);
    }

    private static string? FullPath(ParseResult parsed, Option<string> option)
    {
        if (parsed.GetResult(option) is null || parsed.GetValue(option) is not string path) return null;
        return string.IsNullOrWhiteSpace(path) ? throw new ConfigurationException([$"{option.Name} needs a value"]) : Path.GetFullPath(path);
    }

    private static Option<string> Text(string name, string valueName, string description) => new(name) { HelpName = valueName, Description = description };

    // The host knows that a tier has a name; only the venue knows the names and what they cover.
    private static void CheckFeeTier(EngineConfiguration configuration, List<string> faults)
    {
        string where = configuration.Where("venue:feeTier");
        if (FindFeeTier(configuration.Venue.FeeTier, where, faults) is not FeeTier tier) return;
        try
        {
            foreach (string symbol in configuration.Symbols) tier.RatesFor(symbol);
        }
        catch (ArgumentException)
        {
            faults.Add($"{where} has no known rate for every one of {string.Join(", ", configuration.Symbols)}, was \"{configuration.Venue.FeeTier}\"; a VIP tier has");
        }
    }

    private void CheckScenario(EngineConfiguration configuration, string? named, List<string> faults)
    {
        if (named is not null && !_scenarios.Contains(named)) faults.Add($"--scenario must be one of {string.Join(", ", _scenarios)}, was \"{named}\"");
        if (!MarketScenarios.Contains(configuration.Venue.Scenario)) faults.Add($"{configuration.Where("venue:scenario")} must be one of {string.Join(", ", MarketScenarios)}, was \"{configuration.Venue.Scenario}\"");
        bool needsFlow = named is not null && named != FlowScenario.Calm.Name && MarketScenarios.Contains(named);
        if (needsFlow && configuration.Venue.Market != "flow") faults.Add($"--scenario {named} is of a flow market: add --market flow");
    }

    /// <summary>What is given for a recording would be passed over where there is none, and the run taken for another than it is.</summary>
    private void CheckMarket(ParseResult parsed, EngineConfiguration configuration, List<string> faults)
    {
        string market = configuration.Venue.Market;
        foreach (Option<string> option in market switch { "flow" => (Option<string>[])[_data, _queueModel], "live" => [_data, _speed], _ => [] })
        {
            if (parsed.GetResult(option) is not null) faults.Add($"{option.Name} is of a recording, and the market is {market}: leave it out, or --market {market}");
        }

        foreach (Option<string> option in market == "live" ? (Option<string>[])[] : [_upstream, _environment, _depth])
        {
            if (parsed.GetResult(option) is not null) faults.Add($"{option.Name} is of a live market: add --market live");
        }
    }

    private UpstreamRequest? ReadUpstream(ParseResult parsed, List<string> faults)
    {
        int depth = MarketAddress.ReadDepth(Value(_depth), faults);
        return MarketAddress.Read(Value(_environment), Value(_upstream), _upstream.Name, faults) is (VenueEndpoints endpoints, string name) ? new UpstreamRequest { Endpoints = endpoints, Name = name, Depth = depth } : null;

        string? Value(Option<string> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);
    }

    private static FeeTier? FindFeeTier(string name, string where, List<string> faults)
    {
        try
        {
            return FeeTier.Parse(name);
        }
        catch (ArgumentException)
        {
            faults.Add($"{where} must be one of {string.Join(", ", FeeTier.All.Select(tier => tier.Name))}, was \"{name}\"");
            return null;
        }
    }

    private List<ConfigurationOverride> Overrides(ParseResult parsed)
    {
        var overrides = new List<ConfigurationOverride>();
        Add(_data, "data:recording");
        Add(_symbols, "symbols");
        Add(_liveSymbols, "symbols");
        Add(_model, "metaLabel:model");
        Add(_quoting, "quoting:model");
        Add(_levels, "quoting:levelsPerSide");
        Add(_leverage, "venue:leverage");
        Add(_marginMode, "account:marginMode");
        Add(_balance, "venue:startBalanceUsdt");
        Add(_feeTier, "venue:feeTier");
        Add(_market, "venue:market");
        if (Scenario(parsed) is { } scenario && MarketScenarios.Contains(scenario)) Add(_scenario, "venue:scenario");
        Add(_queueModel, "venue:queueModel");
        Add(_faultFile, "venue:faults");
        Add(_seed, "venue:seed");
        Add(_report, "report:directory");
        Add(_speed, "venue:speed");
        Add(_port, "venue:port");
        Add(_threads, "placement:threads");
        Add(_wait, "placement:wait");
        return overrides;

        void Add(Option<string> option, string key)
        {
            if (parsed.GetResult(option) is not null && parsed.GetValue(option) is string value) overrides.Add(new ConfigurationOverride(key, value, option.Name));
        }
    }

    private TimeSpan? ReadDuration(ParseResult parsed, List<string> faults) =>
        parsed.GetResult(_duration) is null || parsed.GetValue(_duration) is not string text ? null : Durations.Read(_duration.Name, text, faults);
}
