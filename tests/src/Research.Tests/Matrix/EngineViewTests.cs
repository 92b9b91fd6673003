using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Orders;

namespace LatencyEngine.Research.Tests;

/// <summary>What the matrix takes for agreement, and what not.</summary>
public sealed class EngineViewTests
{
    private static readonly ClientOrderId Bid = new(1, 2);
    private static readonly ClientOrderId Ask = new(1, 3);

    private static readonly EngineView View = new()
    {
        State = QuotingState.Active,
        Orders = new Dictionary<ClientOrderId, OrderState> { [Bid] = OrderState.Working, [Ask] = OrderState.Working },
        Bid = Bid,
        Ask = Ask,
        BidQty = 0.2m,
        AskQty = 0.4m,
        BidPrice = 60_000m,
        AskPrice = 60_001m,
        Position = 0.05m,
        Wallet = 1_000m,
        BookFailures = 0,
        TimedOut = 0,
        OrphansFound = 3,
        Differences = 5,
        Counts = "",
    };

    private static readonly (string Name, Side Side, decimal LeavesQty, decimal Price)[] Rest = [(Ask.ToString(), Side.Sell, 0.4m, 60_001m), (Bid.ToString(), Side.Buy, 0.2m, 60_000m)];

    [Fact]
    public void The_same_orders_position_and_wallet_agree() => Assert.Null(View.DifferenceTo(Rest, 0.05m, 1_000.000_01m));

    [Fact]
    public void An_order_that_rests_unknown_to_the_engine_is_a_difference() =>
        Assert.NotNull(View.DifferenceTo([.. Rest, ("le0000000100000009", Side.Buy, 0.2m, 59_000m)], 0.05m, 1_000m));

    [Fact]
    public void An_order_in_the_place_of_another_is_a_difference() =>
        Assert.NotNull(View.DifferenceTo([Rest[0], Rest[1] with { Name = "le0000000100000009" }], 0.05m, 1_000m));

    [Fact]
    public void An_order_that_only_the_engine_holds_is_a_difference() => Assert.NotNull(View.DifferenceTo([Rest[0]], 0.05m, 1_000m));

    [Fact]
    public void Another_price_or_quantity_is_a_difference()
    {
        Assert.NotNull(View.DifferenceTo([Rest[0], Rest[1] with { Price = 59_999.9m }], 0.05m, 1_000m));
        Assert.NotNull(View.DifferenceTo([Rest[0] with { LeavesQty = 0.3m }, Rest[1]], 0.05m, 1_000m));
    }

    [Fact]
    public void Another_position_or_wallet_is_a_difference()
    {
        Assert.NotNull(View.DifferenceTo(Rest, 0.06m, 1_000m));
        Assert.NotNull(View.DifferenceTo(Rest, 0.05m, 1_000.001m));
    }

    [Fact]
    public void Agreement_while_something_is_on_its_way_is_none()
    {
        EngineView pending = View with { Orders = new Dictionary<ClientOrderId, OrderState> { [Bid] = OrderState.PendingAmend, [Ask] = OrderState.Working } };
        Assert.NotNull(pending.DifferenceTo(Rest, 0.05m, 1_000m));
        Assert.NotNull((View with { State = QuotingState.Blind }).DifferenceTo(Rest, 0.05m, 1_000m));
    }

    [Fact]
    public void An_orphan_that_nobody_else_has_placed_was_found_wrongly()
    {
        Assert.Null(View.FoundSince(View, orphans: 0));
        Assert.Null((View with { OrphansFound = 4 }).FoundSince(View, orphans: 1));
        Assert.Equal("the engine found 1 orphans where others had placed 0, and 0 differences", (View with { OrphansFound = 4 }).FoundSince(View, orphans: 0));
        Assert.NotNull((View with { OrphansFound = 5 }).FoundSince(View, orphans: 1));
        Assert.NotNull(View.FoundSince(View, orphans: 1));
    }

    [Fact]
    public void A_difference_is_told_from_the_start_on_and_once()
    {
        EngineView other = View with { OrphansFound = 0 };
        Assert.Equal("the engine found 0 orphans where others had placed 0, and 5 differences", other.FoundSince(null, orphans: 0));
        Assert.Null(other.FoundSince(other, orphans: 0));
    }
}
