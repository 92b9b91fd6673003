namespace LatencyEngine.Simulator;

/// <summary>The queue models by name, and their arithmetic.</summary>
public static class QueueModels
{
    private const double Power = 3;

    private static readonly (QueueModel Model, string Name)[] Names =
    [
        (QueueModel.TradesAtOrThrough, "trades-at-or-through"),
        (QueueModel.RiskAverse, "risk-averse"),
        (QueueModel.PowerProbability, "probability-power"),
        (QueueModel.LogProbability, "probability-log"),
    ];

    /// <summary>The known names, in order.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. Names.Select(pair => pair.Name)];

    /// <summary>The name of a model.</summary>
    public static string NameOf(QueueModel model) => Array.Find(Names, pair => pair.Model == model).Name ?? throw new ArgumentOutOfRangeException(nameof(model), model, "no such queue model");

    /// <summary>The model of a name.</summary>
    /// <exception cref="ArgumentException">No such model; the message lists those known.</exception>
    public static QueueModel Parse(string name)
    {
        QueueModel model = Array.Find(Names, pair => pair.Name == name).Model;
        return model != QueueModel.Unset ? model : throw new ArgumentException($"no queue model '{name}'; known are {string.Join(", ", Known)}", nameof(name));
    }

    /// <summary>The quantity ahead of an order after the displayed quantity at its price has changed, both without the order itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ahead">Quantity ahead before the change, less what has traded since the last book.</param>
    /// <param name="displayedBefore">Displayed quantity of the last book.</param>
    /// <param name="displayedNow">Displayed quantity now.</param>
    /// <param name="traded">Traded at the price since the last book: that part of a fall is no cancellation.</param>
    /// <param name="lot">Quantity step: the result is a multiple of it, rounded up.</param>
    internal static decimal Ahead(QueueModel model, decimal ahead, decimal displayedBefore, decimal displayedNow, decimal traded, decimal lot)
    {
        if (model == QueueModel.TradesAtOrThrough) return ahead;
        decimal cancelled = displayedBefore - displayedNow - traded;
        if (model != QueueModel.RiskAverse && cancelled > 0)
        {
            decimal behind = Math.Max(0m, displayedBefore - traded - ahead);
            decimal isBehind = (decimal)ProbabilityBehind(model, (double)ahead, (double)behind);
            decimal cancelledBehind = Math.Min(behind, isBehind * cancelled);   // what does not fit behind was ahead
            ahead = decimal.Ceiling(Math.Max(0m, ahead - (cancelled - cancelledBehind)) / lot) * lot;
        }

        return Math.Min(ahead, displayedNow);
    }

    private static double ProbabilityBehind(QueueModel model, double ahead, double behind)
    {
        (double front, double back) = model == QueueModel.PowerProbability
            ? (Math.Pow(ahead, Power), Math.Pow(behind, Power))
            : (Math.Log(1 + ahead), Math.Log(1 + behind));
        return front + back > 0 ? back / (front + back) : 1;
    }
}
