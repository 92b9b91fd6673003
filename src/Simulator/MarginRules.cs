namespace LatencyEngine.Simulator;

/// <summary>What an account may change about its margin, and how V5 refuses the rest (Bybit V5, 11.2 to 11.5 and 12.3). A refused change changes nothing.</summary>
/// <remarks>
/// Assumed, because no rule is published: the margin mode changes only without positions and orders; setting the mode or the auto-add flag that is set already
/// succeeds; margin can be taken back down to the initial margin, not below.
/// </remarks>
internal static class MarginRules
{
    private const int MarginDecimals = 4;   // Bybit V5, 11.5

    /// <summary>Sets the leverage of a symbol; with a position or orders the margin is checked anew.</summary>
    public static Refusal? SetLeverage(AccountSymbol state, decimal leverage)
    {
        decimal before = state.Leverage;
        if (leverage < 1 || decimal.Round(leverage, 2) != leverage) return new Refusal(10001, "params error: leverage must be 1 or more in steps of 0.01");
        if (leverage == before) return new Refusal(110043, "leverage not modified");
        decimal most = Math.Min(state.Instrument.MaxLeverage, state.Ladder.TierOf(state.WorstValue).MaxLeverage);
        if (leverage > most)
        {
            return new Refusal(110013, $"cannot set leverage [{VenueJson.Trimmed(leverage)}] gt maxLeverage [{VenueJson.Trimmed(most)}] by risk limit");
        }

        decimal availableBefore = state.Account.Available;
        state.Leverage = leverage;
        Refusal? refusal =
            state.Account.Available < Math.Min(0m, availableBefore) ? new Refusal(110012, "available balance insufficient")
            : state.IsLiquidationDue ? new Refusal(110011, "liquidation will be triggered immediately by this adjustment")
            : null;
        if (refusal is not null) state.Leverage = before;
        return refusal;
    }

    /// <summary>Sets the margin mode of an account.</summary>
    public static Refusal? SetMarginMode(VenueAccount account, MarginMode mode)
    {
        if (mode == account.MarginMode) return null;
        List<Refusal> reasons = [];
        if (account.Symbols.Any(state => state.Position.Qty != 0)) reasons.Add(new Refusal(110024, "there are open positions"));
        if (account.OpenOrders.Count > 0) reasons.Add(new Refusal(110028, "there are open orders"));
        if (reasons.Count > 0) return new Refusal(3400045, "Set margin mode failed") { Reasons = reasons };
        account.MarginMode = mode;
        foreach (AccountSymbol state in account.Symbols) state.AutoAddMargin = false;
        return null;
    }

    /// <summary>Position mode 0 is one-way, 3 is hedge, which no symbol of the dry-run venue has (Bybit V5, 11.3).</summary>
    public static Refusal SetPositionMode(int mode) => mode switch
    {
        0 => new Refusal(110025, "Position mode is not modified"),
        3 => new Refusal(110029, "hedge mode is not supported"),
        _ => new Refusal(10001, "params error: mode must be 0 or 3"),
    };

    /// <summary>Switches auto-add-margin of a symbol.</summary>
    public static Refusal? SetAutoAddMargin(AccountSymbol state, bool isOn)
    {
        if (state.Account.MarginMode != MarginMode.Isolated) return new Refusal(110076, "auto-add-margin is only available in isolated margin mode");
        state.AutoAddMargin = isOn;
        return null;
    }

    /// <summary>Adds margin to a position, or takes some back when below zero.</summary>
    public static Refusal? AddMargin(AccountSymbol state, decimal margin)
    {
        if (state.Account.MarginMode != MarginMode.Isolated) return new Refusal(110015, "position is in cross margin mode");
        if (state.Position.Qty == 0) return new Refusal(110033, "there is no position to add margin to");
        if (margin == 0) return new Refusal(110027, "margin is not modified");
        if (decimal.Round(margin, MarginDecimals) != margin) return new Refusal(10001, $"params error: margin has more than {MarginDecimals} decimals");
        if (margin > 0 && margin > state.Account.Available) return new Refusal(110014, "available balance not enough to add margin");
        if (margin < 0 && state.ExtraMargin + margin < 0) return new Refusal(110078, "the margin to take back exceeds what was added");
        state.ExtraMargin += margin;
        if (margin > 0 || !state.IsLiquidationDue) return null;
        state.ExtraMargin -= margin;
        return new Refusal(110046, "liquidation will be triggered immediately by this adjustment");
    }

    /// <summary>What auto-add-margin does when a liquidation is due: the initial margin again, or all that is available, until it is no longer due or nothing is left.</summary>
    /// <remarks>It adds whole amounts of the ledger: the margins that it compares are unrounded, and what they differ by could be too small to change anything.</remarks>
    public static void Replenish(AccountSymbol state)
    {
        while (state.IsLiquidationDue && Ledger.Truncated(Math.Min(state.InitialMargin, state.Account.Available)) is > 0 and var margin) state.ExtraMargin += margin;
    }
}
