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

    /// <summary>Another fill of the order has closed something.</summary>
    /// <param name="execution">The fill.</param>
    /// <param name="openingFees">What opening the closed quantity had cost, USDT.</param>
    public void Add(VenueExecution execution, decimal openingFees)
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
