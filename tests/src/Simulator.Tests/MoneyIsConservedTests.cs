using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;

namespace LatencyEngine.Simulator.Tests;

/// <summary>What must hold whatever three accounts, one of them in cross mode, do to each other and the market does to them.</summary>
public sealed class MoneyIsConservedTests
{
    private const int OperationsPerRun = 60;
    private static readonly string[] TimesInForce = ["GTC", "IOC", "FOK", "PostOnly"];
    private static readonly string[] Sides = ["Buy", "Sell"];

    [Fact]
    public void Money_is_conserved_orders_never_overfill_reduce_only_never_grows_a_position_and_reducing_is_always_possible()
    {
        int fills = 0;
        int liquidations = 0;
        int cuts = 0;
        int stops = 0;
        int clientTrades = 0;
        int settlements = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(150),
            Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ArrayOf(OperationsPerRun * 4).ToArbitrary(), numbers =>
            {
                AccountHarness venue = Start();
                using IEnumerator<int> next = numbers.AsEnumerable().GetEnumerator();
                for (int i = 0; i < OperationsPerRun; i++)
                {
                    Act(venue, () => next.MoveNext() ? next.Current : 0);
                    CheckBooks(venue.Venue);
                    CheckReducingIsPossible(venue);
                }

                fills += venue.Venue.Accounts.Sum(account => account.Fills.Count);
                clientTrades += venue.Venue.Accounts.Sum(account => account.Fills.Count(fill => fill.IsMaker && fill.Prints.Count == 0));
                liquidations += venue.Venue.Accounts.Sum(account => account.Liquidations);
                cuts += Orders(venue).Count(order => order is { CreateType: "CreateByLiq", Status: VenueOrderStatus.Filled });
                stops += Orders(venue).Count(order => order.StopOrderType.Length > 0 && order.CumExecQty > 0);
                settlements += venue.Venue.Accounts.Sum(account => account.Entries.Count(entry => entry.Type == LedgerEntryType.Settlement));
            }));

        // The runs have to reach what they are about.
        Assert.True(
            new[] { fills, clientTrades, liquidations, cuts, stops, settlements }.Min() > 5,
            $"{fills} fills, {clientTrades} of them between accounts, {liquidations} liquidations, {cuts} cuts, {stops} stops and {settlements} settlements");
    }

    /// <summary>Accounts 1 and 2 are isolated, 3 is cross.</summary>
    private static AccountHarness Start()
    {
        var venue = new AccountHarness(
            new AccountSettings { Uid = 1, StartBalance = 120_000, Leverage = 35 },
            new AccountSettings { Uid = 2, StartBalance = 120_000, Leverage = 33, FeeTier = FeeTier.Parse("Pro 3") },
            new AccountSettings { Uid = 3, StartBalance = 120_000, Leverage = 50, MarginMode = MarginMode.Cross });
        venue.SetAutoAddMargin(isOn: true);
        MoveTo(venue, 50_000m);
        venue.Ticker("\"lastPrice\":\"50000\",\"fundingRate\":\"0.0003\"");
        venue.Book("100 5000", "100.1 5000", AccountHarness.Solana);
        venue.Mark(100m, AccountHarness.Solana);
        return venue;
    }

    private static IEnumerable<VenueOrder> Orders(AccountHarness venue) => venue.Venue.Accounts.SelectMany(account => account.Orders);

    private static void MoveTo(AccountHarness venue, decimal mark)
    {
        venue.Book($"{AccountHarness.Text(mark - 5m)} 100, {AccountHarness.Text(mark - 50m)} 200", $"{AccountHarness.Text(mark + 5m)} 100, {AccountHarness.Text(mark + 50m)} 200");
        venue.Mark(mark);
    }

    /// <summary>One step, chosen by four numbers.</summary>
    private static void Act(AccountHarness venue, Func<int> next)
    {
        (int kind, int who, int size, int where) = (next() % 20, next(), next(), next());
        VenueAccount account = venue.Venue.Accounts[who % 3];
        decimal mark = venue.Venue.Mark(AccountHarness.Bitcoin)!.Value;
        string side = Sides[who / 3 % 2];
        switch (kind)
        {
            case < 9:
                decimal qty = (1 + (size % (size % 3 == 0 ? 90_000 : 2_000))) * 0.001m;
                decimal price = mark + ((where % 41) - 20) * 5m;
                bool reduceOnly = size % 5 == 0;
                string stops = reduceOnly || where % 3 > 0 ? "" : side == "Buy"
                    ? $",\"takeProfit\":\"{AccountHarness.Text(price + 200m)}\",\"stopLoss\":\"{AccountHarness.Text(price - 200m)}\",\"slTriggerBy\":\"MarkPrice\""
                    : $",\"takeProfit\":\"{AccountHarness.Text(price - 200m)}\",\"stopLoss\":\"{AccountHarness.Text(price + 200m)}\",\"slTriggerBy\":\"MarkPrice\"";
                bool closesAll = reduceOnly && size % 2 == 0;
                string reduces = closesAll ? ",\"reduceOnly\":true,\"closeOnTrigger\":true" : reduceOnly ? ",\"reduceOnly\":true" : "";
                venue.Order(side, closesAll ? 0m : qty, price, TimesInForce[where / 41 % 4], reduces + stops, account);
                break;
            case 9:
                venue.Order(side, (1 + (size % 200)) * 0.1m, 100m, "IOC", account: account, symbol: AccountHarness.Solana);
                break;
            case < 13:
                venue.Trade(side, AccountHarness.Text(mark + ((where % 21) - 10) * 10m), AccountHarness.Text(1 + (size % 80)));
                break;
            case 13 when account.OpenOrders.Count > 0:
                VenueOrder open = account.OpenOrders.ElementAt(size % account.OpenOrders.Count);
                string newPrice = AccountHarness.Text(open.Price + (((where % 21) - 10) * 5m));
                string newQty = AccountHarness.Text(open.Qty + (((where % 5) - 2) * 0.1m));
                venue.Request("order.amend", $$"""{"category":"linear","symbol":"{{open.Symbol}}","orderId":"{{open.OrderId}}","price":"{{newPrice}}","qty":"{{newQty}}"}""", account);
                break;
            case < 15:
                MoveTo(venue, decimal.Round(Math.Clamp(mark * (1m + (((where % 61) - 30) / 5_000m)), 30_000m, 80_000m)));
                break;
            case < 17:
                // A crash or a leap of up to 3 %.
                MoveTo(venue, decimal.Round(Math.Clamp(mark * (1m + (((where % 61) - 30) / 1_000m)), 30_000m, 80_000m)));
                break;
            case 17:
                venue.Ticker($"\"nextFundingTime\":\"{venue.NowMillis + 300}\"");
                venue.Ticker("\"openInterest\":\"1\"");
                break;
            case 18:
                venue.Venue.SetLeverage(account, AccountHarness.Bitcoin, 7m + (size % 93), venue.NowNanos, venue.Output);
                break;
            default:
                venue.Venue.AddMargin(account, AccountHarness.Bitcoin, (size % 400) - 150m, venue.NowNanos, venue.Output);
                venue.Venue.SetAutoAddMargin(account, AccountHarness.Bitcoin, where % 2 == 0, venue.NowNanos, venue.Output);
                break;
        }
    }

    /// <summary>Ledger, orders, stops and positions of every account, between two operations.</summary>
    internal static void CheckBooks(Venue venue)
    {
        Ledger ledger = venue.Ledger;
        Assert.Equal(0m, ledger.Total);
        foreach (VenueAccount account in venue.Accounts)
        {
            Assert.Equal(ledger.Entries(account.Uid).Sum(entry => entry.Change), account.Wallet);
            Assert.Equal(account.Wallet, account.Deposits + account.RealisedGross - account.Fees + account.Funding);
            Assert.All(account.Symbols, state => Assert.Equal(Ledger.Rounded(state.ExtraMargin), state.ExtraMargin));
            foreach (VenueOrder order in account.Orders)
            {
                Assert.True(order.CumExecQty <= order.Qty, $"{order.CumExecQty} of {order.Qty} filled");
                Assert.False(order.Status == VenueOrderStatus.Filled && order.CumExecQty != order.Qty, "filled and not full");
                Assert.NotEqual(VenueOrderStatus.Triggered, order.Status);
            }

            foreach (AccountSymbol state in account.Symbols) CheckSymbol(state);
            CheckReduceOnlyFills(account);
        }
    }

    private static void CheckSymbol(AccountSymbol state)
    {
        decimal qty = state.Position.Qty;
        Assert.False(state.Market.Mark is not null && state.IsLiquidationDue, "a liquidation is due and was not made");
        foreach (VenueOrder? stop in (VenueOrder?[])[state.TakeProfit, state.StopLoss])
        {
            if (stop is not null) Assert.Equal((true, -qty), (stop.IsWaiting, stop.Side.Sign * stop.Qty));
        }

        foreach (VenueOrder order in Resting(state).Where(order => order.ReduceOnly)) Assert.Equal(-Math.Sign(qty), order.Side.Sign);
        Assert.True(Promised(state) <= Math.Abs(qty), $"reduce-only orders of {Promised(state)} against a position of {qty}");
    }

    private static IEnumerable<VenueOrder> Resting(AccountSymbol state) => state.Orders(buys: true).Concat(state.Orders(buys: false));

    private static decimal Promised(AccountSymbol state) => Resting(state).Where(order => order.ReduceOnly).Sum(order => order.LeavesQty);

    /// <summary>A reduce-only order too far away to trade is accepted, whatever the account's margin; it is withdrawn again.</summary>
    private static void CheckReducingIsPossible(AccountHarness venue)
    {
        foreach (AccountSymbol state in venue.Venue.Accounts.Select(account => account.In(AccountHarness.Bitcoin)))
        {
            decimal qty = state.Position.Qty;
            if (Promised(state) == Math.Abs(qty)) continue;
            decimal far = decimal.Round(state.MarkOrEntry * (qty > 0 ? 1.5m : 0.5m));
            Assert.Equal(0, venue.Order(qty > 0 ? "Sell" : "Buy", 0.001m, far, more: ",\"reduceOnly\":true", account: state.Account));
            string id = state.Account.Orders[^1].OrderId;
            Assert.Equal(0, venue.Request("order.cancel", $$"""{"category":"linear","symbol":"BTCUSDT","orderId":"{{id}}"}""", state.Account));
        }
    }

    private static void CheckReduceOnlyFills(VenueAccount account)
    {
        Dictionary<string, VenueOrder> orders = account.Orders.ToDictionary(order => order.OrderId);
        foreach (IGrouping<string, FillRecord> fills in account.Fills.GroupBy(fill => fill.Symbol))
        {
            decimal before = 0;
            foreach (FillRecord fill in fills)
            {
                if (orders[fill.OrderId].ReduceOnly)
                {
                    Assert.True(
                        Math.Abs(fill.PositionAfter) < Math.Abs(before) && fill.PositionAfter * before >= 0,
                        $"a reduce-only fill of {fill.Qty} took the position from {before} to {fill.PositionAfter}");
                }

                before = fill.PositionAfter;
            }
        }
    }
}
