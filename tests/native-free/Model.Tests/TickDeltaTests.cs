namespace LatencyEngine.Model.Tests;

public sealed class TickDeltaTests
{
    [Fact]
    public void A_distance_and_what_holds_one_can_be_printed()
    {
        Assert.Equal("TickDelta { Ticks = -3, AbsTicks = 3 }", new TickDelta(-3).ToString());
        Assert.Contains("Spread = TickDelta", new BookTop(new(1), new(1), new(2), new(1)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_prices_differ_by_a_distance_and_a_price_moves_by_one()
    {
        var low = new PriceTicks(5);
        var high = new PriceTicks(9);

        Assert.Equal(new TickDelta(-4), low - high);
        Assert.Equal(high, low + (high - low));
        Assert.Equal(low, high - (high - low));
    }
}
