using System.Diagnostics;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.SideBySide.Tests;

/// <summary>The open loop with what runs in production behind real loopback sockets.</summary>
public sealed class WireToWireComparisonTests
{
    private const int Frames = 400;
    private const long NanosBetween = 100_000;

    private static readonly Lazy<WireToWireComparison.Market> Market = new(() => WireToWireComparison.Market.Of(Tape.Record(WireToWireComparison.QuotingPatiently)));

    private static readonly long[] Due = [.. Enumerable.Range(0, Frames).Select(i => i * NanosBetween)];

    private readonly LatencyHistogram _all = new();

    [Fact]
    public void Every_order_comes_over_plain_sockets_and_answers_market_frames()
    {
        using var venue = new LoopbackVenue();

        Holds(WireToWireComparison.Over(Market.Value, Due, _all, venue, () => PlainVenue.Of(venue), static settings => settings));
    }

    [Fact]
    public void Every_order_comes_through_TLS_and_answers_market_frames()
    {
        using var tls = new TlsVenue();

        Holds(WireToWireComparison.Over(Market.Value, Due, _all, tls.Venue, tls.Decrypting, settings => settings with { AuthoritiesPath = tls.AuthoritiesPath }));
    }

    [Fact]
    public void What_the_venue_sends_late_counts_from_when_it_was_due()
    {
        var stall = TimeSpan.FromMilliseconds(30);
        using var venue = new LoopbackVenue();
        int sent = 0;
        var stalling = new Ends(venue)
        {
            BeforeMarket = () =>
            {
                if (++sent == 250) Spin(stall);
            },
        };

        WireToWireComparison.Flight flight = WireToWireComparison.Over(Market.Value, Due, _all, venue, () => stalling, static settings => settings);

        // The frame behind the stalled one was due 0.1 ms after it: it leaves that much less than the stall too late, and so does what answers it or one of the next hundred.
        Assert.True(flight.Late.Max >= 0.9 * stall.TotalNanoseconds, $"{flight.Late.Max} ns");
        Assert.True(flight.Latency.Max >= 0.5 * stall.TotalNanoseconds, $"{flight.Latency.Max} ns");
    }

    [Fact]
    public void Orders_that_the_wire_swallows_are_counted_as_lost()
    {
        using var venue = new LoopbackVenue();
        int sent = 0;
        bool isDone = false;
        var swallowing = new Ends(venue)
        {
            BeforeMarket = () => sent++,
            Swallows = () => sent > 200 && !isDone && (isDone = true),   // once, behind the scene
        };

        WireToWireComparison.Flight flight = WireToWireComparison.Over(Market.Value, Due, _all, venue, () => swallowing, static settings => settings);

        Assert.InRange(flight.Lost, 1, 10);
        Assert.True(flight.Latency.Count > 0);
    }

    private void Holds(WireToWireComparison.Flight flight)
    {
        Assert.Equal(0, flight.Lost);
        Assert.InRange(flight.Latency.Count, 10, Frames);
        Assert.Equal(flight.Latency.Count, _all.Count);
        Assert.Equal(0, flight.Latency.ClampedCount);
        Assert.True(flight.Latency.ValueAtPercentile(0) > 1_000, "an order is back sooner than a socket takes");
        Assert.Equal(Frames, flight.Late.Count);
        Assert.True(flight.TakenNanos >= Due[^1]);
    }

    private static void Spin(TimeSpan time)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < time) { }
    }

    /// <summary>A plain venue's ends, with something in between.</summary>
    private sealed class Ends(LoopbackVenue venue) : IScriptedVenue
    {
        private PlainVenue? _venue;

        public Action BeforeMarket { get; init; } = static () => { };

        public Func<bool> Swallows { get; init; } = static () => false;

        private PlainVenue Venue => _venue ??= PlainVenue.Of(venue);

        public void Send(VenueChannel channel, ReadOnlySpan<byte> frame)
        {
            if (channel == VenueChannel.Public) BeforeMarket();
            Venue.Send(channel, frame);
        }

        public int Receive(Span<byte> room)
        {
            int bytes = Venue.Receive(room);
            return bytes > 0 && Swallows() ? 0 : bytes;
        }
    }
}
