using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LatencyEngine.Model;
using static LatencyEngine.Transport.Tests.IoHarness;

namespace LatencyEngine.Transport.Tests;

/// <summary>Connections that fail, are refused or are lost, and how they come back.</summary>
public sealed class IoLoopLossTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData("trade")]
    [InlineData("private")]
    public void A_refused_login_is_told_with_the_venues_words_and_puts_the_clock_in_doubt(string name)
    {
        int doubts = 0;
        using var venue = new ScriptedVenue();
        venue.Refused["auth"] = "API key is invalid.";
        using var io = new IoHarness(venue, settings => settings with { OnClockRefused = () => Interlocked.Increment(ref doubts) });
        io.Start();
        VenueChannel channel = name == "trade" ? VenueChannel.Trade : VenueChannel.Private;

        io.Until(() => io.Status(channel).Refused);

        Assert.Equal("login refused: API key is invalid.", io.Status(channel).LastFault);
        Assert.True(Volatile.Read(ref doubts) > 0);
        io.Until(() => io.Events.Contains($"{name} Lost 1"));
        Assert.DoesNotContain($"{name} Ready 1", io.Events);
    }

    [Fact]
    public void A_refusal_that_repeats_the_key_is_told_without_it()
    {
        using var venue = new ScriptedVenue();
        venue.Refused["auth"] = "error sign! origin_string[1682321990138test-key5000]";
        using var io = new IoHarness(venue);
        io.Start();

        io.Until(() => io.Status(VenueChannel.Trade).Refused && io.Events.Contains("trade Lost 1"));

        Assert.Equal("login refused: error sign! origin_string[1682321990138(key)5000]", io.Status(VenueChannel.Trade).LastFault);
        Assert.DoesNotContain("test-key", io.Loop.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_topic_without_an_id_is_the_oldest_that_waits_for_its_confirmation()
    {
        using var venue = new ScriptedVenue { LeavesOutIds = true };
        venue.Refused["execution"] = "no";
        using var io = new IoHarness(venue);
        io.Start();

        io.Until(() => io.Status(VenueChannel.Private).Refused);

        Assert.Equal("subscription of execution refused: no", io.Status(VenueChannel.Private).LastFault);
    }

    [Fact]
    public void A_refused_topic_is_told_by_name()
    {
        using var venue = new ScriptedVenue();
        venue.Refused[OtherBookTopic] = "error:handler not found,topic:" + OtherBookTopic;
        using var io = new IoHarness(venue);
        io.Start();

        io.Until(() => io.Status(VenueChannel.Public).Refused);

        Assert.Equal($"subscription of {OtherBookTopic} refused: error:handler not found,topic:{OtherBookTopic}", io.Status(VenueChannel.Public).LastFault);
    }

    [Fact]
    public void A_topic_that_stands_already_is_as_good_as_one_that_was_confirmed()
    {
        using var venue = new ScriptedVenue();
        venue.Refused["execution"] = "error:already subscribed,topic:execution";
        using var io = new IoHarness(venue);
        io.Start();

        io.Until(() => io.Status(VenueChannel.Private).Phase == ConnectionPhase.Ready);

        Assert.Equal((1, null), (io.Status(VenueChannel.Private).TimesReady, io.Status(VenueChannel.Private).LastFault));
    }

    [Fact]
    public void A_refusal_stays_the_reason_when_the_venue_closes_behind_it_until_the_connection_is_of_use()
    {
        using var venue = new ScriptedVenue { ClosesAfterRefusal = true };
        venue.Refused["auth"] = "Params Error";
        using var io = new IoHarness(venue);
        io.Start();

        io.Until(() => io.Events.Contains("private Lost 3"));
        Assert.Equal((true, "login refused: Params Error"), (io.Status(VenueChannel.Private).Refused, io.Status(VenueChannel.Private).LastFault));

        venue.Refused.Clear();
        io.Until(() => io.Status(VenueChannel.Private).Phase == ConnectionPhase.Ready);
        Assert.False(io.Status(VenueChannel.Private).Refused);
    }

    [Theory]
    [InlineData("upgrade", "no answer to the WebSocket upgrade within 0.2 s")]
    [InlineData("auth", "no answer to the login within 0.2 s")]
    [InlineData("execution", "no answer to the subscription of execution within 0.2 s")]
    public void A_venue_that_leaves_a_step_unanswered_is_given_up_and_the_step_named(string step, string fault)
    {
        using var venue = new ScriptedVenue();
        venue.Silent[step] = true;
        using var io = new IoHarness(venue, settings => settings with { Timings = settings.Timings with { Establish = Short } });
        io.Start();

        io.Until(() => io.Status(VenueChannel.Private).LastFault == fault);

        venue.Silent.Clear();
        io.Until(() => io.Status(VenueChannel.Private).TimesReady == 1);
        Assert.False(io.Status(VenueChannel.Private).Refused);
    }

    [Fact]
    public void An_address_where_nobody_listens_is_told_as_refused_by_the_host()
    {
        using var gone = new ScriptedVenue(isThere: false);
        using var io = new IoHarness(gone);
        io.Start();

        io.Until(() => IoLoopTests.Channels.All(channel => io.Status(channel).LastFault == "no TCP connection: ConnectionRefused"));

        Assert.Empty(io.Events);
        Assert.Contains("trade ", io.Loop.Describe().ToLowerInvariant(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_no_link_can_take_is_told_and_the_other_connections_stand()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { PublicAddress = new Uri(settings.PublicAddress, new string('x', 64 * 1024)) });
        io.Start();

        io.Until(() => io.Status(VenueChannel.Private).TimesReady == 1 && io.Status(VenueChannel.Public).LastFault is not null);

        Assert.StartsWith("no WebSocket: the upgrade request has ", io.Status(VenueChannel.Public).LastFault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_does_not_answer_is_given_up()
    {
        using var host = new FullHost();
        using var gone = new ScriptedVenue(isThere: false);
        using var io = new IoHarness(gone, settings => settings with { PublicAddress = host.Address, Timings = settings.Timings with { Establish = Short } });
        io.Start();

        io.Until(() => io.Status(VenueChannel.Public).LastFault == "no TCP connection within 0.2 s");
    }

    [Fact]
    public void A_connection_on_which_nothing_is_heard_is_given_up()
    {
        using var venue = new ScriptedVenue();
        venue.Silent["ping"] = true;
        using var io = new IoHarness(venue, settings => settings with { Timings = settings.Timings with { SilenceMax = Short, AccountSilenceMax = Short, PingInterval = TimeSpan.FromMilliseconds(20), AccountPingInterval = TimeSpan.FromMilliseconds(20) } });
        io.Start();

        foreach (VenueChannel channel in IoLoopTests.Channels) io.Until(() => io.Status(channel).LastFault == "nothing heard for 0.2 s" && io.Status(channel).TimesReady > 1);

        // A life that a busy machine makes short may end before its first ping.
        io.Until(() => venue.Sessions.Where(session => session.Pings > 0).DistinctBy(session => session.Name).Count() == 3);
    }

    [Fact]
    public void The_sockets_of_the_account_have_times_of_their_own_for_pings_and_silence()
    {
        var defaults = new ConnectionTimings();
        Assert.Equal((20, 30, 5, 10), (defaults.PingInterval.TotalSeconds, defaults.SilenceMax.TotalSeconds, defaults.AccountPingInterval.TotalSeconds, defaults.AccountSilenceMax.TotalSeconds));
        using var venue = new ScriptedVenue();
        venue.Silent["ping"] = true;
        using var io = new IoHarness(venue, settings => settings with { Timings = settings.Timings with { AccountSilenceMax = Short, AccountPingInterval = TimeSpan.FromMilliseconds(20) } });
        io.Start();

        foreach (VenueChannel channel in IoLoopTests.Channels[1..]) io.Until(() => io.Status(channel).LastFault == "nothing heard for 0.2 s" && io.Status(channel).TimesReady > 1);

        io.Until(() => io.Status(VenueChannel.Public).Phase == ConnectionPhase.Ready);
        Assert.Equal(new ConnectionStatus(ConnectionPhase.Ready, 1, LastFault: null, Refused: false), io.Status(VenueChannel.Public));
        Assert.Equal(0, venue.Session("public").Pings);
    }

    [Fact]
    public void Pings_go_out_on_every_socket_and_their_answers_count_as_heard()
    {
        using var venue = new ScriptedVenue();
        TimeSpan silenceMax = TimeSpan.FromSeconds(4);   // a machine that stands still for two seconds hears nothing either
        using var io = new IoHarness(venue, settings => settings with { Timings = settings.Timings with { SilenceMax = silenceMax, AccountSilenceMax = silenceMax, PingInterval = TimeSpan.FromMilliseconds(50), AccountPingInterval = TimeSpan.FromMilliseconds(50) } });
        io.StartAndAwaitReady();
        long start = Stopwatch.GetTimestamp();

        io.Until(() => Stopwatch.GetElapsedTime(start) > silenceMax * 1.1 && venue.Sessions.All(session => session.Pings >= 3));

        Assert.Equal(3, venue.Sessions.Count);
        Assert.All(IoLoopTests.Channels, channel => Assert.Equal(new ConnectionStatus(ConnectionPhase.Ready, 1, LastFault: null, Refused: false), io.Status(channel)));
        Assert.All(io.Taken, frame => Assert.Equal(InboundKind.Connection, frame.Kind));
    }

    [Fact]
    public void After_a_cut_the_loss_is_told_once_and_a_new_life_logs_in_afresh_and_asks_for_every_topic()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();
        io.Clock.Set(StartNanos + 5_000_000_000);

        venue.Session("private").Cut();
        io.Until(() => io.Events.Contains("private Ready 2"));

        Assert.Equal(["private Opened 1", "private Ready 1", "private Lost 1", "private Opened 2", "private Ready 2"], io.Events.Where(text => text.StartsWith("private", StringComparison.Ordinal)));
        string[] commands = [.. venue.Session("private").Received];
        Assert.Contains(",1700000015000,", commands[0], StringComparison.Ordinal);
        Assert.Equal(venue.Sessions.First(session => session.Name == "private").Received.Skip(1), commands.Skip(1));
        Assert.Equal(5, commands.Length);
        Assert.Equal(2, io.Status(VenueChannel.Private).TimesReady);
        Assert.Equal(1, io.Status(VenueChannel.Public).TimesReady);

        venue.Session("private").Send(IoLoopTests.Data("order", 1));
        Assert.Equal((ushort)2, Assert.Single(io.Await(InboundKind.PrivateFrame, 1)).Generation);
    }

    [Fact]
    public void What_a_connection_had_delivered_before_its_end_stands_before_its_loss()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue);
        io.StartAndAwaitReady();

        venue.Session("public").SendAndEnd(IoLoopTests.Data(BookTopic, 1), IoLoopTests.Data(BookTopic, 2));
        io.Until(() => io.Events.Contains("public Ready 2"));

        Assert.Equal(
            ["public Opened 1", "public Ready 1", IoLoopTests.Data(BookTopic, 1), IoLoopTests.Data(BookTopic, 2), "public Lost 1", "public Opened 2", "public Ready 2"],
            io.Taken.Where(frame => frame.Kind == InboundKind.PublicFrame || frame.Text.StartsWith("public", StringComparison.Ordinal)).Select(frame => frame.Text));
        Assert.All(io.Await(InboundKind.PublicFrame, 2), frame => Assert.Equal((ushort)1, frame.Generation));
    }

    [Fact]
    public void The_wait_between_attempts_doubles_up_to_a_first_bound_and_after_a_number_of_attempts_up_to_its_maximum()
    {
        const int Attempts = 12;
        using var venue = new ScriptedVenue { CutsBeforeUpgrade = true };
        using var gone = new ScriptedVenue(isThere: false);
        using var io = new IoHarness(gone, settings => settings with
        {
            PublicAddress = venue.Address("public"),
            Timings = settings.Timings with { RetryFirst = TimeSpan.FromMilliseconds(10), RetrySoonMax = TimeSpan.FromMilliseconds(20), RetriesSoon = 5, RetryMax = TimeSpan.FromMilliseconds(100) },
        });
        io.Start();
        io.Until(() => venue.AcceptedAt.Count >= Attempts);
        Assert.True(io.Stop());

        long[] accepted = [.. venue.AcceptedAt.Take(Attempts)];
        for (int i = 1; i < Attempts; i++)
        {
            double waitedMillis = Stopwatch.GetElapsedTime(accepted[i - 1], accepted[i]).TotalMilliseconds;
            double longest = Math.Min(Math.Min(10 * Math.Pow(2, i - 1), 20) * Math.Pow(2, Math.Max(i - 1 - 5, 0)), 100);
            Assert.True(waitedMillis >= (longest / 2) - 1, $"attempt {i + 1} came after {waitedMillis} ms");
        }

        // Without a maximum the last wait alone had 5 s.
        Assert.True(Stopwatch.GetElapsedTime(accepted[^2], accepted[^1]) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void The_first_attempts_stay_close_together_however_many_fail()
    {
        using var venue = new ScriptedVenue { CutsBeforeUpgrade = true };
        using var gone = new ScriptedVenue(isThere: false);
        using var io = new IoHarness(gone, settings => settings with
        {
            PublicAddress = venue.Address("public"),
            Timings = settings.Timings with { RetrySoonMax = TimeSpan.FromMilliseconds(5), RetriesSoon = 30, RetryMax = TimeSpan.FromHours(1) },
        });
        io.Start();

        io.Until(() => venue.AcceptedAt.Count >= 30);   // if the waits doubled on, the last one had six days
    }

    [Fact]
    public void A_connection_that_was_stable_comes_back_after_the_first_wait_however_often_it_is_lost()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { Timings = settings.Timings with { StableAfter = TimeSpan.Zero, RetryMax = TimeSpan.FromHours(1) } });
        io.StartAndAwaitReady();

        // If the waits doubled, the last one had 18 hours.
        for (int life = 1; life <= 26; life++)
        {
            venue.Session("public").Cut();
            io.Until(() => io.Events.Contains($"public Ready {life + 1}"));
        }

        Assert.Equal(26, io.Events.Count(text => text.StartsWith("public Lost", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("waiting")]
    [InlineData("connecting")]
    [InlineData("upgrade")]
    [InlineData("auth")]
    [InlineData("ready")]
    [InlineData("close")]
    public void The_loop_ends_when_it_is_told_to_whatever_its_connections_do(string phase)
    {
        using var venue = new ScriptedVenue();
        using var host = new FullHost();
        venue.Silent[phase] = true;
        using ScriptedVenue target = phase == "waiting" ? new ScriptedVenue(isThere: false) : venue;
        using var io = new IoHarness(target, settings => phase switch
        {
            "waiting" => settings with { Timings = settings.Timings with { RetryFirst = TimeSpan.FromHours(1), RetryMax = TimeSpan.FromHours(1) } },
            "connecting" => settings with { PublicAddress = host.Address, PrivateAddress = host.Address, TradeAddress = host.Address },
            _ => settings,
        });
        io.Start();
        switch (phase)
        {
            case "waiting": io.Until(() => IoLoopTests.Channels.All(channel => io.Status(channel).LastFault is not null)); break;
            case "connecting": io.Until(() => IoLoopTests.Channels.All(channel => io.Status(channel).Phase == ConnectionPhase.Connecting)); break;
            case "upgrade": io.Until(() => IoLoopTests.Channels.All(channel => io.Status(channel).Phase == ConnectionPhase.Upgrading) && venue.Sessions.Count == 3); break;
            case "auth": io.Until(() => io.Status(VenueChannel.Trade).Phase == ConnectionPhase.LoggingIn); break;
            default: io.Until(() => IoLoopTests.Channels.All(channel => io.Status(channel).Phase == ConnectionPhase.Ready)); break;
        }

        Assert.True(io.Stop(), $"the loop runs on: {io.Loop.Describe()}");

        Assert.All(IoLoopTests.Channels, channel => Assert.Equal(ConnectionPhase.Stopped, io.Status(channel).Phase));
        Assert.Equal(io.Events.Count(text => text.Contains("Opened", StringComparison.Ordinal)), io.Events.Count(text => text.Contains("Lost", StringComparison.Ordinal)));
        if (phase is "ready" or "close") Assert.True(Within(() => venue.Sessions.All(session => session.IsEnded)));
        Assert.True(io.Stop());
    }

    [Theory]
    [InlineData(WaitMode.Yield)]
    [InlineData(WaitMode.Spin)]
    public void Every_connection_whose_close_is_not_answered_is_lost_and_stopped_however_the_loop_waits(WaitMode wait)
    {
        using var venue = new ScriptedVenue();
        venue.Silent["close"] = true;
        using var io = new IoHarness(venue, settings => settings with { Wait = wait });
        io.StartAndAwaitReady();

        Assert.True(io.Stop());

        Assert.All(IoLoopTests.Channels, channel => Assert.Equal(ConnectionPhase.Stopped, io.Status(channel).Phase));
        Assert.Equal(["private Lost 1", "public Lost 1", "trade Lost 1"], io.Events.Where(text => text.Contains("Lost", StringComparison.Ordinal)).Order());
    }

    /// <summary>A host that takes no more connections: its queue is full, and the kernel leaves a further one unanswered.</summary>
    private sealed class FullHost : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _waiting = [];

        public FullHost()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            for (int i = 0; i < 4; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _waiting.Add(socket);
                try
                {
                    socket.Connect(_listener.LocalEndPoint!);
                }
                catch (SocketException fault) when (fault.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // It waits for its answer: that is what it is for.
                }
            }
        }

        public Uri Address => new($"ws://{_listener.LocalEndPoint}/v5/public/linear");

        public void Dispose()
        {
            foreach (Socket socket in _waiting) socket.Dispose();
            _listener.Dispose();
        }
    }
}
