namespace LatencyEngine.Model;

/// <summary>A signed distance between two prices of one instrument. Unit: ticks.</summary>
public readonly record struct TickDelta(long Ticks)
{
    /// <summary>The distance without its sign, in ticks.</summary>
    public long AbsTicks => Math.Abs(Ticks);
}
