using System.Text.Json;
using Xunit.Abstractions;

namespace LatencyEngine.Simulator.Tests;

/// <summary>What the venue keeps of the past, and how much of it a look-up reads.</summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const string Closed = "/v5/position/closed-pnl";
    private const string History = "/v5/order/history";
    private const string Log = "/v5/account/transaction-log";

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public void A_page_reads_the_rows_that_it_shows_and_the_next_one_however_long_the_history_is(int rows)
    {
        var history = new RecentRows<long>(rows);
        for (long i = 0; i < 2 * rows; i++) history.Add(i);
        int timesRead = 0;
        int rowsRead = 0;

        List<long> first = Page("limit=20", long.MaxValue, out string cursor);
        List<long> second = Page($"limit=20&cursor={cursor}", long.MaxValue, out _);
        List<long> old = Page("limit=20", rows + 50, out _);

        Assert.Equal(Enumerable.Range(0, 40).Select(i => (2L * rows) - 1 - i), first.Concat(second));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => rows + 50L - i), old);
        Assert.Equal(3 * 21, rowsRead);
        Assert.InRange(timesRead, 3 * 21, 3 * (21 + 20));   // and what a search by halves needs

        List<long> Page(string query, long end, out string next) => RestPage.Cut(
            Request(query),
            history,
            row =>
            {
                timesRead++;
                return row;
            },
            0,
            end,
            _ =>
            {
                rowsRead++;
                return true;
            },
            defaultLimit: 50,
            out next)!;
    }

    [Fact]
    public void Of_each_kind_the_newest_rows_are_kept_and_the_money_stays_exact()
    {
        VenueHarness venue = Keeping(rows: 3);
        venue.Create("Buy", "59500", "0.010", linkId: "open");
        for (int i = 0; i < 3; i++)
        {
            venue.Create("Buy", "60000.1", "0.010", "IOC", $"in{i}");
            venue.Create("Sell", "60000", "0.010", "IOC", $"out{i}");
        }

        Assert.Equal(["out2", "in2", "out1"], LinkIds(venue, History, "category=linear"));
        Assert.Equal(["out2", "in2", "out1"], LinkIds(venue, VenueRest.OrdersPath, "category=linear&symbol=BTCUSDT&openOnly=1"));
        Assert.Equal(["out2", "in2", "out1"], LinkIds(venue, VenueRest.ExecutionsPath, "category=linear"));
        Assert.Equal(["out2", "in2", "out1"], LinkIds(venue, Log, ""));
        Assert.Equal(3, Rows(venue, Closed, "category=linear").Length);
        Assert.Empty(LinkIds(venue, VenueRest.OrdersPath, "category=linear&settleCoin=USDT&orderLinkId=in0"));
        Assert.Equal(4, venue.Account.Orders.Count);
        Assert.Equal((0m, 10_000m - (3 * 0.01m * ((120_000.1m * 0.00055m) + 0.1m))), (venue.Venue.Ledger.Total, venue.Account.Wallet));

        // The open order is older than all of them: it is there, and when it ends it is the newest.
        Assert.Equal(["open"], LinkIds(venue, VenueRest.OrdersPath, "category=linear&symbol=BTCUSDT"));
        Assert.Equal("ack 110072", VenueHarness.Kind(venue.Create("Buy", "59400", "0.010", linkId: "open")[0]));
        Assert.Equal("ack 0", VenueHarness.Kind(venue.Cancel("open")[0]));
        Assert.Equal(["open", "out2", "in2"], LinkIds(venue, History, "category=linear"));

        // A link id is free again when its order is forgotten.
        Assert.Equal("ack 110072", VenueHarness.Kind(venue.Create("Buy", "59400", "0.010", linkId: "in2")[0]));
        Assert.Equal("ack 0", VenueHarness.Kind(venue.Create("Buy", "59400", "0.010", linkId: "in0")[0]));
    }

    [Fact]
    public void Pages_join_while_rows_come_and_the_row_of_the_cursor_is_forgotten()
    {
        VenueHarness venue = Keeping(rows: 6);
        for (int i = 0; i < 6; i++) venue.Create("Buy", "60000.1", "0.010", "IOC", $"e{i}");
        JsonElement first = venue.Get(VenueRest.ExecutionsPath, "category=linear&limit=2").GetProperty("result");
        string cursor = first.GetProperty("nextPageCursor").GetString()!;

        venue.Create("Buy", "60000.1", "0.010", "IOC", "e6");
        Assert.Equal(["e3", "e2"], LinkIds(venue, VenueRest.ExecutionsPath, $"category=linear&limit=2&cursor={cursor}"));
        for (int i = 7; i < 15; i++) venue.Create("Buy", "60000.1", "0.010", "IOC", $"e{i}");
        Assert.Empty(LinkIds(venue, VenueRest.ExecutionsPath, $"category=linear&limit=2&cursor={cursor}"));
        Assert.Equal(10_001, venue.Get(VenueRest.ExecutionsPath, "category=linear&cursor=15").GetProperty("retCode").GetInt32());
    }

    [Fact]
    public void Executions_of_one_order_are_found_among_those_of_others_in_the_same_millisecond_and_later()
    {
        VenueHarness venue = Keeping(rows: 100);
        venue.Snapshot("60000.00 2.000", "60010.00 2.000");
        venue.Create("Buy", "60000.5", "0.030", linkId: "maker");
        venue.NowMillis -= 200;
        venue.Create("Buy", "60010", "0.001", "IOC", "same");
        venue.NowMillis--;
        venue.Trade("Sell", "60000.50", "0.010");
        venue.Trade("Sell", "60000.50", "0.500");
        for (int i = 0; i < 5; i++) venue.Create("Sell", "60000", "0.001", "IOC", $"later{i}");

        string id = venue.Account.Find("", "maker")!.OrderId;
        JsonElement[] all = Rows(venue, VenueRest.ExecutionsPath, "category=linear");
        Assert.Equal(["later4", "later3", "later2", "later1", "later0", "maker", "maker", "same"], all.Select(row => row.GetProperty("orderLinkId").GetString()));
        Assert.Equal(all[6].GetProperty("execTime").GetString(), all[7].GetProperty("execTime").GetString());
        Assert.Equal(["maker", "maker"], LinkIds(venue, VenueRest.ExecutionsPath, $"category=linear&orderId={id}"));
        Assert.Equal(0.030m, Rows(venue, VenueRest.ExecutionsPath, "category=linear&orderLinkId=maker").Sum(row => decimal.Parse(row.GetProperty("execQty").GetString()!)));
        Assert.Equal(["maker"], LinkIds(venue, History, $"category=linear&orderId={id}"));
        Assert.Empty(LinkIds(venue, History, $"category=linear&orderId={id}&orderStatus=Cancelled"));
    }

    [Fact]
    public void A_position_tells_the_sequence_of_the_last_execution_in_its_symbol()
    {
        VenueHarness venue = Keeping(rows: 1);
        Assert.Equal(-1, Rows(venue, "/v5/position/list", "category=linear&symbol=BTCUSDT")[0].GetProperty("seq").GetInt64());

        venue.Create("Buy", "60000.1", "0.010", "IOC");

        long sequence = Rows(venue, VenueRest.ExecutionsPath, "category=linear")[0].GetProperty("seq").GetInt64();
        Assert.Equal(sequence, Rows(venue, "/v5/position/list", "category=linear&symbol=BTCUSDT")[0].GetProperty("seq").GetInt64());
    }

    [Fact]
    public void What_has_been_closed_is_what_all_executions_say_when_they_are_added_up_anew()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var venue = new AccountHarness(new AccountSettings { StartBalance = 1_000_000 });
        string[] symbols = [AccountHarness.Bitcoin, AccountHarness.Solana];
        venue.Book("100 5000", "100.1 5000", AccountHarness.Solana);
        for (int i = 0; i < 400; i++)
        {
            int mid = 50_000 + random.Next(-50, 51);
            venue.Book($"{mid - 5} 0.3, {mid - 10} 0.3", $"{mid + 5} 0.3, {mid + 10} 0.3");
            bool isBitcoin = random.Next(4) > 0;
            string side = random.Next(2) == 0 ? "Buy" : "Sell";
            decimal price = isBitcoin ? mid + (random.Next(-3, 4) * 5) : 100m;
            venue.Order(side, isBitcoin ? random.Next(1, 900) * 0.001m : random.Next(1, 50) * 0.1m, price, random.Next(2) == 0 ? "GTC" : "IOC", symbol: symbols[isBitcoin ? 0 : 1]);
            venue.Trade(side, $"{mid}", $"{random.Next(1, 3)}");
        }

        ClosedTrade[] kept = [.. venue.Account.ClosingFills.Where(fill => fill.IsLast).Select(fill => fill.Trade)];
        Assert.True(kept.Length > 50 && kept.Any(trade => trade.Fills > 1), $"{kept.Length} trades");
        Assert.Equal(kept.Select(trade => trade.LastMillis).Order(), kept.Select(trade => trade.LastMillis));
        Assert.Equal(
            AddedUp(venue.Account.Executions).OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => (row.Key, row.Value.Qty, decimal.Round(row.Value.Pnl, 12), row.Value.Fills)),
            kept.OrderBy(trade => trade.Row.Order.OrderId, StringComparer.Ordinal).Select(trade => (trade.Row.Order.OrderId, trade.ClosedQty, decimal.Round(trade.Pnl, 12), trade.Fills)));
    }

    /// <summary>By order: what it closed, its profit after the fees of both ways, and the number of its closing fills.</summary>
    private static Dictionary<string, (decimal Qty, decimal Pnl, int Fills)> AddedUp(IEnumerable<VenueExecution> executions)
    {
        Dictionary<string, (decimal Qty, decimal Pnl, int Fills)> byOrder = [];
        foreach (IGrouping<string, ExecutionRow> rows in executions.Select(execution => execution.Row).GroupBy(row => row.Order.Symbol))
        {
            (decimal held, decimal fees) = (0m, 0m);
            foreach (ExecutionRow row in rows)
            {
                decimal feeToClose = row.Fee * row.ClosedQty / row.Qty;
                if (row.ClosedQty > 0)
                {
                    decimal feeToOpen = fees * row.ClosedQty / Math.Abs(held);
                    (decimal qty, decimal pnl, int fills) = byOrder.GetValueOrDefault(row.Order.OrderId);
                    byOrder[row.Order.OrderId] = (qty + row.ClosedQty, pnl + row.Realised - feeToOpen - feeToClose, fills + 1);
                    fees -= feeToOpen;
                }

                fees += row.Fee - feeToClose;
                held += row.Order.IsBuy ? row.Qty : -row.Qty;
            }
        }

        return byOrder;
    }

    private static VenueHarness Keeping(int rows)
    {
        var venue = new VenueHarness(change: settings => settings with { RowsKept = rows });
        venue.Snapshot("60000.00 2.000", "60000.10 2.000");
        return venue;
    }

    private static RestRequest Request(string query)
    {
        var json = new Utf8JsonWriter(new MemoryStream());
        var call = new RestCall(RestRoutes.Find("GET", History)!, VenueHarness.Key.Uid, VenueHarness.Key, query, default);
        return RestRequest.Read(new VenueHarness().Venue, call, 0, [], json)!;
    }

    private static JsonElement[] Rows(VenueHarness venue, string path, string query) =>
        [.. venue.Get(path, query).GetProperty("result").GetProperty("list").EnumerateArray()];

    private static string[] LinkIds(VenueHarness venue, string path, string query) => [.. Rows(venue, path, query).Select(row => row.GetProperty("orderLinkId").GetString()!)];
}
