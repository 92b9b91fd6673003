using System.Text;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Money in a flow market: accounts trade with the flow and with each other through a crash.</summary>
public sealed class FlowMoneyTests
{
    private const long StepNanos = 100_000_000;
    private const long EndNanos = 75_000_000_000;   // the shock comes after 60 s

    [Theory]
    [InlineData("calm", 11)]
    [InlineData("crash-5pct", 12)]
    [InlineData("crash-20pct", 13)]
    [InlineData("gap", 14)]
    public void Money_is_conserved_and_nothing_that_is_due_is_left_undone_through_a_scenario(string scenario, ulong seed)
    {
        var venue = new Venue(VenueHarness.Settings() with
        {
            Accounts =
            [
                new AccountSettings { Uid = 1, Leverage = 50 },
                new AccountSettings { Uid = 2, Leverage = 100, StartBalance = 100_000 },
                new AccountSettings { Uid = 3, Leverage = 50, MarginMode = MarginMode.Cross },
                new AccountSettings { Uid = 4, Leverage = 35, StartBalance = 500 },
                new AccountSettings { Uid = 5, Leverage = 33, StartBalance = 500 },
                new AccountSettings { Uid = 6, Leverage = 7, StartBalance = 2_000 },
            ],
        });
        VenueAccount[] autoAdding = [.. venue.Accounts.Skip(3)];
        var settings = new FlowSettings { Seed = seed, Scenario = FlowScenario.Parse(scenario) };
        using var market = new FlowMarket(venue, ["BTCUSDT"], settings, topics: new HashSet<string>());
        var random = new SplitMix64(seed);
        List<MarketMessage> frames = [];
        List<VenueMessage> output = [];
        foreach (VenueAccount account in autoAdding) Assert.Null(venue.SetAutoAddMargin(account, "BTCUSDT", isOn: true, settings.StartNanos, output));
        for (long nowNanos = settings.StartNanos; nowNanos <= settings.StartNanos + EndNanos; nowNanos += StepNanos)
        {
            while (market.NextNanos <= nowNanos) market.Play(market.NextNanos.Value, frames, output);
            Order(venue, random, nowNanos, output);
            MoneyIsConservedTests.CheckBooks(venue);
            frames.Clear();
            output.Clear();
        }

        Assert.True(venue.Accounts.Sum(account => account.Fills.Count) > 100, "hardly anything was traded");
        Assert.Equal(scenario != "calm", venue.Accounts.Sum(account => account.Liquidations) > 0);
        if (scenario.StartsWith("crash", StringComparison.Ordinal)) Assert.True(autoAdding.Sum(account => account.Liquidations) > 0, "no account that adds margin came to its end");   // a gap of 3 % they can pay
        Assert.Contains(venue.Accounts, account => account.Fills.Any(fill => fill.IsMaker));
        Assert.All(venue.Accounts, account => Assert.True(account.Wallet > -0.0001m, $"account {account.Uid} owes {account.Wallet}"));
    }

    /// <summary>A random order, mostly to buy: a crash has to meet longs.</summary>
    private static void Order(Venue venue, SplitMix64 random, long nowNanos, List<VenueMessage> output)
    {
        if (venue.Best("BTCUSDT") is not ({ } bid, { } ask)) return;
        int choice = (int)(random.Next() % 1_000);
        VenueAccount account = venue.Accounts[(int)(random.Next() % (ulong)venue.Accounts.Count)];
        bool buys = choice % 10 < 7;
        string reduceOnly = choice % 10 is 8 ? "true" : "false";
        decimal price = (buys ? bid : ask) + (((choice / 30 % 5) - 2) * 0.5m);
        decimal qty = (1 + (choice % 17)) * (account.Uid == 2 ? 0.2m : 0.02m);
        string order = $$"""{"category":"linear","symbol":"BTCUSDT","side":"{{(buys ? "Buy" : "Sell")}}","orderType":"Limit","qty":"{{AccountHarness.Text(qty)}}","price":"{{AccountHarness.Text(price)}}","reduceOnly":{{reduceOnly}}}""";
        string request = VenueHarness.RequestText("order.create", order, nowNanos / 1_000_000, $"{nowNanos}");
        venue.OnRequest(account, Encoding.UTF8.GetBytes(request), nowNanos, output);
    }
}
