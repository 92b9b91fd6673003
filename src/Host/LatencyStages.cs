using LatencyEngine.Meter;
using LatencyEngine.Pipeline;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>What is measured of a frame's life, by name.</summary>
public static class LatencyStages
{
    /// <summary>The stages of a run in the order of a frame's life; those of sockets only where there were any.</summary>
    public static IEnumerable<KeyValuePair<string, LatencyHistogram>> Of(HotPathMeters meters, IoMeters? io)
    {
        yield return new("decode", meters.Decode);
        yield return new("decide", meters.Decide);
        yield return new("tickToOrder", meters.TickToOrder);
        if (io is null) yield break;
        yield return new("send", io.Send);
        yield return new("tickToTrade", io.TickToTrade);
        yield return new("roundTrip", io.RoundTrip);
    }
}
