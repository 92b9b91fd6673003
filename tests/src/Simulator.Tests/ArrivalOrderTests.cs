namespace LatencyEngine.Simulator.Tests;

public sealed class ArrivalOrderTests
{
    [Fact]
    public void Nothing_arrives_before_what_is_ahead_of_it_on_its_path_and_other_paths_do_not_wait()
    {
        var order = new ArrivalOrder();

        Assert.Equal(100, order.Next(DeliveryChannel.Trade, 1, 7, arrivalNanos: 100, playedNanos: 0));
        Assert.Equal(100, order.Next(DeliveryChannel.Trade, 1, 7, arrivalNanos: 50, playedNanos: 0));
        Assert.Equal(101, order.Next(DeliveryChannel.Trade, 1, 7, arrivalNanos: 101, playedNanos: 0));
        Assert.Equal(50, order.Next(DeliveryChannel.Trade, 2, 7, arrivalNanos: 50, playedNanos: 0));
        Assert.Equal(50, order.Next(DeliveryChannel.Trade, 1, 8, arrivalNanos: 50, playedNanos: 0));
        Assert.Equal(50, order.Next(DeliveryChannel.Private, 1, 7, arrivalNanos: 50, playedNanos: 0));
    }

    [Fact]
    public void Connections_that_come_and_go_are_not_remembered_and_what_is_on_its_way_is()
    {
        var order = new ArrivalOrder();
        order.Next(DeliveryChannel.Trade, 0, 0, arrivalNanos: long.MaxValue, playedNanos: 0);
        for (long i = 1; i <= 100_000; i++) order.Next(DeliveryChannel.Trade, origin: i, 7, arrivalNanos: i + 10, playedNanos: i);

        Assert.InRange(order.Paths, 1, 200);
        Assert.Equal(long.MaxValue, order.Next(DeliveryChannel.Trade, 0, 0, arrivalNanos: 100_001, playedNanos: 100_000));
    }
}
