using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

/// <summary>The slow twin of <see cref="MarkOuts"/>: keeps every event, and reckons everything from the first one on at each question.</summary>
internal sealed class NaiveMarkOuts(MarkOutSettings settings)
{
    private static readonly decimal[] Seconds = [0.1m, 1m, 10m];

    private readonly List<(long Nanos, decimal? MidTicks)> _mids = [];
    private readonly List<(long Nanos, Side Side, long Lots)> _fills = [];
    private readonly List<long> _events = [];

    public void OnMid(long twiceMidTicks, long nowNanos)
    {
        _events.Add(nowNanos);
        _mids.Add((nowNanos, twiceMidTicks / 2m));
    }

    public void OnLost(long nowNanos) => _mids.Add((nowNanos, null));

    public void OnFill(Side side, long lots, long nowNanos)
    {
        _events.Add(nowNanos);
        _fills.Add((nowNanos, side, lots));
    }

    public void OnTime(long nowNanos) => _events.Add(nowNanos);

    /// <summary>Every mark-out that is known: when it became so, and what it was.</summary>
    public (long KnownNanos, long Lots, decimal Ticks)[] Known(Side side, int horizon) =>
    [
        .. from fill in _fills
           where fill.Side == side
           let dueNanos = fill.Nanos + (long)(Seconds[horizon] * 1_000_000_000)
           from known in _events.Where(nanos => nanos >= dueNanos).Take(1)
           let then = _mids.Last(mid => mid.Nanos <= fill.Nanos).MidTicks
           let after = _mids.Last(mid => mid.Nanos < known || mid.Nanos <= fill.Nanos).MidTicks
           where then is not null && !_mids.Any(mid => mid.MidTicks is null && mid.Nanos > fill.Nanos && mid.Nanos < known)
           select (known, fill.Lots, (after!.Value - then.Value) * side.Sign),
    ];

    public double MeanTicks(Side side, int horizon, long nowNanos)
    {
        double above = 0, below = 5.0 * settings.BaseQty.Lots;
        foreach ((long knownNanos, long lots, decimal ticks) in Known(side, horizon))
        {
            double weight = Math.Exp(-(nowNanos - knownNanos) / 1e9 / settings.MemorySeconds) * lots;
            above += weight * (double)ticks;
            below += weight;
        }

        return above / below;
    }
}
