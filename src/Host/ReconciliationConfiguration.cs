namespace LatencyEngine.Host;

/// <summary>Section <c>reconciliation</c>.</summary>
public sealed record ReconciliationConfiguration
{
    /// <summary>Time between two look-ups of a live run without a cause, 1 to 86,400 s; 0 for none. A dry-run asks only with a cause: nobody else uses its account, and the answers would move its bursts.</summary>
    public required int EverySeconds { get; init; }
}
