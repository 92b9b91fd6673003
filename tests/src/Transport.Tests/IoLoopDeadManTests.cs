using LatencyEngine.Model;
using static LatencyEngine.Transport.Tests.IoHarness;

namespace LatencyEngine.Transport.Tests;

/// <summary>The venue's disconnect protection, which an engine that hangs must set off, and connections that are made anew for their age.</summary>
public sealed class IoLoopDeadManTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_private_socket_arms_the_protection_only_where_it_is_told_to(bool arms)
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { ArmsDisconnectProtection = arms });
        io.StartAndAwaitReady();

        Assert.Equal(arms, venue.Session("private").Received.Any(text => text.Contains("\"dcp.future\"", StringComparison.Ordinal)));
        Assert.DoesNotContain(venue.Session("trade").Received.Concat(venue.Session("public").Received), text => text.Contains("dcp", StringComparison.Ordinal));
    }

    [Fact]
    public void While_the_engine_hangs_the_protected_socket_is_dropped_and_not_made_anew()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => Hurried(settings) with { ArmsDisconnectProtection = true });
        io.StartAndAwaitReady();
        io.Until(() => venue.Session("private").Pings > 3);

        io.FramesPerCall = 0;
        venue.Session("private").Send("{\"topic\":\"wallet\"}");
        io.Until(() => io.Status(VenueChannel.Private).LastFault is { } fault && fault.StartsWith("dropped, for the engine takes nothing", StringComparison.Ordinal));
        int pings = venue.Session("trade").Pings;
        io.Until(() => venue.Session("trade").Pings > pings + 20);

        Assert.True(io.Loop.Meters.PingsWithheld > 0);
        Assert.Equal((1, 1), (io.Status(VenueChannel.Private).TimesReady, io.Status(VenueChannel.Trade).TimesReady));
        Assert.Single(venue.Sessions, session => session.Name == "private");

        io.FramesPerCall = int.MaxValue;
        io.Loop.Inbox.Post(InboundKind.Tick, []);
        io.Until(() => io.Status(VenueChannel.Private).TimesReady == 2);
    }

    [Fact]
    public void The_protected_socket_is_dropped_also_where_the_ring_of_a_hanging_engine_has_no_room_left()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { ArmsDisconnectProtection = true, Timings = settings.Timings with { EngineStallMax = TimeSpan.FromMilliseconds(100) } }, inboundSlots: 16);
        io.StartAndAwaitReady();
        VenueSession before = venue.Session("private");

        io.FramesPerCall = 0;
        venue.Session("public").Send([.. Enumerable.Repeat("{\"topic\":\"tickers\"}", 32)]);
        io.Until(() => before.IsEnded);

        Assert.False(venue.Session("public").IsEnded || venue.Session("trade").IsEnded);
        io.FramesPerCall = int.MaxValue;
        io.Until(() => io.Status(VenueChannel.Private).TimesReady == 2);
    }

    [Fact]
    public void Without_the_protection_a_hanging_engine_keeps_its_sockets()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, Hurried);
        io.StartAndAwaitReady();
        io.FramesPerCall = 0;
        venue.Session("private").Send("{\"topic\":\"wallet\"}");
        int pings = venue.Session("private").Pings;

        io.Until(() => venue.Session("private").Pings > pings + 40);

        Assert.Equal((1, 0), (io.Status(VenueChannel.Private).TimesReady, io.Loop.Meters.PingsWithheld));
    }

    [Fact]
    public void Old_account_sockets_are_made_anew_one_after_the_other_and_the_engine_is_told_before_the_trade_one_goes()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => Aged(settings, leaveWithin: TimeSpan.FromMilliseconds(50)));
        io.Start();

        io.Until(() => io.Status(VenueChannel.Trade).TimesReady >= 4 && io.Status(VenueChannel.Private).TimesReady >= 4);

        IReadOnlyList<string> events = io.Events;
        var isReady = new Dictionary<string, bool> { ["public"] = false, ["private"] = false, ["trade"] = false };
        bool stood = false;
        foreach (string[] words in events.Select(text => text.Split(' ')))
        {
            if (words[1] == "Lost" && words[0] == "trade") Assert.Contains($"trade Leaving {words[2]}", events);
            isReady[words[0]] = words[1] is "Ready" or "Leaving";
            stood |= isReady.Values.All(ready => ready);
            if (stood) Assert.True(isReady["private"] || isReady["trade"], string.Join(", ", events));
        }

        Assert.Equal(1, io.Status(VenueChannel.Public).TimesReady);
        Assert.Equal("made anew by plan, for its age", io.Status(VenueChannel.Trade).LastFault);
        Assert.True(io.Loop.Meters.ConnectionsRenewed >= 6);
    }

    [Fact]
    public void The_trade_socket_goes_as_soon_as_the_engine_has_no_order_left()
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => Aged(settings, leaveWithin: TimeSpan.FromMinutes(5)));
        io.Start();
        io.Until(() => io.Events.Contains("trade Leaving 1"));
        Assert.Equal(1, io.Status(VenueChannel.Trade).TimesReady);

        io.Publish(OutboundKind.ReconnectTrade, generation: 1, []);

        io.Until(() => io.Events.Contains("trade Ready 2"));
        Assert.Equal("made anew by plan, for its age", io.Status(VenueChannel.Trade).LastFault);
    }

    [Fact]
    public void The_shipped_age_is_below_a_day_and_a_stall_is_noticed_within_the_venues_window()
    {
        var shipped = new ConnectionTimings();

        Assert.Equal(23, shipped.AccountAgeMax.TotalHours);
        Assert.True(shipped.EngineStallMax + shipped.AccountPingInterval < TimeSpan.FromSeconds(10));
    }

    private static IoSettings Hurried(IoSettings settings) => settings with
    {
        Timings = settings.Timings with { AccountPingInterval = TimeSpan.FromMilliseconds(20), EngineStallMax = TimeSpan.FromMilliseconds(100) },
    };

    private static IoSettings Aged(IoSettings settings, TimeSpan leaveWithin) => settings with
    {
        Timings = settings.Timings with { AccountAgeMax = TimeSpan.FromMilliseconds(200), StableAfter = TimeSpan.FromMilliseconds(50), LeaveWithin = leaveWithin },
    };
}
