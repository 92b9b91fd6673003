namespace LatencyEngine.Strategist;

/// <summary>What the hybrid profile wants to hold of a symbol from now on.</summary>
/// <param name="IsTrade">Whether anything is to change; if not, the rest is as it was.</param>
/// <param name="WantedQty">Signed position in base coin, not rounded to lots; 0 to be flat.</param>
/// <param name="Bound">Worst price of an order towards it; 0 when all is closed.</param>
/// <param name="Stop">Mark price at which it is closed; 0 when all is closed.</param>
/// <param name="Reason">Why, in a few words.</param>
public readonly record struct TradeDecision(bool IsTrade, decimal WantedQty, decimal Bound, decimal Stop, string Reason)
{
    /// <summary>Nothing changes.</summary>
    public static TradeDecision Nothing(string reason) => new(false, 0, 0, 0, reason);
}
