namespace LatencyEngine.Simulator;

/// <summary>The order flow of one symbol: limit, market and cancel events without end around a moving value, from a seed.</summary>
/// <remarks>
/// <para>
/// The value walks at random without jumps, in a calm and a volatile regime that take turns, times what the scenario adds. Makers quote around an anchor, which
/// follows the value only when it has gone a tenth of a basis point: so the price stands still at times, as it does live. An anchor that moves leaves wrong
/// prices behind: one time in five an informed taker sweeps them, else the flow's makers pull theirs; a client's order at such a price stays, and is hit by the
/// next maker who wants to rest beyond it. Other takers come with no opinion. Distances from the anchor have the heavy tail s·u/(1 - u).
/// </para>
/// <para>
/// Events are a Poisson process on a grid of 100 µs. No function of the mathematics library is used but the square root, so that a seed gives the same
/// market on every machine. Rates, sizes and volatilities are assumptions of the right order for a large perpetual, not fitted. One thread; it allocates.
/// </para>
/// </remarks>
internal sealed class FlowProcess
{
    private const long GridNanos = 100_000;
    private const double NanosPerSecond = 1e9;
    private const double SecondsPerHour = 3_600;

    // Events a second.
    private const double CalmRate = 50;
    private const double VolatileRate = 90;
    private const double StressedRate = 300;

    // Standard deviation of the value's relative change in one second; 6e-5 is some 34 % a year.
    private const double CalmSigma = 6e-5;
    private const double VolatileSigma = 2e-4;
    private const double CalmSecondsMean = 300;
    private const double VolatileSecondsMean = 60;

    private const double BandPart = 1e-5;            // how far the value goes from the anchor before the anchor follows
    private const double ScalePart = 1e-4;           // median distance of a deep maker
    private const double ScaleTicksMin = 15;
    private const double StressedScale = 20;
    private const double DistancePartMax = 0.03;
    private const double SlipPartMax = 2e-4;         // how far beyond the anchor a taker without opinion goes
    private const int TargetEntries = 400;           // a side, where deep makers come as often as they go
    private const int EntriesMax = 1_200;            // a side
    private const double StressedTarget = 0.3;
    private const double WithdrawnPart = 0.6;
    private const double SweptPart = 0.2;
    private const int OpeningEntries = 600;

    // USDT: the middle of a third of the sizes; the others are 2, 4, 8 ... times that.
    private const double NearValue = 4_000;
    private const double DeepValue = 5_000;
    private const double TakerValue = 1_500;

    private readonly VenueInstrument _instrument;
    private readonly FlowScenario _scenario;
    private readonly SplitMix64 _random;
    private readonly int _rate;
    private readonly long _startNanos;
    private readonly double _driftASecond;
    private readonly double _tick;
    private readonly List<FifoEntry> _bids = [];   // entries of the flow, those already gone included until they are met
    private readonly List<FifoEntry> _asks = [];
    private double _walk;
    private double _anchor;
    private bool _isVolatile;
    private bool _wasStressed;
    private long _lastNanos;

    /// <summary>A market at rest; <see cref="Open"/> puts the first makers in. At a rate of 10 ten times as many events come; the value moves as before.</summary>
    public FlowProcess(VenueInstrument instrument, FlowScenario scenario, decimal firstPrice, ulong seed, long startNanos, int rate = 1)
    {
        _instrument = instrument;
        _scenario = scenario;
        _random = new SplitMix64(seed);
        _rate = rate;
        _startNanos = _lastNanos = startNanos;
        _tick = (double)instrument.TickSize;
        _walk = _anchor = (double)firstPrice;
        _driftASecond = (_random.NextUnit() < 0.5 ? -1 : 1) * scenario.DriftAnHour / SecondsPerHour;
        Schedule();
    }

    /// <summary>When the next event happens, ns since 1970.</summary>
    public long NextNanos { get; private set; }

    /// <summary>The value that the market moves around, USDT.</summary>
    public double Value => _walk * _scenario.FactorAt(_lastNanos - _startNanos);

    private long AnchorTicks => (long)Math.Max(_anchor / _tick, ((double)_instrument.MinPrice / _tick) + 1);

    /// <summary>Puts the first makers into an empty book.</summary>
    public void Open(FifoBook book)
    {
        List<FifoFill> none = [];
        for (int i = 0; i < OpeningEntries; i++)
        {
            PlaceNear(book, isBuy: i % 2 == 0, none);
            PlaceDeep(book, isBuy: i % 2 == 0, none);
        }
    }

    /// <summary>Plays the event that is due and draws the time of the next.</summary>
    /// <param name="book">The market's book.</param>
    /// <param name="takes">Receives what takers took: one item for each taker.</param>
    public void Act(FifoBook book, List<FlowTake> takes)
    {
        Move(NextNanos);
        bool isStressed = _scenario.IsStressed(_lastNanos - _startNanos);
        bool isShock = isStressed && !_wasStressed;
        _wasStressed = isStressed;
        if (isShock) Withdraw(book);
        if (Math.Abs(Value - _anchor) > Math.Max(BandPart * Value, 0.6 * _tick)) Follow(book, leavesNobody: isShock && _scenario.FallNanos == 0, takes);

        List<FifoFill> fills = [];
        bool buys;
        double kind = _random.NextUnit();
        if (kind < 0.12)
        {
            buys = _random.NextUnit() < 0.5;
            long slipTicks = 1 + (long)(SlipPartMax * _anchor / _tick);
            book.Take(buys, AnchorTicks + (buys ? slipTicks : -slipTicks), Lots(TakerValue), fills);
        }
        else if (kind < 0.50)
        {
            buys = IsBidFarther(book) == _random.NextUnit() < 0.7;
            PlaceNear(book, buys, fills);
        }
        else
        {
            buys = _random.NextUnit() < 0.5;
            int count = book.EntryCount(buys);
            double target = TargetEntries * (isStressed ? StressedTarget : 1);
            if (_random.NextUnit() < count / (count + target)) CancelAny(book, buys);
            else PlaceDeep(book, buys, fills);
        }

        Collect(book, takes, buys, ref fills);
        Schedule();
    }

    private static void Collect(FifoBook book, List<FlowTake> takes, bool takerBuys, ref List<FifoFill> fills)
    {
        if (fills.Count == 0) return;
        takes.Add(new FlowTake(takerBuys, book.Sequence, fills));
        fills = [];
    }

    private void Schedule()
    {
        bool isStressed = _scenario.IsStressed(_lastNanos - _startNanos);
        double chance = _rate * (isStressed ? StressedRate : _isVolatile ? VolatileRate : CalmRate) * GridNanos / NanosPerSecond;
        NextNanos = _lastNanos;
        do NextNanos += GridNanos;
        while (_random.NextUnit() >= chance);
    }

    private void Move(long nowNanos)
    {
        double seconds = (nowNanos - _lastNanos) / NanosPerSecond;
        _lastNanos = nowNanos;
        if (_random.NextUnit() < seconds / (_isVolatile ? VolatileSecondsMean : CalmSecondsMean)) _isVolatile = !_isVolatile;
        _walk *= 1 + (_driftASecond * seconds) + ((_isVolatile ? VolatileSigma : CalmSigma) * Math.Sqrt(seconds) * Normal());
    }

    /// <summary>The anchor follows the value: prices that it passes are swept or pulled, and makers quote anew on both sides.</summary>
    /// <param name="book">The market's book.</param>
    /// <param name="leavesNobody">A gap: nobody is there to sweep.</param>
    /// <param name="takes">Receives what the takers took.</param>
    private void Follow(FifoBook book, bool leavesNobody, List<FlowTake> takes)
    {
        bool rises = Value > _anchor;
        _anchor = Value;
        List<FifoFill> fills = [];
        if (!leavesNobody && _random.NextUnit() < SweptPart) book.Take(rises, rises ? AnchorTicks : AnchorTicks + 1, long.MaxValue, fills);
        else Pull(book, bidSide: !rises, fills);
        Collect(book, takes, rises, ref fills);
        foreach (bool buys in (ReadOnlySpan<bool>)[true, false])
        {
            PlaceNear(book, buys, fills);
            Collect(book, takes, buys, ref fills);
        }
    }

    /// <summary>The flow's entries on the wrong side of the anchor are quoted anew behind it; clients' stay.</summary>
    private void Pull(FifoBook book, bool bidSide, List<FifoFill> fills)
    {
        List<FifoEntry> wrong = [];
        foreach ((long priceTicks, _) in book.Levels(bidSide))
        {
            if (bidSide ? priceTicks <= AnchorTicks : priceTicks > AnchorTicks) break;
            wrong.AddRange(book.EntriesAt(bidSide, priceTicks).Where(entry => entry.Order is null));
        }

        foreach (FifoEntry entry in wrong) book.Remove(entry);
        foreach (FifoEntry _ in wrong) PlaceDeep(book, bidSide, fills);
    }

    private void Withdraw(FifoBook book)
    {
        foreach (FifoEntry entry in _bids.Concat(_asks))
        {
            if (entry.Lots > 0 && _random.NextUnit() < WithdrawnPart) book.Remove(entry);
        }
    }

    private void CancelAny(FifoBook book, bool bidSide)
    {
        List<FifoEntry> entries = Entries(bidSide);
        while (entries.Count > 0)
        {
            int index = (int)(_random.NextUnit() * entries.Count);
            FifoEntry entry = entries[index];
            entries[index] = entries[^1];
            entries.RemoveAt(entries.Count - 1);
            if (entry.Lots == 0) continue;
            book.Remove(entry);
            return;
        }
    }

    private bool IsBidFarther(FifoBook book)
    {
        if (book.BestTicks(bidSide: true) is not { } bid) return true;
        return book.BestTicks(bidSide: false) is { } ask && AnchorTicks - bid > ask - AnchorTicks - 1;
    }

    private void PlaceNear(FifoBook book, bool isBuy, List<FifoFill> fills)
    {
        long distanceTicks = 0;
        while (distanceTicks < 10 && _random.NextUnit() < 0.4) distanceTicks++;
        Place(book, isBuy, distanceTicks, Lots(NearValue), fills);
    }

    private void PlaceDeep(FifoBook book, bool isBuy, List<FifoFill> fills)
    {
        double scaleTicks = Math.Max(ScalePart * _anchor / _tick, ScaleTicksMin) * (_scenario.IsStressed(_lastNanos - _startNanos) ? StressedScale : 1);
        double part = _random.NextUnit();
        long distanceTicks = (long)Math.Min(scaleTicks * part / (1 - part), DistancePartMax * _random.NextUnit() * _anchor / _tick);
        Place(book, isBuy, distanceTicks, Lots(DeepValue), fills);
    }

    /// <summary>A limit order of the flow: it takes what stands in its way, clients' orders behind the anchor, and rests.</summary>
    private void Place(FifoBook book, bool isBuy, long distanceTicks, long lots, List<FifoFill> fills)
    {
        long priceTicks = isBuy ? Math.Max(AnchorTicks - distanceTicks, 1) : AnchorTicks + 1 + distanceTicks;
        long left = lots - book.Take(isBuy, priceTicks, lots, fills);
        if (left == 0) return;
        Entries(isBuy).Add(book.Add(isBuy, priceTicks, left));
        if (book.EntryCount(isBuy) > EntriesMax) CancelAny(book, isBuy);
    }

    private List<FifoEntry> Entries(bool bidSide) => bidSide ? _bids : _asks;

    /// <summary>A size around a value: even between a fifth and nine fifths of it, doubled again and again with one chance in three.</summary>
    private long Lots(double value)
    {
        const int DoublingsMax = 6;
        double size = value * (0.2 + (1.6 * _random.NextUnit()));
        for (int i = 0; i < DoublingsMax && _random.NextUnit() < 0.33; i++) size *= 2;
        double step = (double)_instrument.QtyStep;
        return (long)Math.Max(size / (_anchor * step), (double)_instrument.MinOrderQty / step);
    }

    /// <summary>The sum of twelve even draws less six: normal but for its tails beyond six, and exact on every machine.</summary>
    private double Normal()
    {
        double sum = -6;
        for (int i = 0; i < 12; i++) sum += _random.NextUnit();
        return sum;
    }
}
