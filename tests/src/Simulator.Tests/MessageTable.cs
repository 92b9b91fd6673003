namespace LatencyEngine.Simulator.Tests;

/// <summary>What is done with each message of the reference collection: which request is made in whose place, which message of the venue is held against which example, and what may differ, each with its reason.</summary>
internal static class MessageTable
{
    private const string OtherProduct = "another product than linear";
    private const string NotOffered = "not offered by the dry-run venue (docs/reference/venue.md)";

    private static readonly (string From, string To)[] Linear =
    [
        ("=inverse", "=linear"), ("=spot", "=linear"), ("\"inverse\"", "\"linear\""), ("\"spot\"", "\"linear\""), ("\"option\"", "\"linear\""),
        ("BTCUSDH23", "BTCUSDT"), ("ETHPERP", "BTCUSDT"), ("BTCPERP", "BTCUSDT"), ("XRPUSDT", "BTCUSDT"), ("ATOMUSDT", "BTCUSDT"), ("SOLUSDT", "BTCUSDT"),
        ("ETHUSDT", "BTCUSDT"), ("\"ETHUSD\"", "\"BTCUSDT\""), ("=BTCUSD&", "=BTCUSDT&"),
        ("ETH-30DEC22-500-C", "BTCUSDT"), ("ETH-30DEC22-700-C", "BTCUSDT"),
    ];

    /// <summary>Requests and examples that the venue does not serve, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> OutOfScope { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["public.orderbook.rpi.subscribe.doc"] = $"RPI orders are for designated market makers: {NotOffered}",
        ["public.orderbook.rpi.subscribe.ok.doc"] = $"RPI orders are for designated market makers: {NotOffered}",
        ["public.orderbook.rpi.delta.doc"] = $"RPI orders are for designated market makers: {NotOffered}",
        ["public.orderbook.full.delta.doc"] = $"spot only on mainnet: {NotOffered}",
        ["public.insurance.subscribe.doc"] = $"the insurance pool is a ledger book, not a stream: {NotOffered}",
        ["public.insurance.doc"] = $"the insurance pool is a ledger book, not a stream: {NotOffered}",
        ["public.adlAlert.doc"] = "auto-deleveraging comes later",
        ["public.system.status.subscribe.doc"] = $"maintenance notices are on a socket of their own: {NotOffered}",
        ["public.system.status.doc"] = $"maintenance notices are on a socket of their own: {NotOffered}",
        ["public.priceLimit.subscribe.doc"] = $"the limits are told over REST: {NotOffered}",
        ["public.priceLimit.doc"] = $"the limits are told over REST: {NotOffered}",
        ["public.allLiquidation.doc"] = "told by the feed of a flow market, byte for byte: PublicFeedTests, FlowMarketTests",
        ["public.pong.option.doc"] = OtherProduct,
        ["public.subscribe.fail.argsize.spot.captured"] = "ten topics a request are a limit of spot",
        ["private.order.option-example.doc"] = "an option order, in another order of keys than every captured linear one",
        ["rest.market.open-interest.request.doc"] = $"no open interest is kept: {NotOffered}",
        ["rest.market.open-interest.response.doc"] = $"no open interest is kept: {NotOffered}",
        ["rest.market.insurance.request.doc"] = NotOffered,
        ["rest.market.insurance.response.doc"] = NotOffered,
        ["rest.response-headers.ratelimit.doc"] = "HTTP headers, not a message: VenueServerRestTests",
    };

    /// <summary>How a message of the venue may differ from its example, by example: what <see cref="MessageShape"/> says, with the reason on the line above.</summary>
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>The text of a request with its placeholders and products replaced.</summary>
    public static string Adapt(string text, params IEnumerable<(string From, string To)> more)
    {
        foreach ((string from, string to) in more.Concat(Linear)) text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }
}
