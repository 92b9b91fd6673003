namespace LatencyEngine.Signals;

/// <summary>A candle as models see it: floats, since no money is counted with it.</summary>
/// <param name="OpenMillis">First moment, ms since 1970.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Traded quantity in base coin.</param>
public readonly record struct Candle(long OpenMillis, double Open, double High, double Low, double Close, double Volume)
{
    /// <summary>Whether it can have happened: finite numbers, prices above zero, the highest not below any other and the lowest not above, no negative volume.</summary>
    public bool IsSound =>
        double.IsFinite(Open + High + Low + Close + Volume) && Low > 0 && Volume >= 0 && Low <= Math.Min(Open, Close) && High >= Math.Max(Open, Close);
}
