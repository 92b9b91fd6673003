namespace LatencyEngine.Simulator;

/// <summary>What one order has closed of a position: a row of <c>closed-pnl</c> (Bybit V5, 11.7).</summary>
internal sealed class ClosedTrade(VenueExecution first)
{
    /// <summary>The closing order's first execution.</summary>
    public ExecutionRow Row { get; } = first.Row;

    /// <summary>Time of the first closing fill, ms since 1970.</summary>
    public long FirstMillis { get; } = first.TimeMillis;

    /// <summary>Time of the last closing fill, ms since 1970.</summary>
    public long LastMillis { get; private set; }

    public decimal ClosedQty { get; private set; }

    public decimal EntryValue { get; private set; }

    public decimal ExitValue { get; private set; }

    /// <summary>Profit after the fees on the closed quantity, those of opening it and those of closing it.</summary>
    public decimal Pnl { get; private set; }

    public int Fills { get; private set; }

    /// <summary>Everything that an account has closed, in the order of the last fills.</summary>
    /// <param name="executions">All of the account's, oldest first.</param>
    public static IReadOnlyList<ClosedTrade> Of(IEnumerable<VenueExecution> executions)
    {
        Dictionary<string, ClosedTrade> byOrder = new(StringComparer.Ordinal);
        Dictionary<string, (decimal Qty, decimal Fees)> open = new(StringComparer.Ordinal);
        foreach (VenueExecution execution in executions.Where(execution => execution.Row.ExecType != "Funding"))
        {
            ExecutionRow row = execution.Row;
            (decimal qty, decimal fees) = open.GetValueOrDefault(row.Order.Symbol);
            decimal openingFees = qty == 0 ? 0m : fees * row.ClosedQty / qty;
            decimal opened = row.Qty - row.ClosedQty;
            open[row.Order.Symbol] = (qty - row.ClosedQty + opened, fees - openingFees + (row.Fee * opened / row.Qty));
            if (row.ClosedQty == 0) continue;
            if (!byOrder.TryGetValue(row.Order.OrderId, out ClosedTrade? closed)) byOrder.Add(row.Order.OrderId, closed = new ClosedTrade(execution));
            closed.Add(execution, openingFees);
        }

        return [.. byOrder.Values.OrderBy(closed => closed.LastMillis)];
    }

    private void Add(VenueExecution execution, decimal openingFees)
    {
        ExecutionRow row = execution.Row;
        decimal exit = row.ClosedQty * row.Price;
        LastMillis = execution.TimeMillis;
        ClosedQty += row.ClosedQty;
        ExitValue += exit;
        EntryValue += row.Order.IsBuy ? exit + row.Realised : exit - row.Realised;
        Pnl += row.Realised - openingFees - (row.Fee * row.ClosedQty / row.Qty);
        Fills++;
    }
}
