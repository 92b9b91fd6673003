using System.Runtime.CompilerServices;
using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>Lets nothing be added to a position that has used up some of its way to liquidation, and cuts one that has used up most of it, again and again until it has not.</summary>
/// <remarks>
/// In isolated margin a cut gives back its share of the margin and leaves the liquidation price where it is, so that what is still beyond the mark price of the cut is cut again.
/// docs/concepts/margin.md, T7. Owner: the hot thread. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor. Time: logic time, from the arguments.
/// </remarks>
public sealed class LiquidationGuard
{
    private readonly InstrumentSpec _spec;
    private readonly LiquidationGuardSettings _settings;
    private PriceE8 _holdAt;
    private PriceE8 _cutAt;
    private Side _side;
    private EpochNanos _since;
    private EpochNanos _pausedUntil;

    /// <summary>Creates the guard of one instrument.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names the instrument, the setting, what it was and what is allowed.</exception>
    public LiquidationGuard(InstrumentSpec spec, LiquidationGuardSettings settings)
    {
        Require(settings.HoldShareE8 is > 0 and <= MarginMath.OneE8, spec, "share of the way to hold from must be above 0 and at most 1 (in 1e-8)", settings.HoldShareE8);
        Require(settings.UsedShareMaxE8 is > 0 and <= MarginMath.OneE8, spec, "share of the way must be above 0 and at most 1 (in 1e-8)", settings.UsedShareMaxE8);
        Require(settings.CutFractionE8 is > 0 and <= MarginMath.OneE8, spec, "share of a cut must be above 0 and at most 1 (in 1e-8)", settings.CutFractionE8);
        Require(settings.PassiveNanos >= 0, spec, "time at the touch must not be negative (in ns)", settings.PassiveNanos);
        Require(settings.PauseNanos >= 0, spec, "time without additions must not be negative (in ns)", settings.PauseNanos);
        _spec = spec;
        _settings = settings;
    }

    /// <summary>Nothing is to be added to the position.</summary>
    public bool HoldsAdding { get; private set; }

    /// <summary>A cut is under way.</summary>
    public bool IsCutting { get; private set; }

    /// <summary>Size that the cut under way leaves, without sign.</summary>
    public QtyLots Kept { get; private set; }

    /// <summary>Cuts begun since start.</summary>
    public long Cuts { get; private set; }

    /// <summary>The cut under way is still offered at the touch; afterwards it takes what the book has.</summary>
    public bool IsPassive(EpochNanos now) => IsCutting && now - _since < _settings.PassiveNanos;

    /// <summary>The position is another one.</summary>
    /// <param name="position">Signed.</param>
    /// <param name="averageEntry">Its average entry.</param>
    /// <param name="liquidation">Its liquidation price; 0 when there is none.</param>
    /// <param name="mark">Mark price; 0 while unknown.</param>
    /// <param name="now">The present.</param>
    /// <returns>True when a cut or the holding back has begun or ended.</returns>
    public bool OnPosition(QtyLots position, PriceE8 averageEntry, PriceE8 liquidation, PriceE8 mark, EpochNanos now)
    {
        bool wasCutting = IsCutting;
        Side side = position.Lots > 0 ? Side.Buy : position.Lots < 0 ? Side.Sell : Side.Unset;
        if (side != _side || Math.Abs(position.Lots) <= Kept.Lots) IsCutting = false;
        _side = side;
        bool hasWay = side != Side.Unset && liquidation.Units != 0;
        _holdAt = PriceAt(_settings.HoldShareE8);
        _cutAt = PriceAt(_settings.UsedShareMaxE8);
        return OnMark(position, mark, now) || wasCutting != IsCutting;

        PriceE8 PriceAt(long shareE8) => hasWay && shareE8 != MarginMath.OneE8 ? MarginMath.PriceAtUsedShare(side, averageEntry, liquidation, shareE8) : default;
    }

    /// <summary>The mark price is another one.</summary>
    /// <returns>True when a cut has begun, or the holding back has begun or ended.</returns>
    public bool OnMark(QtyLots position, PriceE8 mark, EpochNanos now)
    {
        bool held = HoldsAdding;
        HoldsAdding = IsPast(_holdAt, mark) || now.Nanos < _pausedUntil.Nanos;
        if (IsCutting || !IsPast(_cutAt, mark)) return held != HoldsAdding;
        long heldLots = Math.Abs(position.Lots);
        Int128 cutE8 = (Int128)heldLots * _settings.CutFractionE8;
        long keptLots = heldLots - (long)((cutE8 + MarginMath.OneE8 - 1) / MarginMath.OneE8);
        // A rest that no order could close would stay.
        Kept = keptLots < _spec.MinOrderQty.Lots ? default : new QtyLots(keptLots);
        IsCutting = true;
        _since = now;
        _pausedUntil = new EpochNanos(now.Nanos + _settings.PauseNanos);
        HoldsAdding |= _settings.PauseNanos > 0;
        Cuts++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsPast(PriceE8 limit, PriceE8 mark) => limit.Units != 0 && mark.Units > 0 && (_side == Side.Buy ? mark <= limit : mark >= limit);

    private static void Require(bool holds, InstrumentSpec spec, string rule, long was)
    {
        if (!holds) throw new ArgumentException($"liquidation guard {spec.Symbol}: {rule}, was {was}");
    }
}
