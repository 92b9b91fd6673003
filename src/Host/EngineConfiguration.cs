namespace LatencyEngine.Host;

/// <summary>The validated configuration of one run. Immutable; made by <see cref="ConfigurationReader"/>. Each record is a section of the profile and each property a key of it, in the unit that its name carries.</summary>
public sealed record EngineConfiguration
{
    /// <summary>The profile's file, as faults name it.</summary>
    public required string Source { get; init; }

    /// <summary>The folder that relative paths of a profile start from: the one that holds <c>configs/</c>.</summary>
    public required string Root { get; init; }

    /// <summary>Always "linear": the only category the engine trades.</summary>
    public required string Category { get; init; }

    /// <summary>"market-making": instruments are quoted; "directional": they are traded outright, by the requests of a slow thread; "hybrid": quoted, each but while such a request is worked or held.</summary>
    public required string Strategy { get; init; }

    /// <summary>What runs beside the engine and tells it biases and positions: "none"; "hybrid": the daily forecast and its tactics; "meta-label": the trend signal and the model that judges it.</summary>
    public required string Signal { get; init; }

    /// <summary>Symbols to trade, 1 to 64, none twice; the position is the instrument's id.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>True when the command line named the symbols: a recording that lacks one of them is then a fault. Otherwise the run trades those of <see cref="Symbols"/> that the recording holds.</summary>
    public required bool AllSymbolsRequired { get; init; }

    /// <summary>Sizes and model parameters by symbol; every one of <see cref="Symbols"/> has its entry, and others may.</summary>
    public required IReadOnlyDictionary<string, InstrumentConfiguration> Instruments { get; init; }

    /// <summary>Whether something beside the engine may ask for positions.</summary>
    public bool TradesOutright => Strategy != "market-making";

    /// <summary>How quotes are made.</summary>
    public required QuotingConfiguration Quoting { get; init; }

    /// <summary>What the slow thread makes of a daily forecast; without effect but with the signal hybrid.</summary>
    public required HybridConfiguration Hybrid { get; init; }

    /// <summary>What the slow thread makes of hourly candles; without effect but with the signal meta-label.</summary>
    public required MetaLabelConfiguration MetaLabel { get; init; }

    /// <summary>When quotes are pulled or kept further out.</summary>
    public required ProtectionConfiguration Protection { get; init; }

    /// <summary>What the gate refuses.</summary>
    public required RiskConfiguration Risk { get; init; }

    /// <summary>The limits that losses and trouble meet.</summary>
    public required LossesConfiguration Losses { get; init; }

    /// <summary>Requests a second.</summary>
    public required OrderBudgetConfiguration OrderBudget { get; init; }

    /// <summary>What requests carry.</summary>
    public required WireConfiguration Wire { get; init; }

    /// <summary>The account of a live run.</summary>
    public required AccountConfiguration Account { get; init; }

    /// <summary>How the run is reached from outside.</summary>
    public required ControlConfiguration Control { get; init; }

    /// <summary>Who cancels when the run stops.</summary>
    public required WatchdogConfiguration Watchdog { get; init; }

    /// <summary>Asking the venue what it holds.</summary>
    public required ReconciliationConfiguration Reconciliation { get; init; }

    /// <summary>The dry-run venue.</summary>
    public required VenueConfiguration Venue { get; init; }

    /// <summary>Threads.</summary>
    public required PlacementConfiguration Placement { get; init; }

    /// <summary>Files a run reads.</summary>
    public required DataConfiguration Data { get; init; }

    /// <summary>Files a run writes.</summary>
    public required ReportConfiguration Report { get; init; }

    /// <summary>Every value with its origin, in the order of the sections above.</summary>
    public required IReadOnlyList<ConfigurationValue> Values { get; init; }

    /// <summary>The other environment names the engine knows, secrets hidden.</summary>
    public required IReadOnlyList<EnvironmentName> EnvironmentNames { get; init; }

    /// <summary>The start of a fault of a key's value: the file and the key, the variable and the key, or the option.</summary>
    /// <param name="key">One of <see cref="Values"/>.</param>
    public string Where(string key)
    {
        string origin = Values.First(value => value.Key == key).Origin;
        if (origin == Source) return $"{origin}: {key}";
        return origin.StartsWith("--", StringComparison.Ordinal) ? origin : $"{origin} ({key})";
    }

    /// <summary>The same with other files of instruments and risk limits.</summary>
    public EngineConfiguration WithRules(string instrumentsPath, string riskLimitsPath) => this with
    {
        Data = Data with { Instruments = instrumentsPath, RiskLimits = riskLimitsPath },
        Values = [.. Values.Select(value => value.Key switch
        {
            "data:instruments" => value with { Value = instrumentsPath },
            "data:riskLimits" => value with { Value = riskLimitsPath },
            _ => value,
        })],
    };

    /// <summary>A path for people: relative to <see cref="Root"/> where it lies below it, else unchanged.</summary>
    public string ShownPath(string path) => InstallRoot.Shown(Root, path);
}
