using System.Globalization;
using LatencyEngine.TestData;

namespace LatencyEngine.Quoting.Tests;

public sealed class AvellanedaStoikovTests
{
    [Fact]
    public void The_closed_forms_agree_with_the_golden_quotes()
    {
        int rows = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("as_quotes.csv"))
        {
            double Cell(string name) => double.Parse(row[name], CultureInfo.InvariantCulture);

            AvellanedaStoikovQuote quote = AvellanedaStoikov.Quote(Cell("s"), Cell("q"), Cell("gamma"), Cell("sigma"), Cell("tau"), Cell("k"), Cell("mu"));

            double relative = Cell("gamma") <= 1e-8 ? 1e-9 : 1e-12;
            AssertClose(Cell("reservation"), quote.Reservation, relative, row["case"]);
            AssertClose(Cell("spread"), quote.Spread, relative, row["case"]);
            AssertClose(Cell("bid"), quote.Bid, relative, row["case"]);
            AssertClose(Cell("ask"), quote.Ask, relative, row["case"]);
            AssertClose(Cell("delta_bid"), Cell("s") - quote.Bid, relative, row["case"]);
            AssertClose(Cell("delta_ask"), quote.Ask - Cell("s"), relative, row["case"]);
            AssertClose(Cell("frozen_res_ask"), AvellanedaStoikov.FrozenReservationAsk(Cell("s"), Cell("q"), Cell("gamma"), Cell("sigma"), Cell("tau"), Cell("mu")), relative, row["case"]);
            AssertClose(Cell("frozen_res_bid"), AvellanedaStoikov.FrozenReservationBid(Cell("s"), Cell("q"), Cell("gamma"), Cell("sigma"), Cell("tau"), Cell("mu")), relative, row["case"]);
            rows++;
        }

        Assert.Equal(127, rows);
    }

    [Fact]
    public void Equation_30_is_the_total_spread_not_half_of_it()
    {
        // The paper's own parameters: gamma sigma^2 tau = 0.4 and (2/gamma) ln(1 + gamma/k) = 1.2908.
        AvellanedaStoikovQuote quote = AvellanedaStoikov.Quote(mid: 100, inventory: 0, gamma: 0.1, sigma: 2, tau: 1, k: 1.5);

        Assert.Equal(1.6908, quote.Ask - quote.Bid, 4);
        Assert.Equal(0.8454, quote.HalfSpread, 4);
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1e-7)]
    [InlineData(1.1e-8)]
    [InlineData(0.9e-8)]
    [InlineData(1e-12)]
    [InlineData(1e-300)]
    [InlineData(0)]
    public void A_vanishing_risk_aversion_leaves_the_spread_of_the_arrival_rate(double gamma)
    {
        // ln(1+x)/x = 1 - x/2 + x^2/3 - ... with x = gamma/k and k = 1.
        double series = 2 * (1 - (gamma / 2) + (gamma * gamma / 3));

        AssertClose(series, AvellanedaStoikov.ArrivalSpread(gamma, k: 1), (gamma * gamma * gamma) + 1e-15, $"gamma {gamma}");
    }

    [Fact]
    public void Inventory_moves_the_centre_and_never_the_spread()
    {
        AvellanedaStoikovQuote flat = AvellanedaStoikov.Quote(100, 0, 0.1, 2, 1, 1.5);
        AvellanedaStoikovQuote longTen = AvellanedaStoikov.Quote(100, 10, 0.1, 2, 1, 1.5);

        Assert.Equal(flat.Spread, longTen.Spread);
        Assert.Equal(flat.Reservation - 4, longTen.Reservation, 12);
    }

    [Fact]
    public void At_the_horizon_inventory_no_longer_matters() =>
        Assert.Equal(100, AvellanedaStoikov.Quote(100, 50, 0.1, 2, tau: 0, k: 1.5).Reservation);

    [Fact]
    public void The_reservation_price_is_the_mean_of_the_frozen_ones_which_lie_one_unit_of_skew_apart()
    {
        double ask = AvellanedaStoikov.FrozenReservationAsk(100, 3, 0.1, 2, 0.5, drift: 0.4);
        double bid = AvellanedaStoikov.FrozenReservationBid(100, 3, 0.1, 2, 0.5, drift: 0.4);

        Assert.Equal(AvellanedaStoikov.Quote(100, 3, 0.1, 2, 0.5, 1.5, drift: 0.4).Reservation, (ask + bid) / 2, 12);
        Assert.Equal(AvellanedaStoikov.SkewPerUnit(0.1, 2, 0.5), ask - bid, 12);
    }

    [Fact]
    public void An_expected_move_raises_both_quotes_by_itself()
    {
        AvellanedaStoikovQuote still = AvellanedaStoikov.Quote(100, 3, 0.1, 2, 0.5, 1.5);
        AvellanedaStoikovQuote rising = AvellanedaStoikov.Quote(100, 3, 0.1, 2, 0.5, 1.5, drift: 0.4);

        Assert.Equal(still.Bid + 0.2, rising.Bid, 12);
        Assert.Equal(still.Ask + 0.2, rising.Ask, 12);
    }

    private static void AssertClose(double expected, double actual, double relative, string what) =>
        Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected), $"{what}: expected {expected:R}, was {actual:R}");
}
