using LatencyEngine.MetaModel;
using LatencyEngine.Signals;

namespace LatencyEngine.Strategist;

/// <summary>The meta-label plan's trades of one symbol: opens with a signal that the model lets pass, closes at a target, at a stop that trails, with the opposite signal, or when its time is over. The stop itself is the engine's work. docs/concepts/meta-label.md.</summary>
/// <remarks>A function of what it is asked, in its order: no clock of its own. What it decides it decides again at each look until it is so: who asks the engine for it need not be told of it more than once. Thread: one at a time.</remarks>
public sealed class MetaLabelTrader
{
    private const long HourMillis = 3_600_000;

    // So long after the end of its time to enter what is not held will not be.
    private const long AnswerMillis = 60_000;

    // A trailing stop that moves by less is not worth a request.
    private const decimal TrailStepFraction = 0.001m;

    private readonly MetaLabelSettings _settings;
    private int _side;
    private decimal _entry;
    private decimal _best;
    private long _enteredAtMillis;
    private int _nextSide;
    private double _nextProbability;

    /// <summary>A trader that holds nothing.</summary>
    /// <exception cref="ArgumentException">The settings do not hold; the message lists what is wrong.</exception>
    public MetaLabelTrader(MetaLabelSettings settings)
    {
        string[] faults = [.. settings.Faults()];
        if (faults.Length > 0) throw new ArgumentException(string.Join("; ", faults), nameof(settings));
        _settings = settings;
    }

    /// <summary>Until when the present signal may be entered, ms since 1970; of the last that opened or turned.</summary>
    public long EntryEndsMillis { get; private set; }

    /// <summary>Which way the trade goes that it has opened; 0 for none.</summary>
    public int Side => _side;

    /// <summary>Goes on with the trade of the run before.</summary>
    /// <param name="side">1 for a long, -1 for a short.</param>
    /// <param name="entry">Its price.</param>
    /// <param name="stop">Its stop; beyond the entry it has trailed.</param>
    /// <param name="enteredAtMillis">When, ms since 1970.</param>
    public void Resume(int side, decimal entry, decimal stop, long enteredAtMillis)
    {
        (_side, _entry, _enteredAtMillis) = (side, entry, enteredAtMillis);
        _best = side * (stop - entry) > 0 ? stop / (1 - (side * _settings.TrailFraction)) : entry;
    }

    /// <summary>Nothing is held, wanted or asked for any more: closed by its stop, refused, or never filled.</summary>
    public void Forget() => _side = 0;

    /// <summary>A candle has closed: a signal that the model lets pass opens, and where the other side is held, that is closed first.</summary>
    /// <param name="signal">Of the candle.</param>
    /// <param name="entryEndsMillis">Until when it may be entered, ms since 1970.</param>
    /// <param name="price">The present price, above zero.</param>
    /// <param name="held">What is held, as the account has it.</param>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public MetaLabelDecision OnCandle(MetaLabelSignal signal, long entryEndsMillis, decimal price, MetaLabelHoldings held, long nowMillis)
    {
        int side = (int)signal.Direction;
        if (!signal.IsEvent || side == 0) return default;
        int heldSide = _side != 0 ? _side : Math.Sign(held.Qty);
        MetaLabelOutcome outcome = Judge(signal.Probability, side, heldSide, held);
        _nextSide = 0;
        if (outcome != MetaLabelOutcome.Opens) return new MetaLabelDecision { Skip = outcome };
        EntryEndsMillis = entryEndsMillis;
        if (heldSide == 0) return Open(side, signal.Probability, price, held, nowMillis);
        (_nextSide, _nextProbability) = (side, signal.Probability);
        return new MetaLabelDecision(MetaLabelOutcome.Turns);
    }

    /// <summary>Prices have been seen since the last look: the target, the time, the signal that stands, and the stop that trails. Where nothing is held, a signal that has turned opens the other side.</summary>
    /// <param name="standing">The direction that stands, whether it is new or not.</param>
    /// <param name="low">Lowest of the prices.</param>
    /// <param name="high">Highest of them.</param>
    /// <param name="price">The present one, above zero.</param>
    /// <param name="held">What is held, as the account has it.</param>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public MetaLabelDecision OnPrices(SignalDirection standing, decimal low, decimal high, decimal price, MetaLabelHoldings held, long nowMillis)
    {
        int heldSide = Math.Sign(held.Qty);
        if (_side == 0) return heldSide == 0 && _nextSide != 0 ? OpenNext(standing, price, held, nowMillis) : default;
        if ((int)standing == -_side) return new MetaLabelDecision(MetaLabelOutcome.Reversal);
        if (heldSide != _side) return nowMillis >= EntryEndsMillis + AnswerMillis ? new MetaLabelDecision(MetaLabelOutcome.Time) : default;   // not entered yet, or it is gone and nobody has said so
        _best = _side > 0 ? Math.Max(_best, high) : Math.Min(_best, low);
        if (_side * (_best - Beyond(_settings.TargetFraction)) >= 0) return new MetaLabelDecision(MetaLabelOutcome.Target);
        if (nowMillis - _enteredAtMillis >= _settings.HoldMaxHours * HourMillis) return new MetaLabelDecision(MetaLabelOutcome.Time);
        if (_side * (_best - Beyond(_settings.TrailFromFraction)) < 0) return default;
        decimal trail = _best * (1 - (_side * _settings.TrailFraction));
        bool isNearer = held.Stop == 0 || _side * (trail - held.Stop) >= TrailStepFraction * _entry;
        if (!isNearer) return default;
        return _side * (price - trail) <= 0
            ? new MetaLabelDecision(MetaLabelOutcome.TrailPassed)
            : new MetaLabelDecision(MetaLabelOutcome.Trails, held.Qty, Stop: trail);
    }

    private MetaLabelOutcome Judge(double probability, int side, int heldSide, MetaLabelHoldings held)
    {
        if (double.IsNaN(probability)) return MetaLabelOutcome.NoModel;
        if (!(probability > _settings.ProbabilityAbove)) return MetaLabelOutcome.Unsure;
        if (side == heldSide) return MetaLabelOutcome.Held;
        if (held.PositionsElsewhere >= _settings.OpenPositionsMax) return MetaLabelOutcome.Full;
        return held.EquityUsdt <= 0 ? MetaLabelOutcome.NoEquity : MetaLabelOutcome.Opens;
    }

    /// <summary>The other side is gone: its own opens, while its time lasts and its direction stands.</summary>
    private MetaLabelDecision OpenNext(SignalDirection standing, decimal price, MetaLabelHoldings held, long nowMillis)
    {
        int side = _nextSide;
        _nextSide = 0;
        if (nowMillis >= EntryEndsMillis || (int)standing != side) return default;
        MetaLabelOutcome outcome = Judge(_nextProbability, side, 0, held);
        return outcome == MetaLabelOutcome.Opens ? Open(side, _nextProbability, price, held, nowMillis) : new MetaLabelDecision { Skip = outcome };
    }

    /// <summary>The price so far beyond the entry, in the position's favour.</summary>
    private decimal Beyond(decimal fraction) => _entry * (1 + (_side * fraction));

    private MetaLabelDecision Open(int side, double probability, decimal price, MetaLabelHoldings held, long nowMillis)
    {
        (_side, _entry, _best, _enteredAtMillis) = (side, price, price, nowMillis);
        decimal value = held.EquityUsdt * Math.Min((decimal)BetSize.Confidence(probability), _settings.PositionFraction);
        return new MetaLabelDecision(MetaLabelOutcome.Opens, side * value / price, price * (1 + (side * _settings.SlippageFraction)), price * (1 - (side * _settings.StopFraction)));
    }
}
