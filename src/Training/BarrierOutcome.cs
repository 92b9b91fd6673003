namespace LatencyEngine.Training;

/// <summary>A labelled trade, from the open after its signal to its exit.</summary>
/// <param name="EntryPrice">Open of the candle after the signal.</param>
/// <param name="ExitBar">Index of the candle of the exit.</param>
/// <param name="Exit">What ended it.</param>
/// <param name="ExitPrice">Where.</param>
/// <param name="GrossReturn">Gain as a fraction of the entry's value.</param>
/// <param name="NetReturn">That less fees and slippage of both sides and the funding paid.</param>
public readonly record struct BarrierOutcome(double EntryPrice, int ExitBar, BarrierExit Exit, double ExitPrice, double GrossReturn, double NetReturn)
{
    /// <summary>The label: whether it paid.</summary>
    public bool Pays => NetReturn > 0;
}
