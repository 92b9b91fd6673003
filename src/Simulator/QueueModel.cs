namespace LatencyEngine.Simulator;

/// <summary>How a resting order moves forward in the queue of a recorded book. Names as in configurations: <see cref="QueueModels"/>.</summary>
/// <remarks>
/// In every model an order joins behind the displayed quantity at its price, and recorded trades at or through the price work the queue off. They differ in
/// what a fall of the displayed quantity means that no trade explains: somebody ahead, or somebody behind, has cancelled.
/// Source of the probability models: Rigtorp, "Estimating order queue position" (2013), in the form that hftbacktest gives them.
/// </remarks>
public enum QueueModel
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Nothing: only trades move the order. Every fill has recorded trades that prove it.</summary>
    TradesAtOrThrough = 1,

    /// <summary>Everybody cancels behind the order, until there is nobody behind: never more is ahead than is displayed.</summary>
    RiskAverse = 2,

    /// <summary>A cancellation was behind with probability f(behind) / (f(ahead) + f(behind)), f(x) = x^3; the order moves forward by the expected rest.</summary>
    PowerProbability = 3,

    /// <summary>As <see cref="PowerProbability"/> with f(x) = ln(1 + x).</summary>
    LogProbability = 4,
}
