using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>What the mid did after the engine's own fills, by side and at 0.1, 1 and 10 seconds, and how far each side's quotes are kept out for it.</summary>
/// <remarks>
/// <para>A fill waits in a ring until each time has passed. Its mark-out is the mid then less the mid when it was told, times +1 for a bid and -1 for an ask: below zero, those who traded with us knew better. Of one side and time:
/// <code>
/// mean     = sum(w lots ticks) / (sum(w lots) + 5 base orders),  w = exp(-age / memory)      without fills it goes to 0
/// widening = clamp(-gain x least mean of the three times, 0, largest fraction x mid)         of that side, in ticks
/// </code>
/// It is applied from one tick on, until it is below half a tick, and reckoned at ticks of the clock (docs/models.md, 2.10).</para>
/// <para>An event costs O(1), amortised: a fill is looked at once a time. Thread: one owner. Allocates: in the constructor only. Throws: in the constructor only.</para>
/// </remarks>
public sealed class MarkOuts
{
    /// <summary>Fills that wait at most. One that comes when so many wait is not followed: with an order budget of ten a second these are hundreds.</summary>
    public const int FillsMax = 1_024;

    private const double PriorOrders = 5;
    private const double WidensFromTicks = 1;
    private const double WidensUntilTicks = 0.5;
    private const double NanosPerSecond = 1e9;

    private readonly double _gain;
    private readonly double _wideningMaxFraction;
    private readonly double _memorySeconds;
    private readonly double _priorLots;

    // A ring: fills are named by a number that only rises. Every time has the fill that waits for it next; the longest one's is the oldest of all.
    private readonly Fill[] _fills = new Fill[FillsMax];
    private readonly long[] _next = new long[HorizonsNanos.Length];
    private long _added;
    private long _dueNanos = long.MaxValue;   // nothing that waits is due before

    private readonly SideSums _bid = new();
    private readonly SideSums _ask = new();
    private long _sumsNanos;
    private bool _hasMid;
    private long _twiceMidTicks;

    /// <summary>Creates one without fills.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names it, what it was and what is allowed.</exception>
    public MarkOuts(MarkOutSettings settings)
    {
        Require(settings.BaseQty.Lots > 0, "base order must have a lot or more", settings.BaseQty.Lots);
        Require(settings.Gain >= 0 && double.IsFinite(settings.Gain), "gain must be a number and not negative", settings.Gain);
        Require(settings.WideningMaxFraction is >= 0 and < 1, "largest widening must be a fraction of 0 to below 1", settings.WideningMaxFraction);
        Require(settings.MemorySeconds > 0 && double.IsFinite(settings.MemorySeconds), "memory must be a positive number of seconds", settings.MemorySeconds);
        _gain = settings.Gain;
        _wideningMaxFraction = settings.WideningMaxFraction;
        _memorySeconds = settings.MemorySeconds;
        _priorLots = PriorOrders * settings.BaseQty.Lots;
    }

    /// <summary>The times after a fill, nanoseconds, rising.</summary>
    public static ReadOnlySpan<long> HorizonsNanos => [100_000_000, 1_000_000_000, 10_000_000_000];

    /// <summary>How far bids are kept out, in 1e-9 ticks; not negative.</summary>
    public long BidWideningNanoTicks => _bid.WideningNanoTicks;

    /// <summary>How far asks are kept out, in 1e-9 ticks; not negative.</summary>
    public long AskWideningNanoTicks => _ask.WideningNanoTicks;

    /// <summary>Whether a side is kept out.</summary>
    public bool Widens => (_bid.WideningNanoTicks | _ask.WideningNanoTicks) != 0;

    /// <summary>The weighted mean that widens, in ticks; 0 without fills.</summary>
    /// <param name="side">Buy for fills of bids, else of asks.</param>
    /// <param name="horizon">Index into <see cref="HorizonsNanos"/>.</param>
    public double MeanTicks(Side side, int horizon) => Of(side).MeanTicks(horizon, _priorLots);

    /// <summary>Lots whose mark-out is known, since the beginning.</summary>
    /// <param name="side">Buy for fills of bids, else of asks.</param>
    /// <param name="horizon">Index into <see cref="HorizonsNanos"/>.</param>
    public long TotalLots(Side side, int horizon) => Of(side).TotalLots[horizon];

    /// <summary>Their mean mark-out by quantity, in ticks, every fill alike; 0 without any.</summary>
    /// <param name="side">Buy for fills of bids, else of asks.</param>
    /// <param name="horizon">Index into <see cref="HorizonsNanos"/>.</param>
    public double TotalMeanTicks(Side side, int horizon) => Of(side).TotalMeanTicks(horizon);

    /// <summary>Takes the mid of a usable book. Mark-outs that are due take the one before: it was in force when their time came.</summary>
    /// <param name="twiceMidTicks">Twice the mid, in ticks.</param>
    /// <param name="nowNanos">Logic time, not before the last.</param>
    public void OnMid(long twiceMidTicks, long nowNanos)
    {
        TakeDue(nowNanos);
        _hasMid = true;
        _twiceMidTicks = twiceMidTicks;
    }

    /// <summary>Takes a fill of one of our resting orders.</summary>
    /// <param name="side">Buy for a bid, sell for an ask.</param>
    /// <param name="qty">Filled quantity, positive.</param>
    /// <param name="nowNanos">Logic time at which it was told, not before the last.</param>
    /// <returns>False when it is not followed: without a mid, or when <see cref="FillsMax"/> wait.</returns>
    public bool OnFill(Side side, QtyLots qty, long nowNanos)
    {
        TakeDue(nowNanos);
        if (!_hasMid || _added - _next[^1] == FillsMax) return false;
        _fills[_added++ % FillsMax] = new Fill(side, qty.Lots, _twiceMidTicks, nowNanos);
        _dueNanos = Math.Min(_dueNanos, nowNanos + HorizonsNanos[0]);
        return true;
    }

    /// <summary>Time has passed: takes what is due, and reckons the widening anew.</summary>
    /// <param name="nowNanos">Logic time, not before the last.</param>
    /// <returns>True when the widening of a side has changed.</returns>
    public bool OnTime(long nowNanos)
    {
        TakeDue(nowNanos);
        if (_gain == 0) return false;
        Age(nowNanos);
        double mostTicks = Math.Min(_wideningMaxFraction * _twiceMidTicks / 2, NanoTicks.TicksMax);
        return Widen(_bid, mostTicks) | Widen(_ask, mostTicks);
    }

    /// <summary>The weighted means begin anew, without fills; the totals go on.</summary>
    public void ForgetMeans()
    {
        _bid.Multiply(0);
        _ask.Multiply(0);
    }

    /// <summary>The book was lost: what the mid did meanwhile is not known, and the fills that wait are not followed any more.</summary>
    public void ForgetWaiting()
    {
        _next.AsSpan().Fill(_added);
        _dueNanos = long.MaxValue;
        _hasMid = false;
    }

    private void TakeDue(long nowNanos)
    {
        if (nowNanos < _dueNanos) return;
        _dueNanos = long.MaxValue;
        ReadOnlySpan<long> horizons = HorizonsNanos;
        for (int horizon = 0; horizon < horizons.Length; horizon++)
        {
            for (; _next[horizon] < _added; _next[horizon]++)
            {
                ref readonly Fill fill = ref _fills[_next[horizon] % FillsMax];
                if (nowNanos - fill.ToldNanos < horizons[horizon])
                {
                    _dueNanos = Math.Min(_dueNanos, fill.ToldNanos + horizons[horizon]);
                    break;
                }

                Age(nowNanos);
                Of(fill.Side).Add(horizon, fill.Lots, fill.Side.Sign * (_twiceMidTicks - fill.TwiceMidTicks));
            }
        }
    }

    /// <summary>Brings the weights to a moment.</summary>
    private void Age(long nowNanos)
    {
        if (nowNanos == _sumsNanos) return;
        double weight = Math.Exp(-((nowNanos - _sumsNanos) / NanosPerSecond) / _memorySeconds);
        _sumsNanos = nowNanos;
        _bid.Multiply(weight);
        _ask.Multiply(weight);
    }

    private bool Widen(SideSums side, double mostTicks)
    {
        double leastMean = 0;
        for (int horizon = 0; horizon < HorizonsNanos.Length; horizon++) leastMean = Math.Min(leastMean, side.MeanTicks(horizon, _priorLots));
        double ticks = Math.Min(-_gain * leastMean, mostTicks);
        double fromTicks = side.WideningNanoTicks > 0 ? WidensUntilTicks : WidensFromTicks;
        NanoTicks.TryFromTicks(ticks >= fromTicks ? ticks : 0, out long widening);
        bool hasChanged = widening != side.WideningNanoTicks;
        side.WideningNanoTicks = widening;
        return hasChanged;
    }

    private SideSums Of(Side side) => side == Side.Buy ? _bid : _ask;

    private static void Require(bool holds, string rule, double was)
    {
        if (!holds) throw new ArgumentException($"mark-outs: {rule}, was {was}");
    }

    private readonly record struct Fill(Side Side, long Lots, long TwiceMidTicks, long ToldNanos);

    /// <summary>The sums of one side, by time after the fill.</summary>
    private sealed class SideSums
    {
        private readonly double[] _ticksLots = new double[HorizonsNanos.Length];
        private readonly double[] _lots = new double[HorizonsNanos.Length];
        private readonly Int128[] _totalTwiceTicksLots = new Int128[HorizonsNanos.Length];

        public long[] TotalLots { get; } = new long[HorizonsNanos.Length];

        public long WideningNanoTicks { get; set; }

        public double MeanTicks(int horizon, double priorLots) => _ticksLots[horizon] / (_lots[horizon] + priorLots);

        public double TotalMeanTicks(int horizon) => TotalLots[horizon] == 0 ? 0 : (double)_totalTwiceTicksLots[horizon] / 2 / TotalLots[horizon];

        public void Add(int horizon, long lots, long twiceTicks)
        {
            _ticksLots[horizon] += lots * (twiceTicks / 2.0);
            _lots[horizon] += lots;
            _totalTwiceTicksLots[horizon] += (Int128)lots * twiceTicks;
            TotalLots[horizon] += lots;
        }

        public void Multiply(double weight)
        {
            for (int horizon = 0; horizon < _lots.Length; horizon++)
            {
                _ticksLots[horizon] *= weight;
                _lots[horizon] *= weight;
            }
        }
    }
}
