namespace LatencyEngine.Simulator.Tests;

public sealed class FaultInjectorTests
{
    private const long Begin = 1_000;

    [Fact]
    public void A_reject_for_trade_waits_for_a_command_and_one_for_every_channel_takes_look_ups_too()
    {
        var ofTrade = new FaultInjector([new Fault { Kind = FaultKind.Reject, Channel = DeliveryChannel.Trade, Count = 1, Code = 10016, Text = "busy" }], seed: 1, Begin);
        ofTrade.Begin(Begin);
        Assert.Null(ofTrade.Refuses(Begin, isCommand: false));
        Assert.NotNull(ofTrade.Refuses(Begin, isCommand: true));
        Assert.Null(ofTrade.Refuses(Begin, isCommand: true));

        var ofAll = new FaultInjector([new Fault { Kind = FaultKind.Reject, Count = 1, Code = 10016, Text = "busy" }], seed: 1, Begin);
        ofAll.Begin(Begin);
        Assert.NotNull(ofAll.Refuses(Begin, isCommand: false));
        Assert.Null(ofAll.Refuses(Begin, isCommand: true));
    }

    [Fact]
    public void Without_faults_every_message_is_sent_once_and_at_once_and_no_request_is_refused()
    {
        FaultInjector injector = Injector();
        Assert.Empty(injector.Begin(long.MaxValue));
        Assert.Equal(1, injector.Copies(DeliveryChannel.Public));
        Assert.Equal(Begin + 3, injector.ArrivalNanos(DeliveryChannel.Private, Begin, delayNanos: 3));
        Assert.Null(injector.Refuses(Begin, isCommand: true));
        Assert.Null(injector.NextNanos);
    }

    [Fact]
    public void A_gap_drops_its_count_of_messages_of_its_channel_from_its_time_on()
    {
        FaultInjector injector = Injector(new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Public, AfterNanos = 10, Count = 2 });
        Assert.Equal(Begin + 10, injector.NextNanos);
        injector.Begin(Begin + 9);
        Assert.Equal(1, injector.Copies(DeliveryChannel.Public));
        injector.Begin(Begin + 10);
        Assert.Equal(1, injector.Copies(DeliveryChannel.Private));
        Assert.Equal([0, 0, 1], new[] { injector.Copies(DeliveryChannel.Public), injector.Copies(DeliveryChannel.Public), injector.Copies(DeliveryChannel.Public) });
    }

    [Fact]
    public void A_duplicate_sends_its_count_of_messages_twice()
    {
        FaultInjector injector = Injector(new Fault { Kind = FaultKind.Duplicate, Count = 1 });
        injector.Begin(Begin);
        Assert.Equal(2, injector.Copies(DeliveryChannel.Trade));
        Assert.Equal(1, injector.Copies(DeliveryChannel.Trade));
    }

    [Fact]
    public void Messages_are_late_for_the_duration_only()
    {
        FaultInjector injector = Injector(new Fault { Kind = FaultKind.Late, Channel = DeliveryChannel.Private, DurationNanos = 100, DelayNanos = 7 });
        injector.Begin(Begin);
        Assert.Equal(Begin + 99 + 3 + 7, injector.ArrivalNanos(DeliveryChannel.Private, Begin + 99, delayNanos: 3));
        Assert.Equal(Begin + 99 + 3, injector.ArrivalNanos(DeliveryChannel.Public, Begin + 99, delayNanos: 3));
        Assert.Equal(Begin + 100 + 3, injector.ArrivalNanos(DeliveryChannel.Private, Begin + 100, delayNanos: 3));
    }

    [Fact]
    public void What_is_sent_during_a_stall_arrives_when_it_ends()
    {
        FaultInjector injector = Injector(new Fault { Kind = FaultKind.Stall, Channel = DeliveryChannel.Public, DurationNanos = 100 });
        injector.Begin(Begin);
        Assert.Equal(Begin + 100, injector.ArrivalNanos(DeliveryChannel.Public, Begin, delayNanos: 3));
        Assert.Equal(Begin + 102, injector.ArrivalNanos(DeliveryChannel.Public, Begin + 99, delayNanos: 3));
        Assert.Equal(Begin + 3, injector.ArrivalNanos(DeliveryChannel.Trade, Begin, delayNanos: 3));
    }

    [Fact]
    public void A_reject_refuses_its_count_of_requests_and_a_ban_all_of_its_duration()
    {
        FaultInjector injector = Injector(
            new Fault { Kind = FaultKind.Reject, Code = 110079, Text = "busy" },
            new Fault { Kind = FaultKind.Ban, AfterNanos = 50, DurationNanos = 100 });
        injector.Begin(Begin);
        Assert.Equal(new Refusal(110079, "busy"), injector.Refuses(Begin, isCommand: true));
        Assert.Null(injector.Refuses(Begin, isCommand: true));
        injector.Begin(Begin + 50);
        Assert.Equal([10006, 10006, null], new[] { injector.Refuses(Begin + 50, isCommand: true)?.Code, injector.Refuses(Begin + 149, isCommand: true)?.Code, injector.Refuses(Begin + 150, isCommand: true)?.Code });
    }

    [Fact]
    public void Faults_of_connections_are_announced_in_the_order_of_their_times()
    {
        FaultInjector injector = Injector(
            new Fault { Kind = FaultKind.Outage, AfterNanos = 20, DurationNanos = 5 },
            new Fault { Kind = FaultKind.Cut, AfterNanos = 10 });
        Assert.Equal([FaultKind.Cut, FaultKind.Outage], injector.Begin(Begin + 20).Select(fault => fault.Kind));
    }

    [Fact]
    public void A_repeated_fault_comes_at_its_mean_interval_and_at_the_same_times_for_the_same_seed()
    {
        long[] one = Times(seed: 1);
        Assert.Equal(one, Times(seed: 1));
        Assert.NotEqual(one, Times(seed: 2));
        Assert.InRange((one[^1] - one[0]) / (one.Length - 1), 900, 1_100);
    }

    [Fact]
    public void Repetitions_of_a_counted_fault_that_nothing_has_used_up_do_not_pile_up()
    {
        FaultInjector injector = Injector(
            new Fault { Kind = FaultKind.Reject, EveryNanos = 30, Count = 2 },
            new Fault { Kind = FaultKind.Gap, EveryNanos = 30 },
            new Fault { Kind = FaultKind.Duplicate, EveryNanos = 30 });
        injector.Begin(Begin + 100_000);
        Assert.Equal([10016, 10016, null], new[] { injector.Refuses(0, isCommand: true)?.Code, injector.Refuses(0, isCommand: true)?.Code, injector.Refuses(0, isCommand: true)?.Code });
        Assert.Equal([0, 2, 1], new[] { injector.Copies(DeliveryChannel.Trade), injector.Copies(DeliveryChannel.Trade), injector.Copies(DeliveryChannel.Trade) });

        injector.Begin(Begin + 200_000);
        Assert.NotNull(injector.Refuses(0, isCommand: true));
    }

    [Fact]
    public void Two_counted_faults_that_are_alike_count_each_for_itself()
    {
        FaultInjector injector = Injector(new Fault { Kind = FaultKind.Gap }, new Fault { Kind = FaultKind.Gap });
        injector.Begin(Begin);
        Assert.Equal([0, 0, 1], new[] { injector.Copies(DeliveryChannel.Public), injector.Copies(DeliveryChannel.Public), injector.Copies(DeliveryChannel.Public) });
    }

    [Fact]
    public void A_fault_can_be_added_while_the_others_run()
    {
        FaultInjector injector = Injector();
        injector.Add(new Fault { Kind = FaultKind.Gap, AfterNanos = 5 }, nowNanos: 2_000);
        Assert.Equal(2_005, injector.NextNanos);
    }

    private static long[] Times(ulong seed)
    {
        var injector = new FaultInjector([new Fault { Kind = FaultKind.Cut, EveryNanos = 1_000 }], seed, Begin);
        List<long> times = [];
        while (times.Count < 5_000)
        {
            long nowNanos = injector.NextNanos!.Value;
            injector.Begin(nowNanos);
            times.Add(nowNanos);
        }

        return [.. times];
    }

    private static FaultInjector Injector(params Fault[] faults) => new(faults, seed: 1, Begin);
}
