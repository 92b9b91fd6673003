namespace LatencyEngine.Simulator;

/// <summary>What a dry-run venue on sockets starts from.</summary>
public sealed record VenueServerSettings
{
    /// <summary>The only API key that is accepted.</summary>
    public required string Key { get; init; }

    /// <summary>Its secret.</summary>
    public required string Secret { get; init; }

    /// <summary>Symbols that the account may trade.</summary>
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
}
