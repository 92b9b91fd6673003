namespace LatencyEngine.Orders;

/// <summary>What an acknowledgement or an order event meant. Journalled: append only, never renumber.</summary>
public enum OrderOutcome : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Ack: handed to the matching engine; the order stream decides (Bybit V5, 8.3).</summary>
    Accepted = 1,

    /// <summary>Ack or stream: the order was refused and is closed.</summary>
    Rejected = 2,

    /// <summary>Ack: an amend or cancel was refused; the order works on as it was.</summary>
    Refused = 3,

    /// <summary>Ack: an amend met 10001, the code of "remains unchanged" (Bybit V5, 10.2); the order works on as it was.</summary>
    Unchanged = 4,

    /// <summary>Ack: refused for its rate. A create is closed, anything else works on as it was; the caller rests the budget.</summary>
    RateLimited = 5,

    /// <summary>Ack or look-up: what became of the order is not known; the order stream decides.</summary>
    OutcomeUnknown = 6,

    /// <summary>Ack: the request is answered, but the order had already moved on: the stream was faster.</summary>
    Late = 7,

    /// <summary>Ack: no open request has this id.</summary>
    UnknownRequest = 8,

    /// <summary>Ack: refused since the venue does not accept the key or the session (Bybit V5, 18.2: hard stop); the caller stops.</summary>
    HardStop = 9,

    /// <summary>Stream: the order rests, and the values of the event are taken.</summary>
    Working = 20,

    /// <summary>Stream: closed, all filled.</summary>
    Filled = 21,

    /// <summary>Stream: closed by a cancel of this engine or user.</summary>
    Cancelled = 22,

    /// <summary>Stream: closed by the venue without being asked.</summary>
    CancelledByVenue = 23,

    /// <summary>Stream: closed, since a PostOnly order would have taken (Bybit V5, 14.3).</summary>
    PostOnlyRefused = 24,

    /// <summary>Stream: says nothing new about an order already closed, such as the second Filled (Bybit V5, 7.1).</summary>
    Repeated = 25,

    /// <summary>Stream or look-up: older than what is known; ignored.</summary>
    Stale = 26,

    // 27 was an order that rests although the table held it as closed: now an orphan.

    /// <summary>Stream: an order of another session; counted. When it rests, a look-up finds it.</summary>
    PreviousSession = 28,

    /// <summary>Stream or look-up: an order that this engine did not place; counted, never touched.</summary>
    Foreign = 29,

    /// <summary>Stream: a status this engine does not act on, or an instrument or side that is not the order's; ignored.</summary>
    Unrecognised = 30,

    /// <summary>Look-up: the venue knows no such order, open or closed, and its create can no longer arrive; it is closed here.</summary>
    Absent = 40,

    /// <summary>Stream or look-up: an order with a name of this engine rests that the table did not hold. It is held from now on, its outcome unknown and a cancel due.</summary>
    Orphan = 41,

    /// <summary>Look-up: as <see cref="Orphan"/>, but its place in the table is taken; to be asked for again.</summary>
    OrphanWaits = 42,

    /// <summary>Stream or look-up: as <see cref="Foreign"/>, and it is open and was not seen before.</summary>
    ForeignFound = 43,
}
