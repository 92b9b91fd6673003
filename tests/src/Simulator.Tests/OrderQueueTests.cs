using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Simulator.Tests;

public sealed class OrderQueueTests
{
    [Fact]
    public void Batches_give_the_same_fills_as_a_twin_that_passes_every_trade_along_the_queue_unit_by_unit()
    {
        for (int seed = 1; seed <= 300; seed++)
        {
            RunAgainstTwin(seed);
        }
    }

    private static void RunAgainstTwin(int seed)
    {
        var random = new Random(seed);
        var book = new MarketBook(takenNanos: 0);
        var queue = new OrderQueue(QueueModel.TradesAtOrThrough, lot: 1);
        var twin = new List<TwinOrder>();
        var live = new Dictionary<TwinOrder, VenueOrder>();
        long now = 0;
        for (int step = 0; step < 60; step++)
        {
            now++;
            switch (random.Next(4))
            {
                case 0:
                    Display(book, random, step);
                    queue.OnBook(book, now);
                    foreach (TwinOrder order in twin) order.Ahead ??= TwinDisplayed(book, order.IsBuy, order.Price);
                    break;
                case 1:
                    var fresh = new TwinOrder { IsBuy = random.Next(2) == 0, Price = random.Next(90, 111), Leaves = random.Next(1, 6), Age = step };
                    fresh.Ahead = TwinDisplayed(book, fresh.IsBuy, fresh.Price);
                    var placed = new VenueOrder(AccountSettings.DefaultUid, $"{step}", "BTCUSDT", fresh.IsBuy ? Side.Buy : Side.Sell) { Price = fresh.Price, Qty = fresh.Leaves, Status = VenueOrderStatus.New };
                    queue.Join(placed, book, now);
                    twin.Add(fresh);
                    live[fresh] = placed;
                    break;
                default:
                    bool takerBuys = random.Next(2) == 0;
                    decimal price = random.Next(90, 111);
                    int volume = random.Next(1, 13);
                    var fills = new List<(VenueOrder Order, decimal Qty)>();
                    queue.OnPrint(new TradePrint(now, MatchMillis: long.MaxValue, "t", price, volume), takerBuys, fills);
                    foreach ((VenueOrder order, decimal qty) in fills)
                    {
                        order.Fill(qty, order.Price, 0, 0, fromQueue: true);
                        order.Status = order.CumExecQty == order.Qty ? VenueOrderStatus.Filled : VenueOrderStatus.PartiallyFilled;
                        if (!order.IsOpen) queue.Remove(order);
                    }

                    for (int unit = 0; unit < volume; unit++) PassUnit(twin, takerBuys, price);
                    break;
            }

            foreach ((TwinOrder wanted, VenueOrder actual) in live)
            {
                Assert.True(wanted.Leaves == actual.LeavesQty, $"seed {seed}, step {step}: leaves {actual.LeavesQty}, twin {wanted.Leaves}");
                Assert.True(!actual.IsOpen || wanted.Ahead == actual.QueueAhead, $"seed {seed}, step {step}: ahead {actual.QueueAhead}, twin {wanted.Ahead}");
            }

            foreach (TwinOrder done in twin.Where(order => order.Leaves == 0).ToList())
            {
                twin.Remove(done);
                live.Remove(done);
            }
        }
    }

    /// <summary>One traded unit meets the own orders best first: it shortens each queue it passes until an order that is next in line takes it.</summary>
    private static void PassUnit(List<TwinOrder> orders, bool takerBuys, decimal price)
    {
        bool earlierOrderWaits = false;
        IEnumerable<TwinOrder> reached = orders
            .Where(order => order.IsBuy != takerBuys && order.Leaves > 0 && (takerBuys ? price >= order.Price : price <= order.Price))
            .OrderBy(order => takerBuys ? order.Price : -order.Price)
            .ThenBy(order => order.Age);
        foreach (TwinOrder order in reached)
        {
            if (order.Ahead == 0 && !earlierOrderWaits)
            {
                order.Leaves--;
                return;
            }

            if (order.Ahead > 0) order.Ahead--;
            earlierOrderWaits = true;
        }
    }

    private static decimal? TwinDisplayed(MarketBook book, bool isBuy, decimal price)
    {
        List<(decimal Price, decimal Qty)> levels = [.. book.Levels(isBuy)];
        if (levels.Count == 0) return null;
        if (isBuy ? price < levels.Min(level => level.Price) : price > levels.Max(level => level.Price)) return null;
        return levels.Where(level => level.Price == price).Sum(level => level.Qty);
    }

    private static void Display(MarketBook book, Random random, int updateId)
    {
        int mid = random.Next(97, 104);
        string bids = string.Join(",", Enumerable.Range(1, 5).Where(_ => random.Next(4) > 0).Select(i => $"{mid - i} {random.Next(1, 9)}"));
        string asks = string.Join(",", Enumerable.Range(1, 5).Where(_ => random.Next(4) > 0).Select(i => $"{mid + i} {random.Next(1, 9)}"));
        book.Apply(MarketFrame.TryParse(Encoding.UTF8.GetBytes(VenueHarness.BookFrame("snapshot", bids, asks, updateId)))!);
    }

    private sealed class TwinOrder
    {
        public required bool IsBuy { get; init; }

        public required decimal Price { get; init; }

        public required int Age { get; init; }

        public required decimal Leaves { get; set; }

        public decimal? Ahead { get; set; }
    }
}
