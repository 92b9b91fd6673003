using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>One order of the table. Free while the state is unset: then only <see cref="Id"/> and <see cref="Quote"/> mean something, a name that was made but not sent, and <see cref="Ended"/> with its time.</summary>
internal struct OrderSlot
{
    /// <summary>The order's name.</summary>
    public ClientOrderId Id;

    /// <summary>The order that last ended in this slot; none before one has.</summary>
    public ClientOrderId Ended;

    /// <summary><c>updatedTime</c> of that end, ms since 1970: what shows the order open up to here is older. 0 when no row of the venue told the end.</summary>
    public long EndedMillis;

    /// <summary>What is known about it.</summary>
    public OrderState State;

    /// <summary>Side.</summary>
    public Side Side;

    /// <summary>Time in force.</summary>
    public TimeInForce TimeInForce;

    /// <summary>The order may only shrink the position.</summary>
    public bool ReduceOnly;

    /// <summary>The venue refused the last amend: the next difference cancels.</summary>
    public bool AmendRefused;

    /// <summary>The order stream has shown the order resting.</summary>
    public bool SeenOpen;

    /// <summary>The outcome was unknown already when the cancel on its way was sent.</summary>
    public bool UnknownBeforeCancel;

    /// <summary>The gateway has accepted a request, and the order stream has not shown its effect yet.</summary>
    public bool AwaitsStream;

    /// <summary>Outcome unknown, and time for another cancel.</summary>
    public bool CancelDue;

    /// <summary>It was found open at the venue and not in the table: it is to be cancelled, and nothing is quoted while it may rest.</summary>
    public bool IsOrphan;

    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary>Index of the quote slot; -1 for an order that is not a quote.</summary>
    public int Quote;

    /// <summary>Next live order of the instrument; -1 at the end.</summary>
    public int Next;

    /// <summary>Previous live order of the instrument; -1 at the start.</summary>
    public int Previous;

    /// <summary>Number of the request whose answer decides the state; 0 for none.</summary>
    public uint RequestNumber;

    /// <summary>Price as the order stream last said; as sent before that.</summary>
    public PriceTicks Price;

    /// <summary>Total quantity as the order stream last said; as sent before that.</summary>
    public QtyLots Qty;

    /// <summary>Price that an unconfirmed amend asked for; otherwise <see cref="Price"/>.</summary>
    public PriceTicks AskedPrice;

    /// <summary>Total quantity that an unconfirmed amend asked for; otherwise <see cref="Qty"/>.</summary>
    public QtyLots AskedQty;

    /// <summary>Filled quantity as the order stream last said.</summary>
    public QtyLots FilledQty;

    /// <summary><c>updatedTime</c> of the event that last raised <see cref="FilledQty"/>, ms since 1970.</summary>
    public long FilledMillis;

    /// <summary>Quantity that is in the ledger's position: of its executions that were booked, and what was written off.</summary>
    public QtyLots ExecutedQty;

    /// <summary>Fills from before this venue time were written off, ms since 1970: executions of them that come after all are in <see cref="ExecutedQty"/> already. 0 while nothing was.</summary>
    public long WrittenOffBeforeMillis;

    /// <summary>When its create was sent.</summary>
    public EpochNanos CreatedAt;

    /// <summary>When the last request was sent or answered, or the outcome became unknown.</summary>
    public EpochNanos WaitingSince;

    /// <summary><c>updatedTime</c> of the last event taken, ms since 1970.</summary>
    public long UpdatedMillis;

    /// <summary><c>updatedTime</c> of the last look-up row taken, ms since 1970; 0 for none.</summary>
    public long LookedUpMillis;

    /// <summary>Its place in the queue at <see cref="Price"/>.</summary>
    public QueuePlace Place;

    /// <summary>Where its last move went: 1 up, -1 down, 0 when it rests where it was placed.</summary>
    public int LastMove;

    /// <summary>Working, or unknown with a cancel due.</summary>
    public readonly bool CanBeCancelled => State == OrderState.Working || (State == OrderState.OutcomeUnknown && CancelDue);

    /// <summary>Nobody has said what became of it, and a cancel that may be on its way was sent without knowing.</summary>
    public readonly bool IsUnresolved => State == OrderState.OutcomeUnknown || (State == OrderState.PendingCancel && UnknownBeforeCancel);

    /// <summary>Filled quantity by whichever stream is ahead.</summary>
    public readonly QtyLots KnownFilledQty => FilledQty > ExecutedQty ? FilledQty : ExecutedQty;

    /// <summary>Open quantity by whichever stream is ahead.</summary>
    public readonly QtyLots OpenQty => Qty - KnownFilledQty;

    /// <summary>The better for whoever trades with it of the confirmed and the asked price.</summary>
    public readonly PriceTicks WorstPrice => (Side == Side.Buy) == (Price > AskedPrice) ? Price : AskedPrice;

    /// <summary>What may still reach the position: the larger of confirmed and asked total, less what the ledger has booked already.</summary>
    public readonly QtyLots WorstQty
    {
        get
        {
            QtyLots worst = (Qty > AskedQty ? Qty : AskedQty) - ExecutedQty;
            return worst.Lots > 0 ? worst : default;
        }
    }
}
