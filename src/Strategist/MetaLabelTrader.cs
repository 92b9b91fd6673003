using LatencyEngine.MetaModel;
using LatencyEngine.Signals;

namespace LatencyEngine.Strategist;

/// <summary>The meta-label plan's trades of one symbol: opens with a signal that the model lets pass, closes at a target, at a stop that trails, with the opposite signal, or when its time is over. The stop itself is the engine's work. docs/concepts/meta-label.md.</summary>
/// <remarks>A function of what it is asked, in its order: no clock of its own. Thread: one at a time.</remarks>
public sealed class MetaLabelTrader
{
    private const long HourMillis = 3_600_000;

    // A trailing stop that moves by less is not worth a request.
    private const decimal TrailStepFraction = 0.001m;

    private readonly MetaLabelSettings _settings;
    private int _side;
    private decimal _entry;
    private decimal _best;
    private decimal _stop;
    private long _enteredAtMillis;

    /// <summary>A trader that holds nothing.</summary>
    /// <exception cref="ArgumentException">The settings do not hold; the message lists what is wrong.</exception>
    public MetaLabelTrader(MetaLabelSettings settings)
    {
        string[] faults = [.. settings.Faults()];
        if (faults.Length > 0) throw new ArgumentException(string.Join("; ", faults), nameof(settings));
        _settings = settings;
    }

    /// <summary>A candle has closed: the opposite signal closes what is held, and a signal that the model lets pass opens.</summary>
    /// <param name="signal">Of the candle.</param>
    /// <param name="price">The present price, above zero.</param>
    /// <param name="held">What is held, as the account has it.</param>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public MetaLabelDecision OnCandle(MetaLabelSignal signal, decimal price, MetaLabelHoldings held, long nowMillis)
    {
        int side = (int)signal.Direction;
        int heldSide = Math.Sign(held.Qty);
        bool turns = side != 0 && side == -heldSide;
        MetaLabelOutcome outcome = signal.IsEvent && side != 0 ? Judge(signal, side, heldSide, held) : MetaLabelOutcome.None;
        if (outcome == MetaLabelOutcome.Opens)
        {
            decimal value = held.EquityUsdt * Math.Min((decimal)BetSize.Confidence(signal.Probability), _settings.PositionFraction);
            return Open(side, side * value / price, price, nowMillis, turns ? MetaLabelOutcome.Turns : MetaLabelOutcome.Opens);
        }

        return (turns ? Close(MetaLabelOutcome.Reversal) : default) with { Skip = outcome };
    }

    /// <summary>Prices have been seen since the last look: the target, the time, and the stop that trails.</summary>
    /// <param name="low">Lowest of them.</param>
    /// <param name="high">Highest of them.</param>
    /// <param name="price">The present one, above zero.</param>
    /// <param name="held">What is held, as the account has it: a position that a stop has closed is gone.</param>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public MetaLabelDecision OnPrices(decimal low, decimal high, decimal price, MetaLabelHoldings held, long nowMillis)
    {
        int heldSide = Math.Sign(held.Qty);
        if (_side == 0 || heldSide != _side) return default;   // not entered yet, or the stop has closed it
        _best = _side > 0 ? Math.Max(_best, high) : Math.Min(_best, low);
        if (_side * (_best - Beyond(_settings.TargetFraction)) >= 0) return Close(MetaLabelOutcome.Target);
        if (nowMillis - _enteredAtMillis >= _settings.HoldMaxHours * HourMillis) return Close(MetaLabelOutcome.Time);
        if (_side * (_best - Beyond(_settings.TrailFromFraction)) < 0) return default;
        decimal trail = _best * (1 - (_side * _settings.TrailFraction));
        bool isNearer = _side * (trail - _stop) >= TrailStepFraction * _entry;

        // The engine takes no stop that the price has passed already: then the one before closes it, or the price comes back.
        if (!isNearer || _side * (price - trail) <= 0) return default;
        _stop = trail;
        return new MetaLabelDecision(MetaLabelOutcome.Trails, held.Qty, price * (1 + (_side * _settings.SlippageFraction)), _stop);
    }

    private MetaLabelOutcome Judge(MetaLabelSignal signal, int side, int heldSide, MetaLabelHoldings held)
    {
        if (double.IsNaN(signal.Probability)) return MetaLabelOutcome.NoModel;
        if (!(signal.Probability > _settings.ProbabilityAbove)) return MetaLabelOutcome.Unsure;
        if (side == heldSide) return MetaLabelOutcome.Held;
        if (held.PositionsElsewhere >= _settings.OpenPositionsMax) return MetaLabelOutcome.Full;
        return held.EquityUsdt <= 0 ? MetaLabelOutcome.NoEquity : MetaLabelOutcome.Opens;
    }

    /// <summary>The price so far beyond the entry, in the position's favour.</summary>
    private decimal Beyond(decimal fraction) => _entry * (1 + (_side * fraction));

    private MetaLabelDecision Open(int side, decimal qty, decimal price, long nowMillis, MetaLabelOutcome outcome)
    {
        (_side, _entry, _best, _enteredAtMillis) = (side, price, price, nowMillis);
        _stop = price * (1 - (side * _settings.StopFraction));
        return new MetaLabelDecision(outcome, qty, price * (1 + (side * _settings.SlippageFraction)), _stop);
    }

    private MetaLabelDecision Close(MetaLabelOutcome outcome)
    {
        _side = 0;
        return new MetaLabelDecision(outcome);
    }
}
