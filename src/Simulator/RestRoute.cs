namespace LatencyEngine.Simulator;

/// <summary>One REST call that the venue offers.</summary>
/// <param name="Method"><c>GET</c> or <c>POST</c>.</param>
/// <param name="Path">Full path.</param>
/// <param name="Access">Who may call.</param>
/// <param name="PerSecond">Calls in a window, most often a second, for each user, counted by the gateway; 0 where there is no limit or the venue counts the call with order entry (Bybit V5, 17.2, 17.4).</param>
/// <param name="Handle">Writes the members of the result and returns null, or writes nothing and returns why not. Null where the gateway answers itself.</param>
/// <param name="WindowSeconds">Length of the window in which so many calls are allowed.</param>
internal sealed record RestRoute(string Method, string Path, RestAccess Access, int PerSecond, Func<RestRequest, Refusal?>? Handle, int WindowSeconds = 1)
{
    /// <summary>A call that may change the venue: it travels as an order does, any other as a look-up.</summary>
    public bool Changes => Method == "POST";

    /// <summary>A call that cancels orders and does nothing else.</summary>
    public bool Cancels => Path.StartsWith("/v5/order/cancel", StringComparison.Ordinal);

    /// <summary>The permission that the caller's key must have.</summary>
    public ApiPermissions Needs => Access switch
    {
        RestAccess.Order => ApiPermissions.Order,
        RestAccess.Position => ApiPermissions.Position,
        RestAccess.Wallet => ApiPermissions.Wallet,
        _ => ApiPermissions.None,
    };
}
