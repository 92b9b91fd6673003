using LatencyEngine.Bybit;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>One run at a venue, with an account.</summary>
public sealed record LiveRequest
{
    /// <summary>The validated configuration.</summary>
    public required EngineConfiguration Configuration { get; init; }

    /// <summary>demo, testnet or mainnet.</summary>
    public required string Environment { get; init; }

    /// <summary>Where the venue is reached.</summary>
    public required VenueEndpoints Endpoints { get; init; }

    /// <summary>The account's key.</summary>
    public required ApiCredentials Credentials { get; init; }

    /// <summary>How long to trade, in real time from the first quote that could be made; null until the operator ends it.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>Full path of the journal to write; null for none.</summary>
    public string? JournalPath { get; init; }

    /// <summary>PEM file of the certificates that the venue is trusted by; null for the system's.</summary>
    public string? AuthoritiesPath { get; init; }

    /// <summary>The files by which the run is reached and remembered from outside; null for none.</summary>
    public RunFiles? Files { get; init; }

    /// <summary>Program and arguments that start the run's watchdog, see <see cref="Watchdog"/>; null for none. Taken only together with <see cref="Files"/>.</summary>
    public IReadOnlyList<string>? WatchdogCommand { get; init; }

    /// <summary>What an earlier run remembered of its losses is left aside: the limits begin anew from the venue's records.</summary>
    public bool ForgetLosses { get; init; }

    /// <summary>What runs beside the engine at its own pace; null for nothing. One run an object.</summary>
    public ISlowThread? SlowThread { get; init; }

    /// <summary>Told, a line each: the plan before anything is sent, and what happens while it runs. Called on the thread of the run.</summary>
    public required Action<string> Say { get; init; }
}
