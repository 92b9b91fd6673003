namespace LatencyEngine.Strategist;

/// <summary>The hybrid profile's trades of one symbol: opens with a signal, turns with the opposite one, closes what no signal has stood for in too long a time. The stop is the engine's work. docs/concepts/strategist.md.</summary>
/// <remarks>A function of what it is asked, in its order: no clock of its own. Thread: one at a time.</remarks>
public sealed class HybridTrader
{
    private const long HourMillis = 3_600_000;

    private readonly HybridSettings _settings;
    private long _tradedAtMillis = long.MinValue / 2;
    private long? _signalledAtMillis;
    private decimal _qtyBefore;

    /// <summary>A trader that has not traded yet.</summary>
    /// <exception cref="ArgumentException">The settings do not hold; the message lists what is wrong.</exception>
    public HybridTrader(HybridSettings settings)
    {
        string[] faults = [.. settings.Faults()];
        if (faults.Length > 0) throw new ArgumentException(string.Join("; ", faults), nameof(settings));
        _settings = settings;
    }

    /// <summary>Goes on after a restart.</summary>
    /// <param name="tradedAtMillis">When it traded last, ms since 1970; before the first decision.</param>
    public void Resume(long tradedAtMillis) => _tradedAtMillis = tradedAtMillis;

    /// <summary>Decides at a moment, not before the last.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="price">The present price, above zero.</param>
    /// <param name="held">What is held, as the account has it: a position that a stop has closed is gone.</param>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public TradeDecision Decide(HybridSignal signal, decimal price, Holdings held, long nowMillis)
    {
        if (_qtyBefore != 0 && held.Qty == 0) _tradedAtMillis = nowMillis;   // closed by its stop, or by hand: that was a trade, too
        _qtyBefore = held.Qty;
        int side = Math.Sign(signal.Score);
        int heldSide = Math.Sign(held.Qty);
        if ((side != 0 && side == heldSide) || _signalledAtMillis is null) _signalledAtMillis = nowMillis;   // after a restart the time without a signal counts anew
        if (heldSide != 0 && _signalledAtMillis < nowMillis - (_settings.HoldMaxHours * HourMillis) && side != -heldSide) return Trade(0, price, nowMillis, $"no signal for it in {_settings.HoldMaxHours} h");
        if (side == 0) return TradeDecision.Nothing(signal.Reason ?? "no signal");
        if (side == heldSide) return TradeDecision.Nothing("it is held");
        if (nowMillis - _tradedAtMillis < _settings.MinTradeIntervalHours * HourMillis) return TradeDecision.Nothing($"the last trade is less than {_settings.MinTradeIntervalHours} h ago");
        if (!(Math.Abs(signal.ExpectedChange) > (double)RoundTrip)) return heldSide == 0 ? TradeDecision.Nothing("the expected change does not pay for the trade") : Trade(0, price, nowMillis, "the signal has turned");

        decimal value = ValueOf(signal, held);
        if (value < _settings.MinTradeUsdt) return heldSide == 0 ? TradeDecision.Nothing($"less than {_settings.MinTradeUsdt} USDT may be traded") : Trade(0, price, nowMillis, "the signal has turned");
        return Trade(side * value / price, price, nowMillis, heldSide == 0 ? "a signal" : "the signal has turned");
    }

    /// <summary>What opening and closing cost, as a fraction of the price.</summary>
    private decimal RoundTrip => 2 * (_settings.FeeFraction + _settings.SlippageFraction);

    /// <summary>The position's share of the capital by the strength of the signal, within what all positions may be.</summary>
    private decimal ValueOf(HybridSignal signal, Holdings held)
    {
        decimal capital = Math.Min(held.EquityUsdt, _settings.CapitalPhasesUsdt[_settings.Phase - 1]);
        decimal wanted = capital * _settings.PositionFraction * (decimal)Math.Abs(signal.Score);
        return Math.Max(0, Math.Min(wanted, (capital * _settings.ExposureFraction) - held.ElsewhereUsdt));
    }

    private TradeDecision Trade(decimal qty, decimal price, long nowMillis, string reason)
    {
        _tradedAtMillis = nowMillis;
        _signalledAtMillis = nowMillis;
        int side = Math.Sign(qty);
        return qty == 0
            ? new TradeDecision(true, 0, 0, 0, reason)
            : new TradeDecision(true, qty, price * (1 + (side * _settings.SlippageFraction)), price * (1 - (side * _settings.StopFraction)), reason);
    }
}
