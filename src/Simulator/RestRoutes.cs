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

        new("POST", "/v5/order/create", RestAccess.Order, 0, RestOrders.Create),
        new("POST", "/v5/order/amend", RestAccess.Order, 0, RestOrders.Amend),
        new("POST", "/v5/order/cancel", RestAccess.Order, 0, RestOrders.Cancel),
        new("POST", "/v5/order/create-batch", RestAccess.Order, 0, RestOrders.CreateBatch),
        new("POST", "/v5/order/amend-batch", RestAccess.Order, 0, RestOrders.AmendBatch),
        new("POST", "/v5/order/cancel-batch", RestAccess.Order, 0, RestOrders.CancelBatch),
        new("GET", "/v5/order/history", RestAccess.Read, 50, RestOrders.History),
        new("GET", VenueRest.OrdersPath, RestAccess.Read, 50, RestOrders.Realtime),
        new("GET", VenueRest.ExecutionsPath, RestAccess.Read, 50, RestOrders.Executions),
        new("POST", VenueRest.CancelAllPath, RestAccess.Order, 10, RestOrders.CancelAll),
        new("POST", DisconnectGuard.SetPath, RestAccess.Order, 5, null),
        new("GET", DisconnectGuard.InfoPath, RestAccess.Read, 5, null),
    ];

    private static RestRoute Public(string path, Func<RestRequest, Refusal?>? handle) => new("GET", path, RestAccess.Public, 0, handle);
}
