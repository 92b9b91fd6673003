namespace LatencyEngine.Bybit;

/// <summary>What became of a REST request (Bybit V5, 18.2).</summary>
public enum OutcomeClass
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>The venue has answered, and has done what was asked.</summary>
    Answered = 1,

    /// <summary>Nobody knows whether it was carried out: no answer in time, a lost connection, HTTP 5xx or a 403 without a reason, 10000, 10016, 429, or an answer that cannot be read.</summary>
    Unknown = 2,

    /// <summary>The venue could not be reached: nothing was sent.</summary>
    NotSent = 3,

    /// <summary>The venue's state is already the one that was asked for.</summary>
    Unchanged = 4,

    /// <summary>There is no such open order; it may have filled.</summary>
    OrderGone = 5,

    /// <summary>The order is being processed.</summary>
    OrderBusy = 6,

    /// <summary>The request's time does not fit the venue's.</summary>
    Clock = 7,

    /// <summary>Too many requests, or the venue is overloaded: the same one may be sent again after a while.</summary>
    Pace = 8,

    /// <summary>The address is banned for ten minutes (Bybit V5, 17.1); nothing is sent until then.</summary>
    Banned = 9,

    /// <summary>Key, signature, permission or address are refused: trying again does not mend it.</summary>
    HardStop = 10,

    /// <summary>Balance, margin or a risk limit does not allow it.</summary>
    Risk = 11,

    /// <summary>A parameter is refused.</summary>
    Filter = 12,

    /// <summary>Any other refusal.</summary>
    Other = 13,
}
