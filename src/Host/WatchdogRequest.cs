using LatencyEngine.Bybit;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>A run to be watched, and the account whose orders are cancelled when it stops.</summary>
public sealed record WatchdogRequest
{
    /// <summary>The run's files.</summary>
    public required RunFiles Files { get; init; }

    /// <summary>The validated configuration.</summary>
    public required EngineConfiguration Configuration { get; init; }

    /// <summary>demo, testnet or mainnet.</summary>
    public required string Environment { get; init; }

    /// <summary>Where the venue is reached.</summary>
    public required VenueEndpoints Endpoints { get; init; }

    /// <summary>The account's key.</summary>
    public required ApiCredentials Credentials { get; init; }

    /// <summary>PEM file of the certificates that the venue is trusted by; null for the system's.</summary>
    public string? AuthoritiesPath { get; init; }

    /// <summary>The run has started it: there is a heartbeat already, and as long as its process lives only that ends the watch.</summary>
    public required bool IsOfRun { get; init; }

    /// <summary>Told, a line each, what happens. Called on the thread of the watch.</summary>
    public required Action<string> Say { get; init; }
}
