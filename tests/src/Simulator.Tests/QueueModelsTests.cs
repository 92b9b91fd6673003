namespace LatencyEngine.Simulator.Tests;

public sealed class QueueModelsTests
{
    [Theory]
    [InlineData(QueueModel.TradesAtOrThrough, 6)]   // nothing but trades moves the order
    [InlineData(QueueModel.RiskAverse, 6)]          // 4 of the 10 cancelled: all 4 could have been behind
    [InlineData(QueueModel.PowerProbability, 2.9142857143)]   // 64 / (216 + 64) of the 4 cancelled behind: 6 - 4 × 216 / 280
    [InlineData(QueueModel.LogProbability, 3.8107233211)]     // ln 5 / (ln 7 + ln 5) of them: 6 - 4 × (1 - 0.4526808303)
    public void A_cancellation_moves_an_order_forward_as_its_model_says(QueueModel model, double ahead) =>
        Assert.Equal(ahead, (double)QueueModels.Ahead(model, ahead: 6, displayedBefore: 10, displayedNow: 6, traded: 0, lot: 0.00000001m), 7);

    [Theory]
    [InlineData(QueueModel.RiskAverse)]
    [InlineData(QueueModel.PowerProbability)]
    [InlineData(QueueModel.LogProbability)]
    public void Never_more_is_ahead_than_is_displayed(QueueModel model) =>
        Assert.InRange(QueueModels.Ahead(model, ahead: 9, displayedBefore: 10, displayedNow: 2, traded: 0, lot: 0.001m), 0m, 2m);

    [Theory]
    [InlineData(QueueModel.PowerProbability)]
    [InlineData(QueueModel.LogProbability)]
    public void What_trades_explain_is_no_cancellation(QueueModel model) =>
        Assert.Equal(3, QueueModels.Ahead(model, ahead: 3, displayedBefore: 10, displayedNow: 6, traded: 4, lot: 0.001m));

    [Fact]
    public void An_order_at_the_end_of_the_queue_gets_every_cancellation_and_one_at_its_head_none()
    {
        Assert.Equal(6, QueueModels.Ahead(QueueModel.PowerProbability, ahead: 10, displayedBefore: 10, displayedNow: 6, traded: 0, lot: 0.001m));
        Assert.Equal(0, QueueModels.Ahead(QueueModel.PowerProbability, ahead: 0, displayedBefore: 10, displayedNow: 6, traded: 0, lot: 0.001m));
    }

    [Fact]
    public void What_is_ahead_is_a_whole_number_of_lots_rounded_up_so_that_fills_are_too() =>
        Assert.Equal(2.915m, QueueModels.Ahead(QueueModel.PowerProbability, ahead: 6, displayedBefore: 10, displayedNow: 6, traded: 0, lot: 0.001m));

    [Fact]
    public void Names_are_read_back_and_a_wrong_one_is_answered_with_those_known()
    {
        Assert.All(QueueModels.Known, name => Assert.Equal(name, QueueModels.NameOf(QueueModels.Parse(name))));
        Assert.Equal(
            "no queue model 'fifo'; known are trades-at-or-through, risk-averse, probability-power, probability-log (Parameter 'name')",
            Assert.Throws<ArgumentException>(() => QueueModels.Parse("fifo")).Message);
    }

    [Theory]
    [InlineData(QueueModel.TradesAtOrThrough, 0)]
    [InlineData(QueueModel.RiskAverse, 0.5)]
    public void On_the_venue_a_book_that_shows_less_than_was_ahead_lets_the_next_trade_fill_where_the_model_believes_it(QueueModel model, double filled)
    {
        var harness = new VenueHarness(change: settings => settings with { QueueModel = model });
        harness.Snapshot("60000 5", "60010 5");
        harness.Create("Buy", "60000", "1", "GTC", "a");
        harness.Delta("60000 1", "");
        harness.Trade("Sell", "60000", "1.5");
        Assert.Equal((decimal)filled, harness.Account.Fills.Sum(fill => fill.Qty));
    }

    [Fact]
    public void Taken_quantity_stays_taken_for_the_configured_time_though_the_recording_shows_it()
    {
        var harness = new VenueHarness(change: settings => settings with { TakenNanos = 1_000_000_000 });
        harness.Snapshot("60000 5", "60010 1");
        harness.Create("Buy", "60010", "0.8", "IOC");
        harness.Delta("", "60010 1");
        harness.Create("Buy", "60010", "0.8", "IOC");
        Assert.Equal([0.8m, 0.2m], harness.Account.Fills.Select(fill => fill.Qty));

        harness.NowMillis += 1_000;
        harness.Create("Buy", "60010", "0.8", "IOC");
        Assert.Equal(0.8m, harness.Account.Fills[^1].Qty);
        Assert.Equal(3, harness.Account.Fills.Count);
    }
}
