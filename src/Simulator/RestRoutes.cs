namespace LatencyEngine.Simulator;

/// <summary>Every REST call that the venue offers, with who may make it and how often (Bybit V5, 10 to 13, 17.2).</summary>
internal static class RestRoutes
{
    private static readonly Dictionary<(string Method, string Path), RestRoute> ByPath = Build().ToDictionary(route => (route.Method, route.Path));

    /// <summary>All of them.</summary>
    public static IReadOnlyCollection<RestRoute> All => ByPath.Values;

    /// <summary>The route of a request line; null when the venue does not offer it.</summary>
    public static RestRoute? Find(string method, string path) => ByPath.GetValueOrDefault((method, path));

    private static IEnumerable<RestRoute> Build() =>
    [
        Public(VenueRest.TimePath, null),
        Public("/v5/market/instruments-info", RestMarket.Instruments),
        Public("/v5/market/risk-limit", RestMarket.RiskLimits),
        Public("/v5/market/orderbook", RestMarket.Book),
        Public("/v5/market/tickers", RestMarket.Tickers),
        Public("/v5/market/kline", RestMarket.Candles),
        Public("/v5/market/recent-trade", RestMarket.Trades),
        Public("/v5/market/funding/history", RestMarket.FundingHistory),
        Public("/v5/market/price-limit", RestMarket.PriceLimit),

        new("POST", "/v5/order/create", RestAccess.Order, 0, RestOrders.Create),
        new("POST", "/v5/order/amend", RestAccess.Order, 0, RestOrders.Amend),
        new("POST", "/v5/order/cancel", RestAccess.Order, 0, RestOrders.Cancel),
        new("POST", "/v5/order/create-batch", RestAccess.Order, 0, RestOrders.CreateBatch),
        new("POST", "/v5/order/amend-batch", RestAccess.Order, 0, RestOrders.AmendBatch),
        new("POST", "/v5/order/cancel-batch", RestAccess.Order, 0, RestOrders.CancelBatch),
        new("POST", VenueRest.CancelAllPath, RestAccess.Order, 10, RestOrders.CancelAll),
        new("POST", DisconnectGuard.SetPath, RestAccess.Order, 5, null),
        new("GET", VenueRest.OrdersPath, RestAccess.Read, 50, RestOrders.Realtime),
        new("GET", "/v5/order/history", RestAccess.Read, 50, RestOrders.History),
        new("GET", VenueRest.ExecutionsPath, RestAccess.Read, 50, RestOrders.Executions),

        new("GET", "/v5/position/list", RestAccess.Read, 50, RestPositions.List),
        new("GET", "/v5/position/closed-pnl", RestAccess.Read, 50, RestPositions.ClosedPnl),
        new("POST", "/v5/position/set-leverage", RestAccess.Position, 10, RestPositions.SetLeverage),
        new("POST", "/v5/position/switch-mode", RestAccess.Position, 10, RestPositions.SwitchMode),
        new("POST", "/v5/position/trading-stop", RestAccess.Position, 10, RestPositions.TradingStop),
        new("POST", "/v5/position/set-auto-add-margin", RestAccess.Position, 10, RestPositions.SetAutoAddMargin),
        new("POST", "/v5/position/add-margin", RestAccess.Position, 10, RestPositions.AddMargin),
        new("POST", "/v5/position/confirm-pending-mmr", RestAccess.Position, 10, RestPositions.ConfirmPendingMmr),
        new("POST", "/v5/position/switch-isolated", RestAccess.Position, 10, RestPositions.SwitchIsolated),
        new("POST", "/v5/position/set-risk-limit", RestAccess.Position, 10, RestPositions.SetRiskLimit),
        new("POST", "/v5/position/set-tpsl-mode", RestAccess.Position, 10, RestPositions.SetTpslMode),

        new("GET", "/v5/account/wallet-balance", RestAccess.Read, 50, RestAccount.WalletBalance),
        new("GET", "/v5/account/info", RestAccess.Read, 50, RestAccount.Info),
        new("GET", "/v5/account/fee-rate", RestAccess.Read, 5, RestAccount.FeeRate),
        new("GET", "/v5/account/transaction-log", RestAccess.Read, 25, RestAccount.TransactionLog),
        new("GET", "/v5/account/instruments-info", RestAccess.Read, 10, RestMarket.Instruments),
        new("GET", "/v5/account/smp-group", RestAccess.Read, 5, RestAccount.SmpGroup),
        new("GET", "/v5/account/user-setting-config", RestAccess.Read, 50, RestAccount.UserSettings),
        new("GET", DisconnectGuard.InfoPath, RestAccess.Read, 5, null),
        new("POST", "/v5/account/set-margin-mode", RestAccess.Position, 5, RestAccount.SetMarginMode),
        new("POST", "/v5/account/set-limit-px-action", RestAccess.Position, 10, RestAccount.SetLimitPriceAction),
        new("POST", "/v5/account/demo-apply-money", RestAccess.Wallet, 1, RestAccount.ApplyMoney, WindowSeconds: 60),
        new("GET", "/v5/user/query-api", RestAccess.Read, 10, RestAccount.ApiKeyInfo),
        new("GET", "/v5/asset/coin/query-info", RestAccess.Read, 5, RestAccount.Coins),
    ];

    private static RestRoute Public(string path, Func<RestRequest, Refusal?>? handle) => new("GET", path, RestAccess.Public, 0, handle);
}
