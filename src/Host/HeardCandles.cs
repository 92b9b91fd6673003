using LatencyEngine.Signals;

namespace LatencyEngine.Host;

/// <summary>Trades that are heard, folded into candles as the venue makes them: one opens at the close of the one before, not at its own first trade. Only whole ones come out: of which the beginning was heard, and of which nothing was missed.</summary>
/// <remarks>Thread: one.</remarks>
/// <param name="intervalMillis">Length of a candle, ms.</param>
internal sealed class HeardCandles(long intervalMillis)
{
    private readonly CandleFolder _folder = new(intervalMillis);
    private double _closeBefore = double.NaN;
    private bool _isMissing;
    private bool _isHole;

    /// <summary>One trade.</summary>
    /// <param name="millis">When, ms since 1970.</param>
    /// <param name="price">Its price.</param>
    /// <param name="qty">Its quantity in base coin.</param>
    /// <param name="whole">The candle that it closes.</param>
    /// <returns>Whether it closes one that is whole.</returns>
    public bool OnTrade(long millis, double price, double qty, out Candle whole)
    {
        bool isClosed = _folder.OnTrade(millis, price, qty, out whole) && IsWhole(ref whole);
        _isHole = false;
        return isClosed;
    }

    /// <summary>Time has passed: a candle whose interval is over closes without another trade.</summary>
    /// <param name="millis">The present, ms since 1970; nothing older comes any more.</param>
    /// <param name="whole">The candle.</param>
    /// <returns>Whether one has closed that is whole.</returns>
    public bool OnTime(long millis, out Candle whole) => _folder.OnTime(millis, out whole) && IsWhole(ref whole);

    /// <summary>Trades were missed: neither the candle that is forming is whole, nor the one of the next trade.</summary>
    public void OnMissed() => (_isMissing, _isHole) = (true, true);

    private bool IsWhole(ref Candle closed)
    {
        bool isWhole = _folder.IsWhole && !_isMissing;
        double opens = _isMissing || double.IsNaN(_closeBefore) ? closed.Open : _closeBefore;
        (_closeBefore, _isMissing) = (closed.Close, _isHole);
        closed = closed with { Open = opens, High = Math.Max(closed.High, opens), Low = Math.Min(closed.Low, opens) };
        return isWhole;
    }
}
