using System.Globalization;
using System.Text;
using LatencyEngine.Host;
using LatencyEngine.Model;

namespace LatencyEngine.Research.Tests;

/// <summary>A slow thread of a test: hears the trades, and says at each step what the test wants.</summary>
/// <param name="stepNanos">Logic time between steps.</param>
/// <param name="say">Given itself, the step and where to publish.</param>
internal sealed class Scripted(long stepNanos, Action<Scripted, EpochNanos, SlowInbox> say) : ISlowThread
{
    /// <inheritdoc />
    public long StepNanos => stepNanos;

    /// <summary>Messages heard.</summary>
    public long Heard { get; private set; }

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>Price of the newest trade of BTCUSDT heard, in ticks of 0.1; 0 before.</summary>
    public long LastTicks { get; private set; }

    /// <summary>Over every byte heard, with its time (FNV-1a).</summary>
    public ulong Hash { get; private set; } = 14_695_981_039_346_656_037;

    /// <inheritdoc />
    public void OnMarket(ReadOnlySpan<byte> message, EpochNanos at)
    {
        Heard++;
        foreach (byte letter in message) Hash = (Hash ^ letter) * 1_099_511_628_211;
        Hash = (Hash ^ (ulong)at.Nanos) * 1_099_511_628_211;
        int price = message.LastIndexOf("\"p\":\""u8);
        if (price < 0 || message.IndexOf("publicTrade.BTCUSDT"u8) < 0) return;
        ReadOnlySpan<byte> rest = message[(price + 5)..];
        LastTicks = (long)(decimal.Parse(Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]), CultureInfo.InvariantCulture) * 10);
    }

    /// <inheritdoc />
    public void OnMissed(long messages) => Assert.Fail("the market waits for it");

    /// <inheritdoc />
    public void Step(EpochNanos asOf, SlowInbox inbox)
    {
        Steps++;
        say(this, asOf, inbox);
    }
}
