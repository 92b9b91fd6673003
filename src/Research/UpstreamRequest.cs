using LatencyEngine.Bybit;

namespace LatencyEngine.Research;

/// <summary>The venue whose live market a dry-run venue follows; its public data alone, without a key.</summary>
public sealed record UpstreamRequest
{
    /// <summary>Where it is reached; of REST only instruments and risk limits are asked, and of the sockets the public one is used.</summary>
    public required VenueEndpoints Endpoints { get; init; }

    /// <summary>As people call it: an environment's name, or its address.</summary>
    public required string Name { get; init; }

    /// <summary>Levels of the book: 1, 50, 200 or 1,000.</summary>
    public required int Depth { get; init; }

    /// <summary>PEM file of the certificates that it is trusted by over TLS; null for the system's.</summary>
    public string? AuthoritiesPath { get; init; }

    /// <summary>The topics of a symbol.</summary>
    internal IEnumerable<string> TopicsOf(string symbol) => [FormattableString.Invariant($"orderbook.{Depth}.{symbol}"), $"publicTrade.{symbol}", $"tickers.{symbol}"];
}
