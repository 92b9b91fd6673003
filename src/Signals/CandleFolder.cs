namespace LatencyEngine.Signals;

/// <summary>Folds trades, or candles of a shorter interval, into candles of one interval, aligned to 1970-01-01 00:00 UTC.</summary>
/// <remarks>
/// An interval without any trade has no candle: none is made up. The first candle is not whole where what came first may not have been its beginning. Thread: one at a time. Allocates: only when constructed.
/// </remarks>
public sealed class CandleFolder
{
    private readonly long _intervalMillis;
    private Candle _open;
    private long _lastMillis = long.MinValue;
    private long _closedUntilMillis = long.MinValue;
    private bool _isWhole;

    /// <summary>Begins without a candle.</summary>
    /// <param name="intervalMillis">Length of a candle, ms.</param>
    public CandleFolder(long intervalMillis)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(intervalMillis);
        _intervalMillis = intervalMillis;
    }

    /// <summary>The candle that is forming; null before any.</summary>
    public Candle? Forming => _lastMillis == long.MinValue ? null : _open;

    /// <summary>Trades and candles left out: older than the one before, of an interval that has closed, or such that they cannot have happened.</summary>
    public long Refused { get; private set; }

    /// <summary>Whether the candle closed last was followed from its beginning.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>One trade.</summary>
    /// <param name="millis">When, ms since 1970.</param>
    /// <param name="price">Its price.</param>
    /// <param name="qty">Its quantity in base coin.</param>
    /// <param name="closed">The candle that it closes.</param>
    /// <returns>Whether it closes one.</returns>
    public bool OnTrade(long millis, double price, double qty, out Candle closed) => Fold(millis, new Candle(BeginOf(millis), price, price, price, price, qty), out closed);

    /// <summary>One closed candle of an interval that this one's is a multiple of.</summary>
    /// <param name="candle">The candle.</param>
    /// <param name="closed">The candle that it closes: not the one that it is the last part of, which the next candle or <see cref="OnTime"/> closes.</param>
    /// <returns>Whether it closes one.</returns>
    public bool OnCandle(in Candle candle, out Candle closed) => Fold(candle.OpenMillis, candle with { OpenMillis = BeginOf(candle.OpenMillis) }, out closed);

    /// <summary>Time has passed: a candle whose interval is over closes without another trade.</summary>
    /// <param name="millis">The present, ms since 1970; nothing older comes any more.</param>
    /// <param name="closed">The candle.</param>
    /// <returns>Whether one has closed.</returns>
    public bool OnTime(long millis, out Candle closed)
    {
        closed = _open;
        if (_lastMillis == long.MinValue || BeginOf(millis) <= _open.OpenMillis) return false;
        IsWhole = _isWhole;
        _isWhole = true;
        _lastMillis = long.MinValue;
        _closedUntilMillis = _open.OpenMillis + _intervalMillis;
        return true;
    }

    private bool Fold(long millis, Candle part, out Candle closed)
    {
        closed = default;
        if (!part.IsSound || millis < _lastMillis || millis < _closedUntilMillis)
        {
            Refused++;
            return false;
        }

        bool closes = OnTime(millis, out Candle last);
        if (closes) closed = last;
        if (_lastMillis == long.MinValue)
        {
            _isWhole |= millis == part.OpenMillis;
            _open = part;
        }
        else
        {
            _open = _open with { High = Math.Max(_open.High, part.High), Low = Math.Min(_open.Low, part.Low), Close = part.Close, Volume = _open.Volume + part.Volume };
        }

        _lastMillis = millis;
        return closes;
    }

    private long BeginOf(long millis) => millis - (((millis % _intervalMillis) + _intervalMillis) % _intervalMillis);
}
