using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>Configured decimals as the engine's integers; what does not fit an instrument's steps is collected and reported together.</summary>
internal sealed class InstrumentScale(EngineConfiguration configuration)
{
    private readonly List<string> _faults = [];

    /// <summary>A fraction or an amount in 1e-8. The configuration admits no value beyond the range.</summary>
    public static long E8(decimal value) => (long)Math.Round(value * 100_000_000m, MidpointRounding.ToEven);

    /// <summary>A quantity in lots; the instrument's smallest order after a fault.</summary>
    /// <param name="spec">The instrument.</param>
    /// <param name="name">The key's name below the instrument's section.</param>
    /// <param name="qty">In base coin.</param>
    public QtyLots Lots(InstrumentSpec spec, string name, decimal qty)
    {
        decimal lot = spec.LotE8 / 100_000_000m;
        decimal smallest = spec.MinOrderQty.Lots * lot;
        if (qty >= smallest && qty % lot == 0) return new QtyLots((long)(qty / lot));
        Require(false, $"instruments:{spec.Symbol}:{name}", $"must be a multiple of {lot} and at least {smallest}", qty);
        return spec.MinOrderQty;
    }

    /// <summary>Collects a fault unless a rule between a key and an instrument holds.</summary>
    /// <param name="holds">Whether it does; also what comes back.</param>
    /// <param name="key">The key to change.</param>
    /// <param name="rule">What its value must be.</param>
    /// <param name="value">What it is.</param>
    public bool Require(bool holds, string key, string rule, decimal value)
    {
        if (!holds) _faults.Add($"{configuration.Where(key)} {rule}, was {value}");
        return holds;
    }

    /// <summary>Reports the faults.</summary>
    /// <exception cref="ConfigurationException">There was one.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0) throw new ConfigurationException(_faults);
    }
}
