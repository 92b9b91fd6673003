namespace LatencyEngine.Simulator;

/// <summary>What a venue does wrong on purpose. Names in files are the lower-case words in brackets.</summary>
public enum FaultKind
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>(cut) The connections of a channel are dropped without a close frame.</summary>
    Cut = 1,

    /// <summary>(outage) The connections of a channel are dropped, and for a time neither they nor REST can be reached.</summary>
    Outage = 2,

    /// <summary>(stall) For a time nothing arrives on a channel though its connections stand; then all of it comes at once.</summary>
    Stall = 3,

    /// <summary>(gap) Messages of a channel are never sent.</summary>
    Gap = 4,

    /// <summary>(duplicate) Messages of a channel are sent twice.</summary>
    Duplicate = 5,

    /// <summary>(late) For a time messages of a channel arrive later, and those behind them with them.</summary>
    Late = 6,

    /// <summary>(reject) Requests are refused with a code.</summary>
    Reject = 7,

    /// <summary>(ban) For a time every request is refused as too frequent: 10006 in its envelope.</summary>
    Ban = 8,

    /// <summary>(close) The connections of a channel end with a close frame, 1001, as may happen to those that have reached their <c>max_active_time</c>; which code V5 sends then, if any, is not documented (Bybit V5, 3).</summary>
    Close = 9,

    /// <summary>(login) The connections of an account are dropped, and its next logins refused with <c>Params Error</c> (Bybit V5, 4).</summary>
    Login = 10,

    /// <summary>(forbidden) For a time REST answers HTTP 403 (Bybit V5, 9.2).</summary>
    Forbidden = 11,

    /// <summary>(early) The public connections are dropped, and the next subscriptions of a book or a ticker are answered behind their snapshot (Bybit V5, 20: pitfall 4).</summary>
    Early = 12,

    /// <summary>(restart) Every book of more than one level begins anew with a snapshot whose <c>u</c> is 1, as after a restart of the service (Bybit V5, 6.1).</summary>
    Restart = 13,

    /// <summary>(halfopen) The connections of a channel stand, but from now on neither side hears the other: no message, no ping and no pong passes. Whoever connects anew is served.</summary>
    HalfOpen = 14,

    /// <summary>(slow) For a time requests that change something reach the venue later, by socket or REST, and those behind them with them.</summary>
    Slow = 15,

    /// <summary>(subscription) The connections of a stream are dropped, and its next subscriptions refused: of a topic that is not known, or, where they are carried out all the same, that stands already (Bybit V5, 5.3).</summary>
    Subscription = 16,

    /// <summary>(adl) The orders of every symbol with a position are cancelled, and half of the position is closed by auto-deleveraging (Bybit V5, 16.5).</summary>
    Adl = 17,

    /// <summary>(hedge) Every account is in hedge mode from now on: positions are told by their side, and an order that names none is refused (Bybit V5, 14.5).</summary>
    Hedge = 18,
}
