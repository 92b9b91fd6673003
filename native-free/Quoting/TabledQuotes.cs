using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The exact quotes of one instrument within its bound on inventory: the table in hand, and when it is to be solved anew.</summary>
/// <remarks>One question at a time; docs/models.md, 2.8. Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: never.</remarks>
internal sealed class TabledQuotes
{
    // The distances go with sigma: at 5 % they are off by less than the skew's 5 %, below the estimate's own error.
    private const double SigmaShare = 0.05;

    // As the volatility's: the spread goes with 1/k, the skew with the root of 1/(A k).
    private const double IntensityShare = 0.05;

    // The fair price plays a part through the fee alone.
    private const double FairShare = 0.002;

    private readonly InstrumentId _instrument;
    private readonly int _unitsMax;
    private readonly double _innermost;
    private QuoteTable _table = new();
    private QuoteTable _spare = new();
    private QuoteTableRequest _asked;
    private bool _awaitsAnswer;

    /// <summary>Creates it without a table.</summary>
    /// <param name="instrument">Whose quotes.</param>
    /// <param name="unitsMax">Largest inventory in base orders, 1 to <see cref="QuoteTable.UnitsLimit"/>: a table of another bound is refused.</param>
    public TabledQuotes(InstrumentId instrument, int unitsMax)
    {
        _instrument = instrument;
        _unitsMax = unitsMax;
        _innermost = Math.BitDecrement((double)unitsMax);
    }

    /// <summary>Whether a table is to be solved: there is none, or volatility, fair price or arrival intensity have moved too far from those that were last asked with.</summary>
    /// <param name="sigmaTicks">Ticks per square root of a second.</param>
    /// <param name="fairTicks">Fair price, ticks.</param>
    /// <param name="arrivalRatePerSecond">A, 1/s.</param>
    /// <param name="decayPerTick">k, 1/tick.</param>
    /// <param name="request">The question, which counts as asked.</param>
    /// <returns>False also while an answer is awaited, and for what is not a positive, finite number.</returns>
    public bool TryAsk(double sigmaTicks, double fairTicks, double arrivalRatePerSecond, double decayPerTick, out QuoteTableRequest request)
    {
        request = default;
        bool isUsable = IsUsable(sigmaTicks) && IsUsable(fairTicks) && IsUsable(arrivalRatePerSecond) && IsUsable(decayPerTick);
        bool hasMoved = HasMoved(sigmaTicks, _asked.SigmaTicks, SigmaShare)
            || HasMoved(fairTicks, _asked.FairTicks, FairShare)
            || HasMoved(arrivalRatePerSecond, _asked.ArrivalRatePerSecond, IntensityShare)
            || HasMoved(decayPerTick, _asked.DecayPerTick, IntensityShare);
        if (_awaitsAnswer || !isUsable || !hasMoved) return false;
        _asked = request = new QuoteTableRequest(_instrument, unchecked(_asked.Number + 1), sigmaTicks, fairTicks, arrivalRatePerSecond, decayPerTick);
        _awaitsAnswer = true;
        return true;
    }

    /// <summary>Takes an answer. One that has no usable table ends the question too; the table in hand then stays.</summary>
    /// <param name="answered">The question, as it was asked.</param>
    /// <param name="content">As <see cref="QuoteTable.Read"/> takes it; empty when there is no solution.</param>
    /// <returns>False when it is refused.</returns>
    public bool TryTake(in QuoteTableRequest answered, ReadOnlySpan<byte> content)
    {
        if (!_awaitsAnswer || answered != _asked) return false;
        _awaitsAnswer = false;
        if (_spare.Read(content) != QuoteTableStatus.Taken || _spare.UnitsMax != _unitsMax) return false;
        (_table, _spare) = (_spare, _table);
        SmallestHalfTicks = double.PositiveInfinity;
        for (int units = -_unitsMax; units <= _unitsMax; units++)
        {
            TryDistances(units, out double bidTicks, out double askTicks);
            SmallestHalfTicks = Math.Min(SmallestHalfTicks, (bidTicks + askTicks) / 2);
        }

        return true;
    }

    /// <summary>Half the smallest spread of the table in hand, over every inventory; 0 while there is none.</summary>
    public double SmallestHalfTicks { get; private set; }

    /// <summary>Distances of bid and ask from the fair price; that of a side that the bound forbids is the limit on the way to the bound, so that the half-spread has no jump there.</summary>
    /// <param name="units">Signed inventory in base orders, long above zero, finite.</param>
    /// <param name="bidTicks">Below the fair price.</param>
    /// <param name="askTicks">Above the fair price.</param>
    /// <returns>False while there is no table.</returns>
    public bool TryDistances(double units, out double bidTicks, out double askTicks)
    {
        bool hasAsk = _table.TryAsk(Math.Max(units, -_innermost), out askTicks);
        return _table.TryBid(Math.Min(units, _innermost), out bidTicks) && hasAsk;
    }

    private static bool IsUsable(double value) => value > 0 && double.IsFinite(value);

    private static bool HasMoved(double value, double asked, double share) => Math.Abs(value - asked) > share * asked;
}
