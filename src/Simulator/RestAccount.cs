using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The REST calls on the account and its keys (Bybit V5, 12).</summary>
/// <remarks>
/// The account is a unified one of kind 2.0. Account figures take one USDT as one USD. <c>dcpStatus</c>, <c>timeWindow</c> and <c>smpGroup</c> of the account's
/// info are constants of V5 that say nothing (Bybit V5, 12.2); disconnect protection is asked for with <see cref="DisconnectGuard.InfoPath"/>. Market-maker
/// level, referral and identity fields of a key's info are constants.
/// </remarks>
internal static class RestAccount
{
    private const int LogLimit = 20;
    private const int LogLimitMax = 50;
    private const long DayMillis = 24L * 60 * 60 * 1_000;
    private const decimal DemoMoneyMax = 100_000m;

    /// <summary>The wallet (Bybit V5, 12.1).</summary>
    public static Refusal? WalletBalance(RestRequest request)
    {
        if (request["accountType"] != "UNIFIED") return new Refusal(10001, "accountType only support UNIFIED.");
        VenueAccount account = request.Account;
        string equity = VenueJson.Trimmed(account.Equity);
        string initialRate = VenueJson.Trimmed(account.InitialMarginRate);
        string maintenanceRate = VenueJson.Trimmed(account.MaintenanceMarginRate);
        Utf8JsonWriter json = request.Result;
        json.WriteStartArray("list");
        json.WriteStartObject();
        json.WriteString("totalEquity", equity);
        json.WriteString("accountIMRate", initialRate);
        json.WriteString("accountIMRateByMp", initialRate);
        json.WriteString("totalMarginBalance", equity);
        json.WriteString("totalInitialMargin", VenueJson.Trimmed(account.InitialMargin));
        json.WriteString("totalInitialMarginByMp", VenueJson.Trimmed(account.InitialMargin));
        json.WriteString("accountType", "UNIFIED");
        json.WriteString("totalAvailableBalance", VenueJson.Trimmed(account.Available));
        json.WriteString("accountMMRate", maintenanceRate);
        json.WriteString("accountMMRateByMp", maintenanceRate);
        json.WriteString("totalPerpUPL", VenueJson.Trimmed(account.UnrealisedPnl));
        json.WriteString("totalWalletBalance", VenueJson.Trimmed(account.Wallet));
        json.WriteString("accountLTV", "0");
        json.WriteString("totalMaintenanceMargin", VenueJson.Trimmed(account.MaintenanceMargin));
        json.WriteString("totalMaintenanceMarginByMp", VenueJson.Trimmed(account.MaintenanceMargin));
        json.WriteStartArray("coin");
        if (!request.Has("coin") || request["coin"].Split(',').Contains("USDT")) WriteCoin(json, account);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        return null;
    }

    /// <summary>What kind of account it is (Bybit V5, 12.2).</summary>
    public static Refusal? Info(RestRequest request)
    {
        Utf8JsonWriter json = request.Result;
        json.WriteString("marginMode", request.Account.MarginMode == MarginMode.Cross ? "REGULAR_MARGIN" : "ISOLATED_MARGIN");
        json.WriteString("updatedTime", "0");
        json.WriteNumber("unifiedMarginStatus", 5);
        json.WriteString("dcpStatus", "OFF");
        json.WriteNumber("timeWindow", 10);
        json.WriteNumber("smpGroup", 0);
        json.WriteBoolean("isMasterTrader", false);
        json.WriteString("spotHedgingStatus", "OFF");
        return null;
    }

    /// <summary>Sets the margin mode (Bybit V5, 12.3); what stands in the way is listed.</summary>
    public static Refusal? SetMarginMode(RestRequest request)
    {
        if (request["setMarginMode"] is not ("ISOLATED_MARGIN" or "REGULAR_MARGIN" or "PORTFOLIO_MARGIN"))
        {
            return new Refusal(10001, "params error: setMarginMode must be ISOLATED_MARGIN, REGULAR_MARGIN or PORTFOLIO_MARGIN");
        }

        MarginMode mode = request["setMarginMode"] == "ISOLATED_MARGIN" ? MarginMode.Isolated : MarginMode.Cross;
        Refusal? refusal = request["setMarginMode"] == "PORTFOLIO_MARGIN"
            ? new Refusal(3400045, "Set margin mode failed") { Reasons = [new Refusal(3400000, "portfolio margin is not offered by the dry-run venue")] }
            : request.Venue.SetMarginMode(request.Account, mode, request.NowNanos, request.Output);
        request.Result.WriteStartArray("reasons");
        foreach (Refusal reason in refusal?.Reasons ?? [])
        {
            request.Result.WriteStartObject();
            request.Result.WriteString("reasonCode", reason.Code.ToString(CultureInfo.InvariantCulture));
            request.Result.WriteString("reasonMsg", reason.Text);
            request.Result.WriteEndObject();
        }

        request.Result.WriteEndArray();
        return refusal;
    }

    /// <summary>Fee rates of one symbol or of all (Bybit V5, 12.4).</summary>
    public static Refusal? FeeRate(RestRequest request)
    {
        if ((request.CheckCategory() ?? request.CheckSymbol(isRequired: false)) is { } refusal) return refusal;
        RestPage.WriteList(request.Result, request.Account.Symbols.Where(state => request.Matches("symbol", state.Symbol)), (row, state) =>
        {
            row.WriteString("symbol", state.Symbol);
            row.WriteString("takerFeeRate", VenueJson.Trimmed(state.Fees.Taker));
            row.WriteString("makerFeeRate", VenueJson.Trimmed(state.Fees.Maker));
        });
        return null;
    }

    /// <summary>What has moved the wallet, newest first (Bybit V5, 12.5).</summary>
    public static Refusal? TransactionLog(RestRequest request)
    {
        Refusal? refusal = RestWindow.Read(request, DayMillis, out long start, out long end) ?? request.CheckNumber("limit", 1, LogLimitMax);
        if (refusal is not null) return refusal;
        if (request["accountType"] is not ("" or "UNIFIED")) return new Refusal(10001, "accountType only support UNIFIED.");
        VenueAccount account = request.Account;
        bool isInScope = request.Matches("category", "linear") && request.Matches("currency", "USDT");
        string symbol = request.Has("baseCoin") ? request["baseCoin"] + "USDT" : "";
        Func<string, bool> isOfType = request.Matching("type");
        List<(long Number, LedgerEntry Entry)>? page = RestPage.Number(
            request,
            account.Entries,
            entry => entry.TimeNanos / Venue.NanosPerMilli,
            start,
            end,
            entry => isInScope && (symbol.Length == 0 || entry.Symbol == symbol) && isOfType(TypeText(entry.Type)),
            LogLimit,
            out string nextCursor);
        if (page is null) return RestPage.BadCursor;
        request.Result.WriteString("nextPageCursor", nextCursor);
        RestPage.WriteList(request.Result, page, (json, row) => WriteEntry(json, row.Entry, $"{account.Uid}-{row.Number}", ExecutionOf(account, row.Entry)));
        return null;
    }

    /// <summary>Whether orders beyond the price limit are moved to it or refused, in all symbols (Bybit V5, 12.7).</summary>
    public static Refusal? SetLimitPriceAction(RestRequest request)
    {
        if (request.CheckCategory() is { } refusal) return refusal;
        if (!bool.TryParse(request["modifyEnable"], out bool moves)) return new Refusal(10001, "params error: modifyEnable must be true or false");
        request.Account.MovesOrdersToPriceLimit = moves;
        request.Message = "success";
        return null;
    }

    /// <summary>The account's settings (Bybit V5, 12.7): <c>lpaPerp</c> is true where orders beyond the price limit are refused.</summary>
    public static Refusal? UserSettings(RestRequest request)
    {
        request.Result.WriteBoolean("lpaSpot", false);
        request.Result.WriteBoolean("lpaPerp", !request.Account.MovesOrdersToPriceLimit);
        foreach (string key in (ReadOnlySpan<string>)["smsef", "fmsef", "deltaEnable"]) request.Result.WriteBoolean(key, false);
        return null;
    }

    /// <summary>The self-match group: none (Bybit V5, 12).</summary>
    public static Refusal? SmpGroup(RestRequest request)
    {
        request.Message = "success";
        request.Result.WriteNumber("smpGroup", 0);
        return null;
    }

    /// <summary>Coins: none that could be deposited or withdrawn; clients ask at start (Bybit V5, 19.1).</summary>
    public static Refusal? Coins(RestRequest request)
    {
        request.Message = "success";
        request.Result.WriteStartArray("rows");
        request.Result.WriteEndArray();
        return null;
    }

    /// <summary>More demo money (Bybit V5, 1): USDT, at most 100,000 a call.</summary>
    public static Refusal? ApplyMoney(RestRequest request)
    {
        if (request["adjustType"] is not ("" or "0")) return new Refusal(10001, "params error: adjustType is 0 in the dry-run venue");
        if (!request.Body.TryGetProperty("utaDemoApplyMoney", out JsonElement list) || list.ValueKind != JsonValueKind.Array) return new Refusal(10001, "params error: utaDemoApplyMoney invalid");
        decimal sum = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object
                || !item.TryGetProperty("coin", out JsonElement coin)
                || coin.ToString() != "USDT"
                || !item.TryGetProperty("amountStr", out JsonElement text)
                || !decimal.TryParse(text.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount)
                || amount > DemoMoneyMax)
            {
                return new Refusal(10001, "params error: utaDemoApplyMoney holds coin USDT with an amountStr of at most 100000");
            }

            sum += amount;
        }

        if (Ledger.Rounded(sum) is not (> 0 and <= DemoMoneyMax)) return new Refusal(10001, "params error: the amount must lie above 0 and at most at 100000 USDT");
        request.Venue.Deposit(request.Account, sum, request.NowNanos, request.Output);
        return null;
    }

    /// <summary>The key that signed the call (Bybit V5, 12.8).</summary>
    public static Refusal? ApiKeyInfo(RestRequest request)
    {
        if (request.Call.Key is not { } key) return new Refusal(10003, "API key is invalid.");
        request.Message = "";
        Utf8JsonWriter json = request.Result;
        json.WriteString("id", key.Uid.ToString(CultureInfo.InvariantCulture));
        json.WriteString("note", "dry-run");
        json.WriteString("apiKey", key.Key);
        json.WriteNumber("readOnly", key.Permissions == ApiPermissions.None ? 1 : 0);
        json.WriteString("secret", "");
        json.WriteStartObject("permissions");
        WriteStrings(json, "ContractTrade", [.. ApiPermissionNames.Of(key.Permissions & (ApiPermissions.Order | ApiPermissions.Position))]);
        WriteStrings(json, "Spot", []);
        WriteStrings(json, "Wallet", [.. ApiPermissionNames.Of(key.Permissions & ApiPermissions.Wallet)]);
        WriteStrings(json, "Options", []);
        WriteStrings(json, "Derivatives", key.May(ApiPermissions.Order) ? ["DerivativesTrade"] : []);
        foreach (string group in (ReadOnlySpan<string>)["CopyTrading", "BlockTrade", "Exchange", "NFT", "Affiliate", "Earn"]) WriteStrings(json, group, []);
        json.WriteEndObject();
        WriteStrings(json, "ips", ["*"]);
        json.WriteNumber("type", 1);
        json.WriteNumber("deadlineDay", -2);
        json.WriteString("expiredAt", Iso(key.ExpiresAtMillis ?? 0));
        json.WriteString("createdAt", Iso(0));
        json.WriteNumber("unified", 0);
        json.WriteNumber("uta", 1);
        json.WriteNumber("userID", key.Uid);
        json.WriteNumber("inviterID", 0);
        json.WriteString("vipLevel", request.Account.FeeTier.Name.ToUpperInvariant().Replace(' ', '-'));
        json.WriteString("mktMakerLevel", "0");
        json.WriteNumber("affiliateID", 0);
        json.WriteString("rsaPublicKey", "");
        json.WriteBoolean("isMaster", true);
        json.WriteString("parentUid", "0");
        json.WriteString("kycLevel", "LEVEL_1");
        json.WriteString("kycRegion", "");
        return null;
    }

    private static string Iso(long millis) => DateTimeOffset.FromUnixTimeMilliseconds(millis).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void WriteStrings(Utf8JsonWriter json, string key, IEnumerable<string> values)
    {
        json.WriteStartArray(key);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void WriteCoin(Utf8JsonWriter json, VenueAccount account)
    {
        string equity = VenueJson.Trimmed(account.Equity);
        json.WriteStartObject();
        json.WriteString("availableToBorrow", "");
        json.WriteString("bonus", "0");
        json.WriteString("accruedInterest", "0");
        json.WriteString("availableToWithdraw", "");
        json.WriteString("totalOrderIM", VenueJson.Trimmed(account.OrderMargin));
        json.WriteString("equity", equity);
        json.WriteString("totalPositionMM", VenueJson.Trimmed(account.MaintenanceMargin));
        json.WriteString("usdValue", equity);
        json.WriteString("spotHedgingQty", "0");
        json.WriteString("unrealisedPnl", VenueJson.Trimmed(account.UnrealisedPnl));
        json.WriteBoolean("collateralSwitch", true);
        json.WriteString("borrowAmount", "0");
        json.WriteString("totalPositionIM", VenueJson.Trimmed(account.PositionMargin));
        json.WriteString("walletBalance", VenueJson.Trimmed(account.Wallet));
        json.WriteString("cumRealisedPnl", VenueJson.Trimmed(account.Wallet - account.Deposits));
        json.WriteString("locked", "0");
        json.WriteBoolean("marginCollateral", true);
        json.WriteString("coin", "USDT");
        json.WriteString("spotBorrow", "0");
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, LedgerEntry entry, string id, ExecutionRow? row)
    {
        json.WriteString("transSubType", "");
        json.WriteString("id", id);
        json.WriteString("symbol", entry.Symbol);
        json.WriteString("side", row is null ? "None" : VenueJson.SideText(row.Order.Side));
        json.WriteString("funding", entry.Type == LedgerEntryType.Settlement ? VenueJson.Trimmed(entry.Funding) : "");
        json.WriteString("orderLinkId", row?.Order.OrderLinkId ?? "");
        json.WriteString("orderId", row?.Order.OrderId ?? "");
        json.WriteString("fee", VenueJson.Trimmed(entry.Fee));
        json.WriteString("change", VenueJson.Trimmed(entry.Change));
        json.WriteString("cashFlow", VenueJson.Trimmed(entry.CashFlow));
        json.WriteString("transactionTime", VenueJson.Millis(entry.TimeNanos / Venue.NanosPerMilli));
        json.WriteString("type", TypeText(entry.Type));
        json.WriteString("feeRate", row is null ? "" : VenueJson.Trimmed(row.FeeRate));
        json.WriteString("bonusChange", "");
        json.WriteString("size", VenueJson.Trimmed(entry.PositionAfter));
        json.WriteString("qty", row is null ? "" : VenueJson.Trimmed(row.Qty));
        json.WriteString("cashBalance", VenueJson.Trimmed(entry.WalletAfter));
        json.WriteString("currency", "USDT");
        json.WriteString("category", row is null ? "" : "linear");
        json.WriteString("tradePrice", row is null ? "" : VenueJson.Trimmed(row.Price));
        json.WriteString("tradeId", entry.ExecId);
        json.WriteString("extraFees", "");
    }

    /// <summary>What moved the money, published in the same millisecond; null for a transfer, and when it is kept no longer.</summary>
    private static ExecutionRow? ExecutionOf(VenueAccount account, LedgerEntry entry)
    {
        long millis = entry.TimeNanos / Venue.NanosPerMilli;
        return account.Executions.Below(account.Executions.EndAt(execution => execution.TimeMillis, millis))
            .TakeWhile(row => row.Row.TimeMillis == millis)
            .FirstOrDefault(row => row.Row.Row.ExecId == entry.ExecId).Row?.Row;
    }

    private static string TypeText(LedgerEntryType type) => type switch
    {
        LedgerEntryType.TransferIn => "TRANSFER_IN",
        LedgerEntryType.Settlement => "SETTLEMENT",
        LedgerEntryType.Liquidation => "LIQUIDATION",
        _ => "TRADE",
    };
}
