namespace LatencyEngine.Bybit;

/// <summary>Where a venue is reached (Bybit V5, 1).</summary>
/// <param name="Rest">Scheme, host and port of REST.</param>
/// <param name="Public">The public socket of linear contracts.</param>
/// <param name="Private">The private socket.</param>
/// <param name="Trade">The order-entry socket; null where there is none, and orders go by REST.</param>
public sealed record VenueEndpoints(Uri Rest, Uri Public, Uri Private, Uri? Trade)
{
    private const string PublicPath = "/v5/public/linear";
    private const string PrivatePath = "/v5/private";
    private const string TradePath = "/v5/trade";

    /// <summary>Bybit's environments by name.</summary>
    public static IReadOnlyDictionary<string, VenueEndpoints> Environments { get; } = new Dictionary<string, VenueEndpoints>(StringComparer.Ordinal)
    {
        ["mainnet"] = new(new Uri("https://api.bybit.com"), new Uri("wss://stream.bybit.com" + PublicPath), new Uri("wss://stream.bybit.com" + PrivatePath), new Uri("wss://stream.bybit.com" + TradePath)),
        ["testnet"] = new(
            new Uri("https://api-testnet.bybit.com"), new Uri("wss://stream-testnet.bybit.com" + PublicPath), new Uri("wss://stream-testnet.bybit.com" + PrivatePath), new Uri("wss://stream-testnet.bybit.com" + TradePath)),

        // Demo trades on mainnet's market, and refuses an order-entry socket with 404.
        ["demo"] = new(new Uri("https://api-demo.bybit.com"), new Uri("wss://stream.bybit.com" + PublicPath), new Uri("wss://stream-demo.bybit.com" + PrivatePath), Trade: null),
    };

    /// <summary>A venue by its REST address: one of <see cref="Environments"/>, or one that serves REST and all sockets at that address, as the dry-run venue does.</summary>
    /// <param name="address">Its <c>http</c> or <c>https</c> address; the sockets are <c>ws</c> or <c>wss</c> accordingly.</param>
    /// <exception cref="ArgumentException">It has another scheme, or more than host and port.</exception>
    public static VenueEndpoints At(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps) throw new ArgumentException($"a venue's address begins with http:// or https://, was {address}", nameof(address));
        if (address.PathAndQuery != "/" || address.Fragment.Length > 0 || address.UserInfo.Length > 0) throw new ArgumentException($"a venue's address is scheme, host and port alone, was {address}", nameof(address));
        if (Environments.Values.FirstOrDefault(known => known.Rest == address) is { } environment) return environment;
        string sockets = (address.Scheme == Uri.UriSchemeHttps ? "wss://" : "ws://") + address.Authority;
        return new VenueEndpoints(address, new Uri(sockets + PublicPath), new Uri(sockets + PrivatePath), new Uri(sockets + TradePath));
    }
}
