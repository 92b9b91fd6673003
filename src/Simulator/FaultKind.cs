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
}
