using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using static LatencyEngine.Transport.Tests.IoHarness;

namespace LatencyEngine.Transport.Tests;

/// <summary>What the io thread sends, and what reaches the inbound ring, while all goes well.</summary>
public sealed class IoLoopTests
{
    private const long NanosPerSecond = 1_000_000_000;

    [Fact]
    public void Each_socket_logs_in_and_asks_for_each_topic_in_a_request_of_its_own()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        // The clock shows 1700000000000 ms: the signature is the vector of bybit-v5.md, 4.
        const string Login = "\"op\":\"auth\",\"args\":[\"test-key\",1700000010000,\"977d2a1068009c263a4e3e15a2838ccaf62d1eda4ca2ff08b5456910b481b58b\"]}";
        Assert.Equal([Subscription(0, BookTopic), Subscription(1, OtherBookTopic), Subscription(2, TradeTopic)], venue.Session("public").Received);
        Assert.Equal(
            ["{\"req_id\":\"auth\"," + Login, Subscription(0, "order"), Subscription(1, "execution"), Subscription(2, "position"), Subscription(3, "wallet")],
            venue.Session("private").Received);
        Assert.Equal(["{\"reqId\":\"auth\"," + Login], venue.Session("trade").Received);
        Assert.All(Channels, channel => Assert.Equal(new ConnectionStatus(ConnectionPhase.Ready, 1, LastFault: null, Refused: false), io.Status(channel)));
    }

    [Theory]
    [InlineData(WaitMode.Block)]
    [InlineData(WaitMode.Spin)]
    public void Without_a_key_the_market_alone_is_listened_to(WaitMode wait)
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { Credentials = null, PrivateAddress = null, TradeAddress = null, Wait = wait });
        io.Start();

        io.Until(() => io.Events.Contains("public Ready 1"));
        venue.Session("public").Send(Data(BookTopic, 1));

        io.Await(InboundKind.PublicFrame, 1);
        Assert.Single(venue.Sessions);
        Assert.True(io.Stop());
    }

    [Fact]
    public void An_account_that_is_told_in_part_is_refused()
    {
        using var venue = new ScriptedVenue();

        Assert.Throws<ArgumentException>(() => new IoHarness(venue, settings => settings with { TradeAddress = null }));
    }

    [Fact]
    public void A_connection_is_opened_then_ready_and_answers_to_commands_stay_with_the_io_thread()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        Assert.All(io.Taken, frame => Assert.Equal(InboundKind.Connection, frame.Kind));
        foreach (string name in new[] { "public", "private", "trade" })
        {
            Assert.Equal([$"{name} Opened 1", $"{name} Ready 1"], io.Events.Where(text => text.StartsWith(name, StringComparison.Ordinal)));
        }

        Assert.Equal(0, io.Loop.Meters.Messages);
        Assert.Equal(0, io.Loop.Meters.UnreadableReplies);
    }

    [Fact]
    public void Data_that_comes_before_its_confirmation_is_taken_and_stands_between_opened_and_ready()
    {
        using var venue = new ScriptedVenue();
        venue.SentBeforeConfirmation[OtherBookTopic] = Data(OtherBookTopic, 1);
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        Assert.Equal(["public Opened 1", Data(OtherBookTopic, 1), "public Ready 1"], io.Taken.Where(frame => frame.Kind == InboundKind.PublicFrame || frame.Text.StartsWith("public", StringComparison.Ordinal)).Select(frame => frame.Text));
    }

    [Fact]
    public void Confirmations_without_an_id_are_counted_in_the_order_of_the_subscriptions()
    {
        using var venue = new ScriptedVenue { LeavesOutIds = true };
        using var io = new IoHarness(venue);

        io.StartAndAwaitReady();

        Assert.All(Channels, channel => Assert.Equal(1, io.Status(channel).TimesReady));
    }

    [Theory]
    [InlineData("private")]
    [InlineData("public")]
    public void A_streams_message_is_data_wherever_its_topic_stands(string name)
    {
        string padding = new('x', 200);
        string[] data =
        [
            $"{{\"id\":\"{padding}\",\"creationTime\":1,\"topic\":\"order\",\"data\":[]}}",
            $"{{\"data\":[{{\"op\":\"auth\",\"pad\":\"{padding}\"}}],\"topic\":\"order\"}}",
            "{ \"topic\" : \"order\", \"data\" : [] }",
        ];
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        venue.Session(name).Send(data);
        venue.Session(name).Send($"{{\"success\":false,\"ret_msg\":\"{padding}\",\"args\":{{\"topic\":\"order\"}},\"op\":\"unsubscribe\"}}", Data("order", 4));

        Assert.Equal([.. data, Data("order", 4)], io.Await(name == "public" ? InboundKind.PublicFrame : InboundKind.PrivateFrame, 4).Select(frame => frame.Text));
        Assert.Equal(0, io.Loop.Meters.UnreadableReplies);
    }

    [Fact]
    public void An_order_entry_message_is_data_wherever_its_id_stands_unless_it_answers_a_command_of_the_io_thread()
    {
        const string Refusal = "{\"retCode\":10404,\"retMsg\":\"unknown\",\"op\":\"order.create\",\"reqId\":\"r0000000100000001\",\"data\":{}}";
        const string Foreign = "{\"reqId\":\"7\",\"retCode\":0,\"op\":\"order.cancel\"}";
        const string Announcement = "{\"event\":\"maintenance\"}";
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        venue.Session("trade").Send(
            Refusal,
            "{\"retCode\":0,\"retMsg\":\"OK\",\"op\":\"pong\",\"data\":[\"1\"],\"connId\":\"c\"}",
            "{\"retCode\":20001,\"retMsg\":\"Repeat auth\",\"op\":\"auth\"}",
            "{\"retCode\":10404,\"op\":\"subscribe\"}",
            Foreign,
            Announcement);

        Assert.Equal([Refusal, Foreign, Announcement], io.Await(InboundKind.TradeFrame, 3).Select(frame => frame.Text));
        Assert.Equal(ConnectionPhase.Ready, io.Status(VenueChannel.Trade).Phase);
    }

    [Fact]
    public void An_answer_that_refuses_the_time_of_a_request_by_socket_or_by_REST_puts_the_clock_in_doubt_and_no_other_does()
    {
        static string Answer(int number, string code) => $"{{\"reqId\":\"r000000010000000{number}\",\"retCode\":{code},\"retMsg\":\"\",\"op\":\"order.cancel\",\"data\":{{}}}}";
        int doubts = 0;
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { OnClockRefused = () => Interlocked.Increment(ref doubts) });
        io.StartAndAwaitReady();

        venue.Session("trade").Send(Answer(1, "0"), Answer(2, "10006"), Answer(3, "100020"), "{\"event\":\"maintenance\"}");
        io.Await(InboundKind.TradeFrame, 4);
        Assert.Equal(0, doubts);

        venue.Session("trade").Send(Answer(4, "10002"), Answer(5, "-1"));
        io.Await(InboundKind.TradeFrame, 6);
        Assert.Equal(2, doubts);

        io.Loop.Inbox.Post(InboundKind.TradeFrame, Encoding.UTF8.GetBytes(Answer(6, "10002")));
        io.Await(InboundKind.TradeFrame, 7);
        Assert.Equal(3, doubts);
    }

    [Theory]
    [InlineData("public")]
    [InlineData("private")]
    [InlineData("trade")]
    public void What_cannot_be_read_is_counted_and_dropped_and_the_connection_stays(string name)
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        string[] unreadable = ["hello", "[1]", "{\"op\":\"subscribe\"", "{} {}", "{\"success\":false,\"ret_msg\":\"\\ud800\",\"op\":\"subscribe\"}", "{\"retCode\":1,\"retMsg\":\"\\udc00x\",\"op\":\"auth\"}"];
        venue.Session(name).Send(unreadable);

        io.Until(() => io.Loop.Meters.UnreadableReplies == unreadable.Length);
        Assert.All(io.Taken, frame => Assert.Equal(InboundKind.Connection, frame.Kind));
        Assert.All(Channels, channel => Assert.Equal(new ConnectionStatus(ConnectionPhase.Ready, 1, LastFault: null, Refused: false), io.Status(channel)));
    }

    [Fact]
    public void Data_frames_carry_their_kind_their_generation_and_the_logic_time()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();
        io.Clock.Set(StartNanos + NanosPerSecond);

        const string Ack = "{\"reqId\":\"r0000000100000009\",\"retCode\":0,\"op\":\"order.create\",\"data\":{}}";
        venue.Session("public").Send(Data(BookTopic, 1));
        venue.Session("private").Send(Data("order", 2));
        venue.Session("trade").Send(Ack);

        foreach ((InboundKind kind, string text) in new[] { (InboundKind.PublicFrame, Data(BookTopic, 1)), (InboundKind.PrivateFrame, Data("order", 2)), (InboundKind.TradeFrame, Ack) })
        {
            TakenFrame frame = Assert.Single(io.Await(kind, 1));
            Assert.Equal((text, (ushort)1, StartNanos + NanosPerSecond), (frame.Text, frame.Generation, frame.LogicNanos));
            Assert.InRange(frame.ReceivedAtNanos, 1, Meter.StageClock.NowNanos());
        }

        Assert.Equal(3, io.Loop.Meters.Messages);
    }

    [Fact]
    public void Only_the_last_frame_of_what_was_drained_ends_the_burst()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        venue.Session("public").Send(Data(BookTopic, 1), Data(BookTopic, 2), "{\"success\":true,\"op\":\"ping\"}", Data(BookTopic, 3));

        Assert.Equal([false, false, true], io.Await(InboundKind.PublicFrame, 3).Select(frame => frame.IsEndOfBurst));
    }

    [Fact]
    public void A_clock_that_withholds_the_end_of_bursts_is_obeyed()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();
        io.Clock.WithholdBurstEnds();

        venue.Session("public").Send(Data(BookTopic, 1), Data(BookTopic, 2));

        Assert.Equal([false, false], io.Await(InboundKind.PublicFrame, 2).Select(frame => frame.IsEndOfBurst));
    }

    [Fact]
    public void A_burst_does_not_end_while_the_reader_is_far_behind()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();
        io.FramesPerCall = 0;
        long published = io.Published;
        for (int i = 0; i < 600; i++) io.Loop.Inbox.Post(InboundKind.Command, Encoding.ASCII.GetBytes($"{i}"));
        io.Until(() => io.Published == published + 600);
        io.Loop.Inbox.Post(InboundKind.Command, "far behind"u8.ToArray());
        io.Until(() => io.Published == published + 601);

        io.FramesPerCall = int.MaxValue;
        io.Loop.Inbox.Post(InboundKind.Session, "caught up"u8.ToArray());

        io.Await(InboundKind.Session, 1);
        io.Loop.Inbox.Post(InboundKind.Session, "in time"u8.ToArray());
        Assert.True(io.Await(InboundKind.Session, 2)[1].IsEndOfBurst);
        Assert.False(io.Taken.Single(frame => frame.Text == "far behind").IsEndOfBurst);
    }

    [Fact]
    public void The_clock_ticks_by_logic_time_and_makes_up_for_nothing()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { TickNanos = NanosPerSecond });
        io.StartAndAwaitReady();
        io.Await(InboundKind.Tick, 1);

        MoveTo(StartNanos + NanosPerSecond - 1, "no tick yet");
        Assert.Single(io.Await(InboundKind.Tick, 1));
        MoveTo(StartNanos + NanosPerSecond, "one tick");
        MoveTo(StartNanos + (5 * NanosPerSecond), "one more tick");
        MoveTo(StartNanos + (6 * NanosPerSecond) - 1, "none since");

        Assert.Equal([StartNanos, StartNanos + NanosPerSecond, StartNanos + (5 * NanosPerSecond)], io.Await(InboundKind.Tick, 3).Select(frame => frame.LogicNanos));

        void MoveTo(long nanos, string mark)
        {
            io.Clock.Set(nanos);
            int ticksOrMarks = io.Taken.Count;
            io.Loop.Inbox.Post(InboundKind.Command, Encoding.ASCII.GetBytes(mark));
            io.Until(() => io.Taken.Any(frame => frame.Text == mark));
            io.Loop.Inbox.Post(InboundKind.Command, Encoding.ASCII.GetBytes(mark + ", surely"));   // a tick that is due comes before the posts of its turn
            io.Until(() => io.Taken.Any(frame => frame.Text == mark + ", surely") && io.Taken.Count > ticksOrMarks);
        }
    }

    [Fact]
    public void Posts_of_other_threads_become_frames_in_their_order_stamped_with_the_time_they_are_taken()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        for (int i = 1; i <= 1_000; i++)
        {
            io.Clock.Set(StartNanos + i);
            io.Loop.Inbox.Post(InboundKind.Command, Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture)));
        }

        IReadOnlyList<TakenFrame> commands = io.Await(InboundKind.Command, 1_000);
        Assert.Equal(Enumerable.Range(1, 1_000).Select(i => i.ToString(CultureInfo.InvariantCulture)), commands.Select(frame => frame.Text));
        Assert.All(commands, frame => Assert.Equal((ushort)0, frame.Generation));
        Assert.All(commands, frame => Assert.True(frame.LogicNanos - StartNanos >= long.Parse(frame.Text, CultureInfo.InvariantCulture), $"{frame.Text} is stamped before it was posted"));
    }

    [Fact]
    public void Each_frame_of_a_burst_has_the_stamp_of_its_own_arrival()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { Clock = new CountingClock() });
        io.Loop.Inbox.Post(InboundKind.Command, "one"u8.ToArray());
        io.Loop.Inbox.Post(InboundKind.Command, "two"u8.ToArray());
        io.Start();

        IReadOnlyList<TakenFrame> commands = io.Await(InboundKind.Command, 2);

        Assert.Equal([false, true], commands.Select(frame => frame.IsEndOfBurst));
        Assert.Equal(commands[0].LogicNanos + 1, commands[1].LogicNanos);
        Assert.True(commands[0].ReceivedAtNanos < commands[1].ReceivedAtNanos);
    }

    [Fact]
    public void A_full_ring_with_a_slow_reader_loses_nothing_and_is_counted()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, inboundSlots: 4, inboundBytes: 1_024);
        io.StartAndAwaitReady();
        io.FramesPerCall = 1;

        for (int i = 0; i < 100; i++) venue.Session("public").Send([.. Enumerable.Range(i * 5, 5).Select(number => Data(BookTopic, number))]);
        io.Await(InboundKind.PublicFrame, 490);
        io.FramesPerCall = int.MaxValue;
        io.Loop.Inbox.Post(InboundKind.Command, []);

        Assert.Equal(Enumerable.Range(0, 500).Select(number => Data(BookTopic, number)), io.Await(InboundKind.PublicFrame, 500).Select(frame => frame.Text));
        Assert.True(io.Loop.Meters.BackPressure > 0);
    }

    [Fact]
    public void A_request_reaches_the_trade_socket_byte_for_byte_and_its_acknowledgement_the_ring()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        long before = StageClock.NowNanos();
        venue.Session("public").Send(Data(BookTopic, 7));
        io.Await(InboundKind.PublicFrame, 1);
        io.Publish(OutboundKind.Request, generation: 1, Request(1), causeSequence: io.Published - 1);
        io.Publish(OutboundKind.Request, generation: 1, Request(2));   // whose cause nobody knows

        io.Await(InboundKind.TradeFrame, 2);
        Assert.Equal([Encoding.UTF8.GetString(Request(1)), Encoding.UTF8.GetString(Request(2))], venue.Session("trade").Requests);
        Assert.Equal(2, io.Loop.Meters.RequestsSent);
        Assert.Equal(0, io.Loop.Meters.RequestsDropped);
        Assert.Equal(2, io.Loop.Meters.Send.Count);
        Assert.Equal(1, io.Loop.Meters.TickToTrade.Count);
        Assert.InRange(io.Loop.Meters.TickToTrade.Max, 1, StageClock.NowNanos() - before);
        Assert.Equal(2, io.Loop.Meters.RoundTrip.Count);
        Assert.InRange(io.Loop.Meters.RoundTrip.Max, 1, 30 * NanosPerSecond);
    }

    [Fact]
    public void When_the_first_cancel_behind_a_kill_has_left_is_known_and_no_other_request_counts_as_one()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();
        byte[] cancel = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Request(2)).Replace("order.create", "order.cancel", StringComparison.Ordinal));
        long begunNanos = StageClock.NowNanos();

        io.Loop.Inbox.Post(InboundKind.Command, [(byte)OperatorCommand.Kill]);
        io.Await(InboundKind.Command, 1);
        io.Publish(OutboundKind.Request, generation: 1, Request(1));
        io.Await(InboundKind.TradeFrame, 1);
        Assert.Equal(0, io.Loop.Meters.KillAnsweredAtNanos);
        io.Publish(OutboundKind.Request, generation: 1, cancel);
        io.Await(InboundKind.TradeFrame, 2);

        long answeredAtNanos = io.Loop.Meters.KillAnsweredAtNanos;
        Assert.InRange(answeredAtNanos, begunNanos, StageClock.NowNanos());
        io.Publish(OutboundKind.Request, generation: 1, cancel);
        io.Await(InboundKind.TradeFrame, 3);
        Assert.Equal(answeredAtNanos, io.Loop.Meters.KillAnsweredAtNanos);
    }

    [Fact]
    public void A_request_made_for_an_earlier_trade_connection_is_dropped_and_the_present_one_stays()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        io.Publish(OutboundKind.Request, generation: 0, Request(1));
        io.Publish(OutboundKind.Request, generation: 2, Request(2));
        io.Publish(OutboundKind.Request, generation: 1, Request(3));

        io.Await(InboundKind.TradeFrame, 1);
        Assert.Equal([Encoding.UTF8.GetString(Request(3))], venue.Session("trade").Requests);
        Assert.Equal(2, io.Loop.Meters.RequestsDropped);
        Assert.Equal(1, io.Loop.Meters.RequestsSent);
        Assert.Equal(new ConnectionStatus(ConnectionPhase.Ready, 1, LastFault: null, Refused: false), io.Status(VenueChannel.Trade));
    }

    [Fact]
    public void A_request_while_the_trade_socket_logs_in_is_dropped_and_the_login_goes_on()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();
        venue.Silent["trade auth"] = true;
        venue.Session("trade").Cut();
        io.Until(() => io.Events.Contains("trade Opened 2") && venue.Session("trade").Received.Count == 1);

        io.Publish(OutboundKind.Request, generation: 1, Request(1));
        io.Publish(OutboundKind.Request, generation: 2, Request(2));
        io.Until(() => io.Loop.Meters.RequestsDropped == 2);
        venue.Session("trade").Send("{\"reqId\":\"auth\",\"retCode\":0,\"retMsg\":\"OK\",\"op\":\"auth\",\"connId\":\"c\"}");

        io.Until(() => io.Events.Contains("trade Ready 2"));
        Assert.Equal(0, io.Loop.Meters.RequestsSent);
        Assert.Empty(venue.Session("trade").Requests);
    }

    [Fact]
    public void A_trade_socket_that_does_not_read_is_given_up()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();
        venue.Session("trade").StopReading();
        byte[] large = [.. Request(1)[..^1], .. Enumerable.Repeat((byte)' ', 32_000), (byte)'}'];
        while (io.Status(VenueChannel.Trade).LastFault is null)
        {
            long before = io.Loop.Meters.RequestsSent + io.Loop.Meters.RequestsDropped;
            io.Publish(OutboundKind.Request, generation: 1, large);
            io.Until(() => io.Loop.Meters.RequestsSent + io.Loop.Meters.RequestsDropped > before);
        }

        Assert.Equal("the venue does not read", io.Status(VenueChannel.Trade).LastFault);
        Assert.True(io.Loop.Meters.RequestsDropped >= 1);
        io.Until(() => io.Events.Contains("trade Lost 1") && io.Events.Contains("trade Ready 2"));
    }

    [Fact]
    public void A_snapshot_is_asked_for_by_a_new_subscription_on_the_connection_that_lacked_it()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();
        byte[] instrument = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(instrument, 1);

        io.Publish(OutboundKind.SnapshotRequest, generation: 7, instrument);
        io.Publish(OutboundKind.SnapshotRequest, generation: 1, instrument);

        VenueSession session = venue.Session("public");
        io.Until(() => session.Received.Count == 5);
        Assert.Equal([$"{{\"req_id\":\"1\",\"op\":\"unsubscribe\",\"args\":[\"{OtherBookTopic}\"]}}", Subscription(1, OtherBookTopic)], session.Received.Skip(3));
        io.Until(() => io.Loop.Meters.Resubscriptions > 0);   // counted behind the sending
        Assert.Equal(1, io.Loop.Meters.Resubscriptions);
        Assert.Equal(1, io.Status(VenueChannel.Public).TimesReady);
    }

    [Fact]
    public void A_look_up_is_handed_on_whatever_its_generation()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        io.Publish(OutboundKind.LookUpRequest, generation: 9, "what became of it"u8);

        io.Until(() => io.LookUps.Count == 1);
        Assert.Equal(["what became of it"], io.LookUps);
    }

    internal static readonly VenueChannel[] Channels = [VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade];

    internal static string Data(string topic, int number) => $"{{\"topic\":\"{topic}\",\"data\":{number}}}";

    private static string Subscription(int number, string topic) => $"{{\"req_id\":\"{number}\",\"op\":\"subscribe\",\"args\":[\"{topic}\"]}}";

    private static byte[] Request(int number) => Encoding.UTF8.GetBytes($"{{\"reqId\":\"r00000001{number:x8}\",\"header\":{{\"X-BAPI-TIMESTAMP\":\"1700000000000\"}},\"op\":\"order.create\",\"args\":[{{\"symbol\":\"BTCUSDT\"}}]}}");

    /// <summary>Goes on by a nanosecond each time it is read.</summary>
    private sealed class CountingClock : LogicClock
    {
        private long _nowNanos = StartNanos;

        public override long NowNanos => Interlocked.Increment(ref _nowNanos);

        public override long RealNanosUntil(long logicNanos) => 0;
    }
}
