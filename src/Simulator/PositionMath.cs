namespace LatencyEngine.Simulator;

/// <summary>Position and margin arithmetic of USDT perpetuals in decimals of 28 digits (docs/models.md, 3.1 to 3.4; Bybit V5, 16.1 to 16.5).</summary>
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

    /// <summary>The price at which margin and extra margin are gone, fee to close paid; floored at 0. Without extra margin it is the one above.</summary>
    /// <param name="signedQty">Position, not 0.</param>
    /// <param name="entry">Average entry.</param>
    /// <param name="leverage">Leverage.</param>
    /// <param name="extraMargin">Margin beyond the initial margin; below zero when funding has eaten into it.</param>
    /// <param name="takerRate">Taker fee.</param>
    public static decimal BankruptcyPrice(decimal signedQty, decimal entry, decimal leverage, decimal extraMargin, decimal takerRate) =>
        Math.Max(0m, BankruptcyPrice(signedQty, entry, leverage) - (extraMargin / (signedQty - (Math.Abs(signedQty) * takerRate))));

    /// <summary>The price at which a cross position leaves the account the rest of its equity: the share given, fee to close included, is gone there. Floored at 0.</summary>
    /// <param name="signedQty">Position, not 0.</param>
    /// <param name="mark">Mark price.</param>
    /// <param name="equityShare">Part of the account's equity that this position may cost; below zero when the account owes.</param>
    /// <param name="takerRate">Taker fee.</param>
    public static decimal CrossBankruptcyPrice(decimal signedQty, decimal mark, decimal equityShare, decimal takerRate) =>
        Math.Max(0m, ((signedQty * mark) - equityShare) / (signedQty - (Math.Abs(signedQty) * takerRate)));

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

    /// <summary>Maintenance margin of a cross position at a mark, with the fee to close at that mark (docs/models.md, 3.4).</summary>
    public static decimal CrossMaintenanceMargin(decimal signedQty, decimal mark, RiskLadder ladder, decimal takerRate)
    {
        decimal value = Math.Abs(signedQty) * mark;
        return value == 0 ? 0m : MaintenanceMargin(value, ladder.TierOf(value)) + (value * takerRate);
    }

    /// <summary>The mark price of one cross position at which the account's equity equals its maintenance margin, everything else frozen; floored at 0, null when flat.</summary>
    /// <remarks>
    /// The tier is that of the value at the price itself. The maintenance margin is the largest of the tiers' lines, so the price is the highest of the tiers'
    /// prices for a long and the lowest for a short: no iteration.
    /// </remarks>
    /// <param name="signedQty">Position, above zero is long.</param>
    /// <param name="entry">Average entry.</param>
    /// <param name="balanceBesides">Wallet + the unrealised profit less the maintenance margin of every other position.</param>
    /// <param name="ladder">Risk tiers of the symbol.</param>
    /// <param name="takerRate">Taker fee.</param>
    public static decimal? CrossLiquidationPrice(decimal signedQty, decimal entry, decimal balanceBesides, RiskLadder ladder, decimal takerRate)
    {
        if (signedQty == 0) return null;
        IEnumerable<decimal> prices = ladder.Tiers.Select(tier => CrossLiquidationPrice(signedQty, entry, balanceBesides, tier, takerRate));
        return signedQty > 0 ? prices.Max() : prices.Min();
    }

    /// <summary>As the other one, within one given tier.</summary>
    public static decimal CrossLiquidationPrice(decimal signedQty, decimal entry, decimal balanceBesides, RiskTier tier, decimal takerRate) =>
        Math.Max(0m, ((signedQty * entry) - balanceBesides - tier.Deduction) / (signedQty - (Math.Abs(signedQty) * (tier.MaintenanceRate + takerRate))));

    /// <summary>The least quantity, in whole steps, that must go so that the rest lies in the next lower tier at a mark; 0 when it is in the lowest already.</summary>
    public static decimal QtyAboveTier(decimal signedQty, decimal mark, decimal qtyStep, RiskLadder ladder)
    {
        decimal qty = Math.Abs(signedQty);
        RiskTier tier = ladder.TierOf(qty * mark);
        if (tier.Id == ladder.Tiers[0].Id) return 0m;
        decimal limit = ladder.Tiers.Last(below => below.ValueLimit < tier.ValueLimit).ValueLimit;
        return Math.Min(qty, decimal.Ceiling((qty - (limit / mark)) / qtyStep) * qtyStep);
    }

    /// <summary>The price at which closing the whole position ends at nothing: (entry × qty - realised) / (qty - |qty| × max(taker rate, 0.00055)), qty signed (Bybit V5, 7.4).</summary>
    /// <param name="signedQty">Position, not 0.</param>
    /// <param name="entry">Average entry.</param>
    /// <param name="realised">Realised on the position now held: profit less fees plus funding.</param>
    /// <param name="takerRate">Taker fee.</param>
    public static decimal BreakEvenPrice(decimal signedQty, decimal entry, decimal realised, decimal takerRate)
    {
        const decimal LeastRate = 0.00055m;
        return ((entry * signedQty) - realised) / (signedQty - (Math.Abs(signedQty) * Math.Max(takerRate, LeastRate)));
    }
}
