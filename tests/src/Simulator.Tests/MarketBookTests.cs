using System.Globalization;
using System.Text;

namespace LatencyEngine.Simulator.Tests;

public sealed class MarketBookTests
{
    [Fact]
    public void After_every_frame_it_shows_what_a_plain_table_of_levels_shows_and_knows_nothing_beyond_the_worst()
    {
        for (int seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var book = new MarketBook(takenNanos: 0);
            Dictionary<int, int>[] twin = [[], []];   // bids, asks
            for (int update = 1; update <= 100; update++)
            {
                bool isSnapshot = update == 1 || random.Next(20) == 0;
                Dictionary<int, int>[] changes = [Changes(random, 80, 100), Changes(random, 101, 121)];
                book.Apply(MarketFrame.TryParse(Encoding.UTF8.GetBytes(VenueHarness.BookFrame(isSnapshot ? "snapshot" : "delta", Text(changes[0]), Text(changes[1]), update)))!);
                for (int side = 0; side < 2; side++)
                {
                    if (isSnapshot) twin[side].Clear();
                    foreach ((int price, int qty) in changes[side])
                    {
                        if (qty == 0) twin[side].Remove(price);
                        else twin[side][price] = qty;
                    }
                }

                string at = $"seed {seed}, update {update}";
                Assert.True(book.Displayed == (twin[0].Count == 0 ? null : twin[0].Keys.Max(), twin[1].Count == 0 ? null : twin[1].Keys.Min()), at);
                for (int price = 78; price <= 123; price++)
                {
                    Assert.True(book.DisplayedAt(bidSide: true, price) == (twin[0].Keys.Any(level => level <= price) ? twin[0].GetValueOrDefault(price) : (decimal?)null), at);
                    Assert.True(book.DisplayedAt(bidSide: false, price) == (twin[1].Keys.Any(level => level >= price) ? twin[1].GetValueOrDefault(price) : (decimal?)null), at);
                }

                Assert.Equal(twin[0].OrderByDescending(level => level.Key).Select(level => ((decimal)level.Key, (decimal)level.Value)), book.Levels(bidSide: true));
                Assert.Equal(twin[1].OrderBy(level => level.Key).Select(level => ((decimal)level.Key, (decimal)level.Value)), book.Levels(bidSide: false));
            }
        }
    }

    [Fact]
    public void A_price_that_is_not_displayed_is_looked_up_without_a_walk_over_the_side()
    {
        var book = new MarketBook(takenNanos: 0);
        string bids = string.Join(",", Enumerable.Range(0, 200).Select(i => $"{1_000 - (2 * i)} 1"));
        book.Apply(MarketFrame.TryParse(Encoding.UTF8.GetBytes(VenueHarness.BookFrame("snapshot", bids, "1001 1", 1)))!);
        Assert.Equal(0m, book.DisplayedAt(bidSide: true, 999m));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) book.DisplayedAt(bidSide: true, 999m);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);   // a walk would need an enumerator
    }

    private static Dictionary<int, int> Changes(Random random, int lowest, int highest) =>
        Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(lowest, highest + 1)).Distinct().ToDictionary(price => price, _ => random.Next(3));

    private static string Text(Dictionary<int, int> levels) => string.Join(",", levels.Select(level => string.Create(CultureInfo.InvariantCulture, $"{level.Key} {level.Value}")));
}
