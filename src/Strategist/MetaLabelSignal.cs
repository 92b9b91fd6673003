using LatencyEngine.MetaModel;
using LatencyEngine.Signals;

namespace LatencyEngine.Strategist;

/// <summary>What a closed candle says: the trend signal, confirmed by the longer timeframe, and what the model thinks of it.</summary>
/// <param name="Direction">Which way.</param>
/// <param name="IsEvent">Whether the direction became so with this candle: only then is the model asked.</param>
/// <param name="Probability">That the trade pays, calibrated, 0 to 1; NaN where no model was asked, or may be acted on.</param>
public readonly record struct MetaLabelSignal(SignalDirection Direction, bool IsEvent, double Probability)
{
    /// <summary>The bias for quoting, -1 to 1: direction times what the probability is above even; 0 without one.</summary>
    public double Bias => BetSize.Bias((int)Direction, Probability);
}
