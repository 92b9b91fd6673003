namespace LatencyEngine.Orders;

/// <summary>What the engine knows about one of its orders. Journalled: append only, never renumber.</summary>
public enum OrderState : byte
{
    /// <summary>No such order is held: never sent, or closed.</summary>
    Unset = 0,

    /// <summary>The create is on its way; the order stream has not shown the order yet.</summary>
    PendingNew = 1,

    /// <summary>Resting, as the order stream last said; the only state that is amended or cancelled by a plan.</summary>
    Working = 2,

    /// <summary>An amend is on its way: old or new values may rest.</summary>
    PendingAmend = 3,

    /// <summary>A cancel is on its way: the order may still fill.</summary>
    PendingCancel = 4,

    /// <summary>A request has no usable answer: the order may rest, with old or new values, or be gone. It keeps its quote slot and its exposure until the venue says what became of it.</summary>
    OutcomeUnknown = 5,
}
