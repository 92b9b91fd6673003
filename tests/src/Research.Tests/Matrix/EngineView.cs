using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Orders;

namespace LatencyEngine.Research.Tests;

/// <summary>What the engine held after one burst, copied on its own thread.</summary>
internal sealed record EngineView
{
    private const int OrdersMax = 64;
    private const decimal WalletSlack = 0.000_01m;   // an average entry that was taken over came rounded to 1e-8

    public required QuotingState State { get; init; }

    public required IReadOnlyDictionary<ClientOrderId, OrderState> Orders { get; init; }

    public required ClientOrderId Bid { get; init; }

    public required ClientOrderId Ask { get; init; }

    public required decimal BidQty { get; init; }

    public required decimal AskQty { get; init; }

    public required decimal BidPrice { get; init; }

    public required decimal AskPrice { get; init; }

    public required decimal Position { get; init; }

    public required decimal Wallet { get; init; }

    public required long BookFailures { get; init; }

    /// <summary>Requests that it has given up waiting for.</summary>
    public required long TimedOut { get; init; }

    /// <summary>Open orders under its names that it did not hold.</summary>
    public required long OrphansFound { get; init; }

    /// <summary>Figures for which it took over the venue's.</summary>
    public required long Differences { get; init; }

    public required string Counts { get; init; }

    /// <summary>Both quotes rest, and nothing else is held or on its way.</summary>
    public bool IsAtRest => State == QuotingState.Active && Orders.Count == 2 && Bid.IsOurs && Ask.IsOurs && Orders.Values.All(state => state == OrderState.Working);

    /// <summary>Where it differs from what the venue holds; null where it does not.</summary>
    /// <param name="rest">Every open order of the account that no other client has named: as the venue calls it, its side, what is left of it, its price.</param>
    /// <param name="position">Signed, in base coin.</param>
    /// <param name="wallet">USDT.</param>
    public string? DifferenceTo(IReadOnlyList<(string Name, Side Side, decimal LeavesQty, decimal Price)> rest, decimal position, decimal wallet)
    {
        bool ordersAgree = rest.Count == 2 && Orders.Count == 2
            && rest.Any(order => order == (Bid.ToString(), Side.Buy, BidQty, BidPrice))
            && rest.Any(order => order == (Ask.ToString(), Side.Sell, AskQty, AskPrice));
        if (IsAtRest && ordersAgree && Position == position && Math.Abs(Wallet - wallet) <= WalletSlack) return null;
        return $"engine: {this}; venue: {string.Join(", ", rest.Select(order => $"{order.Name} {(order.Side == Side.Buy ? "buy" : "sell")} {order.LeavesQty} at {order.Price}"))}, position {position}, wallet {wallet}";
    }

    /// <summary>What it has found at the venue that it could not account for; null where that is what others have placed.</summary>
    /// <param name="before">An earlier view; null for the start.</param>
    /// <param name="orphans">Orders that another client has placed under the engine's form of names since.</param>
    public string? FoundSince(EngineView? before, int orphans)
    {
        long orphansFound = OrphansFound - (before?.OrphansFound ?? 0);
        long differences = Differences - (before?.Differences ?? 0);
        return orphansFound == orphans && differences == 0 ? null : $"the engine found {orphansFound} orphans where others had placed {orphans}, and {differences} differences";
    }

    public OrderState StateOf(ClientOrderId order) => Orders.GetValueOrDefault(order);

    /// <summary>The engine's thread only.</summary>
    public static EngineView Of(Engine engine)
    {
        var id = new InstrumentId(0);
        InstrumentSpec spec = engine.Instruments[id];
        Span<ClientOrderId> live = stackalloc ClientOrderId[OrdersMax];
        int count = engine.Orders.CopyLive(live);
        var orders = new Dictionary<ClientOrderId, OrderState>();
        foreach (ClientOrderId order in live[..count]) orders[order] = engine.Orders.StateOf(order);
        OpenExposure open = engine.Orders.Exposure(id);
        return new EngineView
        {
            State = engine.HotPath.State,
            Orders = orders,
            Bid = engine.Orders.QuoteAt(id, Side.Buy, 0),
            Ask = engine.Orders.QuoteAt(id, Side.Sell, 0),
            BidQty = Exact.Qty(spec, open.OpenBuyQty),
            AskQty = Exact.Qty(spec, open.OpenSellQty),
            BidPrice = open.BestOwnBid.Ticks * (spec.TickE8 / 1e8m),
            AskPrice = open.BestOwnAsk.Ticks * (spec.TickE8 / 1e8m),
            Position = Exact.Qty(spec, engine.Ledger.Position(id)),
            Wallet = Exact.Usdt(engine.Ledger.Wallet),
            BookFailures = engine.Meters.BookFailures,
            TimedOut = engine.Orders.TimedOut,
            OrphansFound = engine.Orders.OrphansFound,
            Differences = engine.Meters.Differences,
            Counts = $"orphans {engine.Orders.OrphansFound} ({engine.Orders.LiveOrphans} live), unknown resolved {engine.Orders.UnknownResolved}, timed out {engine.Orders.TimedOut}, reconciliations {engine.Meters.Reconciliations}, differences {engine.Meters.Differences}, duplicates {engine.Meters.DuplicatesIgnored}, killed by {engine.Gate.KilledBy}, rejected frames {engine.Meters.FramesRejected}",
        };
    }

    public override string ToString() =>
        $"{State} [{string.Join(", ", Orders.Select(order => $"{order.Key.Number:x}:{order.Value}"))}] bid {BidQty} at {BidPrice}, ask {AskQty} at {AskPrice}, position {Position}, wallet {Wallet}; {Counts}";
}
