namespace LatencyEngine.Simulator;

/// <summary>Position and isolated-margin arithmetic of USDT perpetuals in unrounded decimals (docs/models.md, 3.1 to 3.3; Bybit V5, 16.1).</summary>
public static class PositionMath
{
    /// <summary>Books a fill: adds at the weighted average, closes at most the open quantity, and opens the rest on the other side.</summary>
    /// <param name="before">The position before.</param>
    /// <param name="sign">+1 buy, -1 sell.</param>
    /// <param name="qty">Filled quantity, above zero.</param>
    /// <param name="price">Fill price.</param>
    /// <param name="feeRate">Fraction of the filled value; negative is a rebate.</param>
    public static FillResult ApplyFill(PositionState before, int sign, decimal qty, decimal price, decimal feeRate)
    {
        if (sign is not (1 or -1)) throw new ArgumentOutOfRangeException(nameof(sign), sign, "sign must be +1 or -1");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(qty);

        decimal fee = qty * price * feeRate;
        decimal held = Math.Abs(before.Qty);
        bool adds = before.Qty == 0 || Math.Sign(before.Qty) == sign;
        decimal closed = adds ? 0m : Math.Min(qty, held);
        decimal realised = closed * (price - before.AverageEntry) * Math.Sign(before.Qty);
        decimal after = before.Qty + (sign * qty);
        decimal entry = adds ? ((held * before.AverageEntry) + (qty * price)) / (held + qty)
            : after == 0 ? 0m
            : qty > held ? price
            : before.AverageEntry;

        PositionState state = before with { Qty = after, AverageEntry = entry, RealisedGross = before.RealisedGross + realised, Fees = before.Fees + fee };
        return new FillResult(state, closed, realised, fee);
    }

    /// <summary>What a funding stamp costs: position × mark × rate; above zero is paid, below zero received.</summary>
    public static decimal FundingPayment(decimal signedQty, decimal mark, decimal rate) => signedQty * mark * rate;

    /// <summary>The price at which the margin is gone: E (1 - 1/L) for a long, E (1 + 1/L) for a short.</summary>
    public static decimal BankruptcyPrice(decimal signedQty, decimal entry, decimal leverage) =>
        signedQty >= 0 ? entry - (entry / leverage) : entry + (entry / leverage);

    /// <summary>Fee that closing at the bankruptcy price would cost.</summary>
    public static decimal FeeToClose(decimal signedQty, decimal entry, decimal leverage, decimal takerRate) =>
        Math.Abs(signedQty) * BankruptcyPrice(signedQty, entry, leverage) * takerRate;

    /// <summary>Initial margin of a value, without the fee to close.</summary>
    public static decimal InitialMargin(decimal value, decimal leverage) => value / leverage;

    /// <summary>Maintenance margin of a value, without the fee to close: value × MMR - deduction.</summary>
    public static decimal MaintenanceMargin(decimal value, RiskTier tier) => (value * tier.MaintenanceRate) - tier.Deduction;

    /// <summary>The mark price at which an isolated position is liquidated, tier of the entry value, floored at 0; null when flat.</summary>
    /// <param name="signedQty">Position, above zero is long.</param>
    /// <param name="entry">Average entry.</param>
    /// <param name="leverage">Leverage.</param>
    /// <param name="ladder">Risk tiers of the symbol.</param>
    /// <param name="extraMargin">Margin added beyond the initial margin.</param>
    /// <param name="takerRate">Taker fee; matters only with extra margin.</param>
    public static decimal? LiquidationPrice(decimal signedQty, decimal entry, decimal leverage, RiskLadder ladder, decimal extraMargin = 0m, decimal takerRate = 0m)
    {
        if (signedQty == 0) return null;
        decimal qty = Math.Abs(signedQty);
        decimal value = qty * entry;
        RiskTier tier = ladder.TierOf(value);
        decimal price = signedQty > 0
            ? (value - (value / leverage) - (extraMargin / (1 - takerRate)) - tier.Deduction) / (qty * (1 - tier.MaintenanceRate))
            : (value + (value / leverage) + (extraMargin / (1 + takerRate)) + tier.Deduction) / (qty * (1 + tier.MaintenanceRate));
        return Math.Max(0m, price);
    }
}
