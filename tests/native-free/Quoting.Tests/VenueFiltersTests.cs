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
}
