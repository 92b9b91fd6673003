using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

public sealed class VenueFiltersTests
{
    /// <summary>Tick 0.1, lot 0.001; orders of 2 to 100 lots worth at least 5 USDT, prices up to 1,000,000 ticks.</summary>
    private static readonly InstrumentSpec Spec =
        Instruments.Create(1, 1, 3, 1, minOrderLots: 2, maxOrderLots: 100, minNotionalE8: 5 * MoneyE8.One, maxPriceTicks: 1_000_000);

    [Theory]
    [InlineData(600_000, 2, true)]
    [InlineData(600_000, 1, false)]
    [InlineData(600_000, 100, true)]
    [InlineData(600_000, 101, false)]
    [InlineData(25_000, 2, true)]
    [InlineData(24_999, 2, false)]
    [InlineData(1_000_000, 2, true)]
    [InlineData(1_000_001, 2, false)]
    [InlineData(600_000, 0, false)]
    public void A_quote_outside_the_venues_bounds_is_dropped_and_one_on_a_bound_kept(long priceTicks, long lots, bool kept)
    {
        QuoteTarget[] targets = [new(Side.Sell, 3, new PriceTicks(priceTicks), new QtyLots(lots))];

        VenueFilters.Apply(Spec, targets);

        Assert.Equal([new QuoteTarget(Side.Sell, 3, new PriceTicks(priceTicks), new QtyLots(kept ? lots : 0))], targets);
    }

    [Theory]
    [InlineData(0, true)]     // exactly the smallest value
    [InlineData(-1, true)]    // half of the last digit below it: rounds up to it, to even
    [InlineData(-2, false)]   // a whole digit below it
    public void The_value_that_is_compared_is_the_rounded_one(long halvesOff, bool kept)
    {
        // A tick of 1e-8 and a lot of 0.5 give halves of the last digit.
        InstrumentSpec spec = Instruments.Create(8, 1, 1, 5, minOrderLots: 1, maxOrderLots: 100, minNotionalE8: 1_000, maxPriceTicks: 1_000_000);
        QuoteTarget[] targets = [new(Side.Buy, 0, new PriceTicks(2_000 + halvesOff), new QtyLots(1))];

        VenueFilters.Apply(spec, targets);

        Assert.Equal(kept ? 1 : 0, targets[0].Qty.Lots);
    }

    [Theory]
    [InlineData(Side.Buy, 606_000, true)]      // 1 % above a mark of 60,000
    [InlineData(Side.Buy, 606_001, false)]
    [InlineData(Side.Buy, 1, true)]
    [InlineData(Side.Sell, 594_000, true)]
    [InlineData(Side.Sell, 593_999, false)]
    [InlineData(Side.Sell, 1_000_000, true)]
    public void A_quote_beyond_the_limit_around_the_mark_price_is_dropped_and_one_on_it_kept(Side side, long priceTicks, bool isKept)
    {
        InstrumentSpec spec = Instruments.Create(1, 1, 3, 1, priceLimitRatioE8: 1_000_000);
        QuoteTarget[] targets = [new(side, 3, new PriceTicks(priceTicks), new QtyLots(7))];

        VenueFilters.ApplyPriceLimit(spec, new PriceE8(60_000 * PriceE8.One), targets);

        Assert.Equal([new QuoteTarget(side, 3, new PriceTicks(priceTicks), new QtyLots(isKept ? 7 : 0))], targets);
    }

    [Fact]
    public void The_limit_is_not_rounded_to_a_tick()
    {
        // 1 % above 59,999.95 is 60,599.9495: the tick below it is 60,599.9.
        InstrumentSpec spec = Instruments.Create(1, 1, 3, 1, priceLimitRatioE8: 1_000_000);
        QuoteTarget[] targets = [new(Side.Buy, 0, new PriceTicks(605_999), new QtyLots(7)), new(Side.Buy, 1, new PriceTicks(606_000), new QtyLots(7))];

        VenueFilters.ApplyPriceLimit(spec, new PriceE8(5_999_995_000_000), targets);

        Assert.Equal([7, 0], targets.Select(target => target.Qty.Lots));
    }

    [Theory]
    [InlineData(0, 60_000)]
    [InlineData(1_000_000, 0)]
    public void Without_a_limit_or_a_mark_price_nothing_is_dropped(long ratioE8, long mark)
    {
        QuoteTarget[] targets = [new(Side.Buy, 0, new PriceTicks(900_000), new QtyLots(7))];

        VenueFilters.ApplyPriceLimit(Instruments.Create(1, 1, 3, 1, priceLimitRatioE8: ratioE8), new PriceE8(mark * PriceE8.One), targets);

        Assert.Equal(7, targets[0].Qty.Lots);
    }
}
