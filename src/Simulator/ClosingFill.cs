namespace LatencyEngine.Simulator;

/// <summary>A fill that has closed something of a position.</summary>
/// <param name="Trade">What its order has closed, with this fill and those after it.</param>
/// <param name="Number">Which of the order's closing fills it is, from 1.</param>
/// <param name="TimeMillis">When, ms since 1970.</param>
internal readonly record struct ClosingFill(ClosedTrade Trade, int Number, long TimeMillis)
{
    /// <summary>Whether the order has closed nothing since.</summary>
    public bool IsLast => Number == Trade.Fills;
}
