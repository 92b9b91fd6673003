namespace LatencyEngine.Simulator;

/// <summary>What an account has closed, added up fill by fill (Bybit V5, 11.7).</summary>
/// <remarks>The thread that owns the venue.</remarks>
internal sealed class ClosedTrades(int capacity)
{
    private readonly Dictionary<string, (decimal Qty, decimal Fees)> _open = new(StringComparer.Ordinal);

    /// <summary>The newest closing fills, oldest first; an order that closes with several stands at the last of them.</summary>
    public RecentRows<ClosingFill> Fills { get; } = new(capacity);

    /// <summary>Takes an execution of the account, in their order; funding closes nothing.</summary>
    public void Add(VenueExecution execution)
    {
        ExecutionRow row = execution.Row;
        if (row.ExecType == "Funding") return;
        (decimal qty, decimal fees) = _open.GetValueOrDefault(row.Order.Symbol);
        decimal openingFees = qty == 0 ? 0m : fees * row.ClosedQty / qty;
        decimal opened = row.Qty - row.ClosedQty;
        _open[row.Order.Symbol] = (qty - row.ClosedQty + opened, fees - openingFees + (row.Fee * opened / row.Qty));
        if (row.ClosedQty == 0) return;
        ClosedTrade trade = row.Order.Closed ??= new ClosedTrade(execution);
        trade.Add(execution, openingFees);
        Fills.Add(new ClosingFill(trade, trade.Fills, execution.TimeMillis));
    }
}
