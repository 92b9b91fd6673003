using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>From a model's numbers to prices on ticks and quantities in lots: bias clamp, inventory skew, fee floor, rounding away from the mid, post-only, ladder, room.</summary>
/// <remarks>
/// Exact: after the inputs no value is rounded before the tick it lands on.
/// Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor.
/// </remarks>
public sealed class QuotePipeline
{
    /// <summary>Most levels a side. Bybit's default budget is 10 requests a second per operation (Bybit V5, rate limits): 2 x 16 quotes already take more than three seconds to move.</summary>
    public const int LevelsMax = 16;

    /// <summary>Largest position, in 1e-8 base units: half the range, so that room (bound plus position) cannot overflow.</summary>
    public const long PositionE8Max = long.MaxValue / 2;

    private const long OneE8 = 100_000_000;

    /// <summary>0.8: the largest bias as a share of the model's half-spread.</summary>
    private const long BiasShareMaxE8 = 80_000_000;

    /// <summary>The largest bias as a share of the model's half-spread.</summary>
    internal const double BiasShareMax = BiasShareMaxE8 / (double)OneE8;

    /// <summary>The scale of a price times a fee fraction: 1e-9 ticks x 1e-8.</summary>
    private const long TickE17 = NanoTicks.One * OneE8;

    private readonly long _lotE8;
    private readonly long _baseE8;
    private readonly long _roomE8;
    private readonly long _feeFloorE8;
    private readonly long _addingShrinkE8;
    private readonly long[] _offsetTicks;
    private readonly Int128 _skewMax;
    private readonly long[] _wantLots;
    private readonly long _ladderLots;
    private readonly Int128 _ladderE8;
    private readonly double _perBaseE8;
    private readonly double _feeFloor;

    /// <summary>Creates the pipeline of one instrument.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names the instrument, the setting, what it was and what is allowed.</exception>
    public QuotePipeline(InstrumentSpec spec, QuotePipelineSettings settings)
    {
        Int128 baseE8 = (Int128)settings.BaseQty.Lots * spec.LotE8;
        Require(settings.Levels is >= 1 and <= LevelsMax, spec, $"levels must be 1 to {LevelsMax}", settings.Levels);
        Require(settings.Step.Ticks >= 1, spec, "step must be at least one tick", settings.Step.Ticks);
        Require(settings.BaseQty >= spec.MinOrderQty && settings.BaseQty.Lots > 0, spec, $"base quantity must be at least the smallest order, {spec.MinOrderQty.Lots} lots", settings.BaseQty.Lots);
        Require(settings.UnitsMax >= 1, spec, "largest inventory must be at least one base order", settings.UnitsMax);
        Require(baseE8 * settings.UnitsMax <= PositionE8Max, spec, $"largest inventory must be at most {PositionE8Max} in 1e-8 base units", baseE8 * settings.UnitsMax);
        Require(settings.SizeMultiplierE8 is > 0 and <= 10 * OneE8, spec, "size multiplier must be above 0 and at most 10 (in 1e-8)", settings.SizeMultiplierE8);
        Require(settings.StepMultiplierE8 is >= OneE8 and <= 10 * OneE8, spec, "step multiplier must be 1 to 10 (in 1e-8)", settings.StepMultiplierE8);
        Require(settings.AddingShrinkE8 is >= 0 and <= OneE8, spec, "shrinking of the adding side must be 0 to 1 (in 1e-8)", settings.AddingShrinkE8);
        Require(settings.MinEdgeE8 is >= 0 and < OneE8 / 2, spec, "smallest edge must be 0 to 0.5 (in 1e-8)", settings.MinEdgeE8);
        Require(settings.MakerFeeE8 is > -OneE8 / 2 and < OneE8 / 2, spec, "maker fee must be within -0.5 and 0.5 (in 1e-8)", settings.MakerFeeE8);

        _lotE8 = spec.LotE8;
        _baseE8 = (long)baseE8;
        _roomE8 = _baseE8 * settings.UnitsMax;
        _feeFloorE8 = settings.MakerFeeE8 + settings.MinEdgeE8;
        _addingShrinkE8 = settings.AddingShrinkE8;
        _skewMax = Int128.Min(Int128.MaxValue / OneE8, (Int128)NanoTicks.TicksMax * NanoTicks.One * _baseE8);
        _perBaseE8 = 1.0 / _baseE8;
        _feeFloor = _feeFloorE8 / (double)OneE8;
        _wantLots = new long[settings.Levels];
        _offsetTicks = new long[settings.Levels];
        BigInteger gapScaled = settings.Step.Ticks;
        BigInteger offsetScaled = 0;   // both at 1e-8 to the power of the level
        for (int level = 0; level < _wantLots.Length; level++)
        {
            BigInteger want = WantedLots(settings, level);
            Require(want <= PositionE8Max, spec, $"quantity of level {level} must be below {PositionE8Max} lots", want);
            _wantLots[level] = (long)want;

            BigInteger offset = offsetScaled / BigInteger.Pow(OneE8, level);
            Require(offset <= (long)NanoTicks.TicksMax, spec, $"level {level} must lie at most {NanoTicks.TicksMax} ticks out", offset);
            _offsetTicks[level] = (long)offset;
            offsetScaled = (offsetScaled + gapScaled) * OneE8;
            gapScaled *= settings.StepMultiplierE8;
        }

        Int128 ladderLots = 0;
        foreach (long lots in _wantLots) ladderLots += lots;
        _ladderLots = (long)Int128.Min(ladderLots, long.MaxValue);
        _ladderE8 = ladderLots * _lotE8;
    }

    /// <summary>Entries of one run: every side and level.</summary>
    public int TargetCount => 2 * _wantLots.Length;

    /// <summary>Builds the wanted quotes.</summary>
    /// <param name="inputs">See <see cref="QuotePipelineInputs"/> for units.</param>
    /// <param name="targets">[2 x levels]: the bids from level 0, then the asks from level 0. Every entry is written; quantity 0 means no order there.</param>
    /// <returns>Entries written: <see cref="TargetCount"/>, or 0 when <paramref name="targets"/> is shorter than that.</returns>
    /// <remarks>
    /// Where a position or its skew is too large to compute with, every quantity is 0: no quote rather than a wrong one.
    /// <code>
    /// b           = clamp(bias, -0.8 half_model, +0.8 half_model)     no quote crosses the fair price by bias alone
    /// reservation = fair + b + shift - skew q                         q = position / base quantity
    /// half        = max(half_model, fair (maker fee + min edge), 1/2 tick)
    /// bid         = min(floor(reservation - half - widening), best ask - 1)      and the ask mirrored
    /// level L     = floor(step (1 + r + ... + r^(L-1))) further out    r step multiplier
    /// wanted      = floor(base multiplier^L), or floor(base (1 + (multiplier - 1) L))
    /// adding side = floor(wanted keep), keep = 1 - shrink min(|q|, q_max) / q_max in whole 1e-8, rounded down
    /// quantity    = min(wanted, lots left of q_max -/+ q)
    /// </code>
    /// </remarks>
    public int Build(in QuotePipelineInputs inputs, Span<QuoteTarget> targets)
    {
        Debug.Assert(inputs.FairNanoTicks >= 0 && inputs.HalfModelNanoTicks >= 0, "Prices and distances are not negative.");
        Debug.Assert(inputs.BidWideningNanoTicks >= 0 && inputs.AskWideningNanoTicks >= 0, "Quotes are moved away from the centre only.");
        if (targets.Length < TargetCount) return 0;

        if (!TryPriceClearly(in inputs, out long bid, out long ask) && !TryPriceExactly(in inputs, out bid, out ask)) return WriteNothing(targets);
        bid = Math.Min(bid, inputs.BestAsk.Ticks - 1);
        ask = Math.Max(ask, inputs.BestBid.Ticks + 1);
        long addingKeepE8 = _addingShrinkE8 == 0 ? OneE8 : AddingKeepE8(inputs.PositionE8);
        Ladder(Side.Buy, bid, Math.Max(0, _roomE8 - inputs.PositionE8), inputs.PositionE8 > 0 ? addingKeepE8 : OneE8, targets);
        Ladder(Side.Sell, ask, Math.Max(0, _roomE8 + inputs.PositionE8), inputs.PositionE8 < 0 ? addingKeepE8 : OneE8, targets[_wantLots.Length..]);
        return TargetCount;
    }

    private static BigInteger WantedLots(QuotePipelineSettings settings, int level)
    {
        if (!settings.HasLinearSizes) return settings.BaseQty.Lots * BigInteger.Pow(settings.SizeMultiplierE8, level) / BigInteger.Pow(OneE8, level);
        return BigInteger.Max(0, settings.BaseQty.Lots * (OneE8 + ((BigInteger)(settings.SizeMultiplierE8 - OneE8) * level))) / OneE8;
    }

    private long AddingKeepE8(long positionE8)
    {
        long heldE8 = Math.Min(Math.Abs(positionE8), _roomE8);
        return (long)((((Int128)_roomE8 * OneE8) - ((Int128)_addingShrinkE8 * heldE8)) / _roomE8);
    }

    /// <summary>The prices before post-only, in floats: where both lie clearly between two ticks, rounding cannot have moved them to another. False where they do not, or a number is beyond what was reckoned with.</summary>
    /// <remarks>Below 10^8 ticks every input and product here is within 7e-8 of a tick of its number, and every sum, below 2^29 ticks, adds at most 3e-8: less than 6e-7 together, so a millionth of a tick is clear.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryPriceClearly(in QuotePipelineInputs inputs, out long bid, out long ask)
    {
        const double Clear = 1e-6;
        const double Most = 1e8;
        const long WideningMost = 10_000_000 * NanoTicks.One;
        const double Nano = 1.0 / NanoTicks.One;
        double fair = inputs.FairNanoTicks * Nano;
        double halfModel = inputs.HalfModelNanoTicks * Nano;
        double biasMax = halfModel * (BiasShareMaxE8 / (double)OneE8);
        double bias = Math.Min(Math.Max(inputs.BiasNanoTicks * Nano, -biasMax), biasMax);
        double skew = inputs.SkewPerUnitNanoTicks * Nano * (inputs.PositionE8 * _perBaseE8);
        double shift = inputs.ShiftNanoTicks * Nano;
        double half = Math.Max(Math.Max(halfModel, fair * _feeFloor), 0.5);
        double centre = fair + bias + shift - skew;
        double bidExact = centre - half - (inputs.BidWideningNanoTicks * Nano);
        double askExact = centre + half + (inputs.AskWideningNanoTicks * Nano);
        double bidFloor = Math.Floor(bidExact);
        double askCeiling = Math.Ceiling(askExact);
        double aboveBid = bidExact - bidFloor;
        double belowAsk = askCeiling - askExact;
        bid = double.ConvertToIntegerNative<long>(bidFloor);
        ask = double.ConvertToIntegerNative<long>(askCeiling);
        return fair < Most && half < Most && Math.Abs(skew) < Most && Math.Abs(shift) < Most
            && inputs.PositionE8 is <= PositionE8Max and >= -PositionE8Max
            && inputs.BidWideningNanoTicks < WideningMost && inputs.AskWideningNanoTicks < WideningMost
            && aboveBid is > Clear and < 1 - Clear
            && belowAsk is > Clear and < 1 - Clear;
    }

    /// <summary>The prices before post-only, in whole numbers. False where a position or its skew is too large to compute with.</summary>
    private bool TryPriceExactly(in QuotePipelineInputs inputs, out long bid, out long ask)
    {
        bid = 0;
        ask = 0;
        Int128 skew = (Int128)inputs.SkewPerUnitNanoTicks * inputs.PositionE8;
        if (Int128.Abs(skew) > _skewMax || inputs.PositionE8 is > PositionE8Max or < -PositionE8Max) return false;

        // skew q need not end within 1e-17 ticks. Taking its ceiling under the bid's floor, and its floor under the ask's ceiling,
        // changes neither: floor(n - x) = n - ceil(x) for a whole n, and nested floors are one.
        (Int128 skewFloor, Int128 remainder) = Int128.DivRem(skew * OneE8, _baseE8);
        if (remainder < 0) skewFloor--;
        Int128 skewCeiling = remainder == 0 ? skewFloor : skewFloor + 1;

        Int128 biasMax = (Int128)inputs.HalfModelNanoTicks * BiasShareMaxE8;
        Int128 centre = (((Int128)inputs.FairNanoTicks + inputs.ShiftNanoTicks) * OneE8) + Int128.Clamp((Int128)inputs.BiasNanoTicks * OneE8, -biasMax, biasMax);
        Int128 half = Int128.Max((Int128)inputs.HalfModelNanoTicks * OneE8, Int128.Max((Int128)inputs.FairNanoTicks * _feeFloorE8, TickE17 / 2));

        bid = FloorTicks(centre - skewCeiling - half - ((Int128)inputs.BidWideningNanoTicks * OneE8));
        ask = -FloorTicks(skewFloor - centre - half - ((Int128)inputs.AskWideningNanoTicks * OneE8));
        return true;
    }

    /// <summary>Writes every entry with quantity 0: nothing is wanted anywhere.</summary>
    /// <param name="targets">As in <see cref="Build"/>.</param>
    /// <returns>As in <see cref="Build"/>.</returns>
    public int WriteNothing(Span<QuoteTarget> targets)
    {
        if (targets.Length < TargetCount) return 0;
        for (int i = 0; i < TargetCount; i++)
        {
            bool isBid = i < _wantLots.Length;
            targets[i] = new QuoteTarget(isBid ? Side.Buy : Side.Sell, isBid ? i : i - _wantLots.Length, default, default);
        }

        return TargetCount;
    }

    private static long FloorTicks(Int128 priceE17)
    {
        (Int128 ticks, Int128 remainder) = Int128.DivRem(priceE17, TickE17);
        return (long)ticks - (remainder < 0 ? 1 : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ladder(Side side, long firstTicks, long roomE8, long keepE8, Span<QuoteTarget> targets)
    {
        // Room for the whole ladder, as nearly always, needs no division.
        long roomLots = roomE8 >= _ladderE8 ? _ladderLots : roomE8 / _lotE8;
        for (int level = 0; level < _wantLots.Length; level++)
        {
            long priceTicks = side == Side.Buy ? firstTicks - _offsetTicks[level] : firstTicks + _offsetTicks[level];
            long wantLots = _wantLots[level];
            if (keepE8 != OneE8) wantLots = (long)((Int128)wantLots * keepE8 / OneE8);
            long lots = priceTicks > 0 ? Math.Min(wantLots, roomLots) : 0;
            roomLots -= lots;
            targets[level] = new QuoteTarget(side, level, new PriceTicks(priceTicks), new QtyLots(lots));
        }
    }

    private static void Require(bool holds, InstrumentSpec spec, string rule, object was)
    {
        if (!holds) throw new ArgumentException($"quoting {spec.Symbol}: {rule}, was {was}");
    }
}
