using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>Configured decimals as the engine's integers; what does not fit an instrument's steps is collected and reported together.</summary>
internal sealed class InstrumentScale(string source)
{
    private readonly List<string> _faults = [];

    /// <summary>A fraction or an amount in 1e-8. The configuration admits no value beyond the range.</summary>
    public static long E8(decimal value) => (long)Math.Round(value * 100_000_000m, MidpointRounding.ToEven);

    /// <summary>The quantity configured for an instrument, in lots; 1 after a fault.</summary>
    public QtyLots Lots(InstrumentSpec spec, string key, IReadOnlyDictionary<string, decimal> quantities)
    {
        decimal lot = spec.LotE8 / 100_000_000m;
        if (!quantities.TryGetValue(spec.Symbol, out decimal qty)) _faults.Add($"{source}: {key}:{spec.Symbol} is missing; give a quantity in base coin, a multiple of {lot}");
        else if (qty < spec.MinOrderQty.Lots * lot || qty % lot != 0) _faults.Add($"{source}: {key}:{spec.Symbol} must be a multiple of {lot} and at least {spec.MinOrderQty.Lots * lot}, was {qty}");
        else return new QtyLots((long)(qty / lot));
        return spec.MinOrderQty;
    }

    /// <summary>Reports the faults.</summary>
    /// <exception cref="ConfigurationException">There was one.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0) throw new ConfigurationException(_faults);
    }
}
