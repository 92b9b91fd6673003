using LatencyEngine.Host;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>What venue to serve, and how.</summary>
public sealed record VenueRequest
{
    /// <summary>The profile with everything that the command line sets: instruments, ladders, the account's start, latencies, seed and port.</summary>
    public required EngineConfiguration Configuration { get; init; }

    /// <summary>Symbols wanted by name; null for those of the profile, in a recording those of them that it holds.</summary>
    public IReadOnlyList<string>? Symbols { get; init; }

    /// <summary>The venue whose live market is served; null for a recording or a flow market.</summary>
    public UpstreamRequest? Upstream { get; init; }

    /// <summary>Told in one line when a live market is lost, is back, or cannot be followed. Thread: that of the run.</summary>
    public Action<string> Say { get; init; } = static _ => { };

    /// <summary>IP address to listen on.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>One key an account, at least one.</summary>
    public required IReadOnlyList<ApiKey> Keys { get; init; }

    /// <summary>Candles and funding of before the start, to be told by REST; null for none.</summary>
    public IMarketPast? Past { get; init; }

    /// <summary>How many times the usual rate a flow market's events have, 1 to <see cref="FlowSettings.RateMax"/>.</summary>
    public int FlowRate { get; init; } = 1;

    /// <summary>Whether clients on loopback may cut connections and let faults happen (<c>POST /control/…</c>).</summary>
    public bool ServesControl { get; init; }
}
