namespace LatencyEngine.Model;

/// <summary>What became of a <see cref="DirectionalRequest"/>. Journalled: append only, never renumber.</summary>
public enum DirectionalOutcome
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Taken: the engine works towards its position.</summary>
    Taken = 1,

    /// <summary>Refused: the strategy of the profile does not trade outright.</summary>
    NotOfTheStrategy = 2,

    /// <summary>Refused: a member is out of range, the stop is on the wrong side of the bound, or the position is beyond its limit.</summary>
    Impossible = 3,

    /// <summary>Refused: its time to enter is over, or the mark price is at its stop or beyond.</summary>
    TooLate = 4,

    /// <summary>Refused: it would open while nothing may be opened: killed, stopped, closing, or at a limit of the loss ladder.</summary>
    NothingMayOpen = 5,

    /// <summary>The first fill of a position that it opens: a trade.</summary>
    Opened = 6,

    /// <summary>The position is held, or what is missing is below the venue's smallest order.</summary>
    Reached = 7,

    /// <summary>Its time to enter was over before the position was held.</summary>
    Expired = 8,

    /// <summary>Nothing more may be opened: the kill switch, a stop, a limit of the loss ladder or of the gate. What is held stays, under the stop.</summary>
    Halted = 9,

    /// <summary>The mark price has reached the stop: the position is closed.</summary>
    StopReached = 10,

    /// <summary>Flat: the request is over.</summary>
    Ended = 11,
}
