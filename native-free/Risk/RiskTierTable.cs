using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>The risk ladder of one instrument, checked once. Immutable; look-ups allocate nothing.</summary>
public sealed class RiskTierTable
{
    private readonly RiskTier[] _tiers;

    /// <summary>Takes the venue's rows and reconstructs their deductions.</summary>
    /// <param name="symbol">For messages.</param>
    /// <param name="tiers">Lowest value limit first.</param>
    /// <exception cref="ArgumentException">There is no row, limits or rates do not rise, a rate is not between 0 and 1, or a deduction differs from
    /// deduction_n = deduction_(n-1) + limit_(n-1) x (rate_n - rate_(n-1)), deduction_1 = 0.</exception>
    public RiskTierTable(string symbol, IReadOnlyList<RiskTier> tiers)
    {
        if (tiers.Count == 0) throw new ArgumentException($"risk ladder {symbol}: at least one row is needed, was none");
        RiskTier before = default;
        for (int i = 0; i < tiers.Count; i++)
        {
            RiskTier tier = tiers[i];
            if (tier.ValueLimit <= before.ValueLimit) throw new ArgumentException($"risk ladder {symbol}: value limit of row {i} must be above {before.ValueLimit.Units} (in 1e-8 USDT), was {tier.ValueLimit.Units}");
            if (tier.MaintenanceRateE8 <= before.MaintenanceRateE8 || tier.MaintenanceRateE8 >= MarginMath.OneE8) throw new ArgumentException($"risk ladder {symbol}: maintenance rate of row {i} must be above {before.MaintenanceRateE8} and below 1 (in 1e-8), was {tier.MaintenanceRateE8}");
            if (tier.MaxLeverageE2 < MarginMath.LeverageOneE2) throw new ArgumentException($"risk ladder {symbol}: highest leverage of row {i} must be at least 100 (in 1e-2), was {tier.MaxLeverageE2}");

            Int128 step = (Int128)before.ValueLimit.Units * (tier.MaintenanceRateE8 - before.MaintenanceRateE8);
            Int128 deduction = before.Deduction.Units + MoneyE8.DivideHalfEven(step, MarginMath.OneE8);
            if (tier.Deduction.Units != deduction) throw new ArgumentException($"risk ladder {symbol}: deduction of row {i} must be {deduction} (in 1e-8 USDT) for the margin to be continuous, was {tier.Deduction.Units}");
            before = tier;
        }

        _tiers = [.. tiers];
    }

    /// <summary>Rows.</summary>
    public int Count => _tiers.Length;

    /// <summary>One row, lowest value limit first.</summary>
    /// <param name="row">0 to below <see cref="Count"/>.</param>
    public ref readonly RiskTier this[int row] => ref _tiers[row];

    /// <summary>The first row whose limit is not below the value; the last row for a value above them all, where the venue opens nothing more.</summary>
    /// <param name="valueE16">Position value in 1e-16 USDT, not negative.</param>
    /// <remarks>Thread: any. Allocates: never. Throws: never.</remarks>
    public ref readonly RiskTier Find(Int128 valueE16)
    {
        int i = 0;
        while (i < _tiers.Length - 1 && valueE16 > (Int128)_tiers[i].ValueLimit.Units * MarginMath.OneE8) i++;
        return ref _tiers[i];
    }
}
