namespace LatencyEngine.Simulator;

/// <summary>What a dry-run venue on sockets starts from.</summary>
public sealed record VenueServerSettings
{
    /// <summary>The API keys that are accepted; at least one.</summary>
    public required IReadOnlyCollection<ApiKey> Keys { get; init; }

    /// <summary>Symbols that the accounts may trade.</summary>
    public required IReadOnlyCollection<string> Symbols { get; init; }

    /// <summary>Full names of the topics of the market, for example <c>orderbook.200.BTCUSDT</c>; those of traded symbols are offered.</summary>
    public required IReadOnlyCollection<string> Topics { get; init; }

    /// <summary>The venue's time, ns since 1970. Called on any thread.</summary>
    public required Func<long> Clock { get; init; }

    /// <summary>IP address to listen on.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>TCP port, 0 to 65535; 0 takes any that is free.</summary>
    public int Port { get; init; }

    /// <summary>Sockets are accepted, and nothing that comes in on them is ever answered.</summary>
    public bool NeverAnswers { get; init; }

    /// <summary>Every address is held to V5's limits: 600 HTTP requests in 5 s, then ten minutes of 403, and 500 new sockets in 5 minutes (Bybit V5, 3, 17.1). Off by default: on loopback every client has the same address.</summary>
    public bool LimitsAddresses { get; init; }

    /// <summary>Least time between a command of a socket and its answer, in real time: some clients register what awaits the answer only after they have sent (Bybit V5, 19.1). 0 answers at once.</summary>
    public TimeSpan ReplyDelay { get; init; }

    /// <summary>A socket on which for this long neither the client has said nor the venue has sent anything is cut, in real time (Bybit V5, 3).</summary>
    public TimeSpan IdleCut { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The control calls for tests are served under <c>/control/</c>, to loopback addresses only.</summary>
    public bool ServesControl { get; init; }
}
