using System.Diagnostics;
using System.Runtime.CompilerServices;
using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>Every order of this engine that may be alive, the requests on their way, and the difference between the quotes that are wanted and those that work.</summary>
/// <remarks>
/// The order stream is the truth; an acknowledgement only says that a request was taken (Bybit V5, 8.3). Either may come first.
/// A quote slot (instrument, side, level) holds at most one order, and is free again only when the venue has said that its order is closed.
/// Everything is found by <see cref="ClientOrderId"/>: the number picks a slot by a mask, and a number whose slot is taken is skipped.
/// Thread: hot. Allocates: only when constructed. Throws: only when constructed.
/// </remarks>
public sealed class OrderTable
{
    /// <summary>Orders held at once.</summary>
    public const int Capacity = 1_024;

    /// <summary>Most quote levels a side: a plan marks the levels it has seen in one word.</summary>
    public const int LevelsPerSideMax = 16;

    // Requests that can wait for their answer: at 3,600 a second (three operations of 1,200, Bybit V5, 17.3) more than a second of them; an older one has timed out.
    private const int RequestCapacity = 4_096;

    private const int None = -1;

    // A target that flickers between two prices would move an order with every turn: back where it came from it goes only for twice the distance.
    private const int ReversalFactor = 2;

    // Orders of others that are told once each: far more than a hand places.
    private const int ForeignOrdersRemembered = 1_024;

    private readonly OrderTableSettings _settings;
    private readonly long[] _requoteTicks;
    private readonly int _levelsPerSide;
    private readonly int _quotesPerInstrument;
    private readonly OrderSlot[] _slots = new OrderSlot[Capacity];
    private readonly PendingRequest[] _requests = new PendingRequest[RequestCapacity];
    private readonly InstrumentOrders[] _instruments;
    private readonly int[] _quotes;
    private readonly long[] _planErrors;
    private readonly QueueWorth[] _queueWorths;
    private readonly QtyLots[] _displayedAtTargets;
    private readonly UnbookedFill[] _unbooked = new UnbookedFill[Capacity];
    private readonly IdMemory _foreignOrders = new(ForeignOrdersRemembered);
    private double _scarcity = 1;
    private uint _session;
    private uint _lastOrder;
    private uint _lastRequest;
    private int _unbookedCount;

    /// <summary>Creates an empty table.</summary>
    /// <param name="instruments">The engine's instruments.</param>
    /// <param name="levelsPerSide">Quotes a side and instrument, 1 to <see cref="LevelsPerSideMax"/>; all quotes together take at most half of <see cref="Capacity"/>.</param>
    /// <param name="settings">How to plan and wait.</param>
    /// <exception cref="ArgumentException">A value is out of range; the message says which.</exception>
    public OrderTable(InstrumentTable instruments, int levelsPerSide, OrderTableSettings settings)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        ArgumentNullException.ThrowIfNull(settings);
        if (levelsPerSide is < 1 or > LevelsPerSideMax) throw new ArgumentException($"order table: levels per side must be 1 to {LevelsPerSideMax}, was {levelsPerSide}");
        int quotes = instruments.Count * 2 * levelsPerSide;
        if (quotes > Capacity / 2) throw new ArgumentException($"order table: {instruments.Count} instruments with {levelsPerSide} levels a side are {quotes} quotes, at most {Capacity / 2} fit");
        if (settings.RequoteTicks.Count != instruments.Count) throw new ArgumentException($"order table: requote ticks are needed for {instruments.Count} instruments, was {settings.RequoteTicks.Count}");
        for (int i = 0; i < instruments.Count; i++)
        {
            if (settings.RequoteTicks[i] < 1) throw new ArgumentException($"order table: requote ticks of {instruments[new InstrumentId(i)].Symbol} must be at least 1, was {settings.RequoteTicks[i]}");
        }

        if (settings.QueueWorths.Count != 0 && settings.QueueWorths.Count != instruments.Count) throw new ArgumentException($"order table: queue worths are needed for {instruments.Count} instruments or for none, was {settings.QueueWorths.Count}");
        for (int i = 0; i < settings.QueueWorths.Count; i++)
        {
            QueueWorth worth = settings.QueueWorths[i];
            bool isNumber = worth.FillTicks >= 0 && double.IsFinite(worth.FillTicks) && worth.TradedLots > 0 && double.IsFinite(worth.TradedLots);
            if (!isNumber) throw new ArgumentException($"order table: queue worth of {instruments[new InstrumentId(i)].Symbol} must be 0 ticks or more and more than 0 lots, was {worth.FillTicks} ticks and {worth.TradedLots} lots");
        }

        if (settings.AckTimeoutNanos < 1) throw new ArgumentException($"order table: acknowledgement timeout must be positive, was {settings.AckTimeoutNanos} ns");
        if (settings.StreamDelayMaxNanos < 1) throw new ArgumentException($"order table: longest delay of the order stream must be positive, was {settings.StreamDelayMaxNanos} ns");
        if (settings.RequestLifetimeNanos < 1) throw new ArgumentException($"order table: request lifetime must be positive, was {settings.RequestLifetimeNanos} ns");
        if (settings.QuoteTimeInForce is not (TimeInForce.PostOnly or TimeInForce.GoodTillCancel)) throw new ArgumentException($"order table: quotes must be PostOnly or GoodTillCancel to rest, was {settings.QuoteTimeInForce}");

        _settings = settings;
        _requoteTicks = [.. settings.RequoteTicks];
        _levelsPerSide = levelsPerSide;
        _quotesPerInstrument = 2 * levelsPerSide;
        _instruments = new InstrumentOrders[instruments.Count];
        _quotes = new int[quotes];
        _planErrors = new long[_quotesPerInstrument];
        _queueWorths = [.. settings.QueueWorths];
        _displayedAtTargets = new QtyLots[quotes];
        Array.Fill(_quotes, None);
        for (int i = 0; i < _instruments.Length; i++) _instruments[i].First = None;
        for (int i = 0; i < _slots.Length; i++) _slots[i].Quote = None;
    }

    /// <summary>Creates sent.</summary>
    public long CreatesSent { get; private set; }

    /// <summary>Amends sent.</summary>
    public long AmendsSent { get; private set; }

    /// <summary>Cancels sent.</summary>
    public long CancelsSent { get; private set; }

    /// <summary>Requests answered with code 0.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Requests answered with another code.</summary>
    public long Rejected { get; private set; }

    /// <summary>Of them those for too many requests (Bybit V5, 18.2: 10006 and its like).</summary>
    public long RateLimited { get; private set; }

    /// <summary>Orders closed because a PostOnly order would have taken.</summary>
    public long PostOnlyRefused { get; private set; }

    /// <summary>Orders closed by the venue without being asked, those that the matching engine rejected among them, PostOnly refusals apart.</summary>
    public long CancelledByVenue { get; private set; }

    /// <summary>Requests that had no answer, or no order event after it, within the timeout.</summary>
    public long TimedOut { get; private set; }

    /// <summary>Of them those that had no answer at all.</summary>
    public long Unanswered { get; private set; }

    /// <summary>Order events of other systems and earlier sessions.</summary>
    public long NotOurs { get; private set; }

    /// <summary>Open orders that the engine did not place, each once.</summary>
    public long ForeignOrders { get; private set; }

    /// <summary>Open orders with a name of this engine that the table did not hold.</summary>
    public long OrphansFound { get; private set; }

    /// <summary>Of them those that may be alive now.</summary>
    public int LiveOrphans { get; private set; }

    /// <summary>Orders whose outcome was unknown and became known.</summary>
    public long UnknownResolved { get; private set; }

    /// <summary>Order events that were stale, repeated or not understood.</summary>
    public long Ignored { get; private set; }

    /// <summary>Orders that may be alive now.</summary>
    public int LiveOrders { get; private set; }

    /// <summary>At the last <see cref="OnTime"/> the order stream had not shown the effect of an accepted request for longer than allowed, or its order's outcome had become unknown over it.</summary>
    public bool IsStreamSlow { get; private set; }

    /// <summary>Rises with everything that happens to an order: a plan that came to nothing comes to nothing again while this and the targets stay.</summary>
    public long Changes { get; private set; }

    /// <summary>Places in queues are weighed: the table is to be told of books and trades.</summary>
    public bool WeighsQueues => _queueWorths.Length > 0;

    /// <summary>The last plan kept a quote that its distance or its quantity alone would have changed: the same targets may lead to more later.</summary>
    public bool HoldsBack { get; private set; }

    /// <summary>Names of new orders and requests carry this session from now on. Orders that are still held keep their names; counts go on, so a name never returns within 2^32 - 1 orders.</summary>
    public void BeginSession(uint session) => _session = session;

    /// <summary>The name for an order that is not a quote. The caller puts it into a <see cref="OrderAction.Place"/> intent and sends that before <see cref="Capacity"/> further names are made.</summary>
    /// <returns>The name; none when the table is full.</returns>
    public ClientOrderId NextName() => NextName(None);

    /// <summary>The requests that turn what works into what is wanted. Nothing is changed here: an intent that is not sent is simply planned again.</summary>
    /// <remarks>
    /// A level that <paramref name="targets"/> do not name, or name with quantity 0, is cancelled. Only a working order is touched; one with a request on its way waits for its answer.
    /// A working order keeps its place in the queue unless
    /// its price is the instrument's <see cref="OrderTableSettings.RequoteTicks"/> or more from the target: it moves, and is resized to the target;
    /// more is open than wanted: it shrinks at its price; or less than half of what is wanted is open: it is topped up at its price.
    /// A fill that leaves half or more is not topped up. An order whose last amend was refused is cancelled instead, and placed anew by a later plan.
    /// An order whose outcome is unknown is cancelled when a cancel is due.
    /// Cancels come first, then amends, farthest from its target first, then places.
    /// A table that weighs queues knows nothing of them here: see the other form.
    /// </remarks>
    /// <param name="instrument">The instrument.</param>
    /// <param name="targets">Wanted quotes in any order; of two for one level the first counts; levels from 0 below the table's count.</param>
    /// <param name="intents">Receives the requests; twice the levels a side hold every plan, a shorter span takes the first ones.</param>
    /// <returns>Intents written.</returns>
    public int Plan(InstrumentId instrument, ReadOnlySpan<QuoteTarget> targets, Span<OrderIntent> intents)
    {
        if (WeighsQueues) WeighAgainst(instrument, targets, displayed: [], scarcity: 1);
        return PlanChanges(instrument, targets, intents);
    }

    /// <summary>As the other form, in a table that weighs queues: a quote moves, or is topped up, only when that is worth its place in the queue and the requests that are left (docs/models.md, 2.9).</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="targets">As in the other form.</param>
    /// <param name="displayed">By target: the book's quantity at its price on its side, where the quote would be last.</param>
    /// <param name="amendsLeft">Amends that may be sent now: the fewer, the larger the error that is worth one.</param>
    /// <param name="amendsPerSecond">Amends of a whole second.</param>
    /// <param name="intents">As in the other form.</param>
    /// <returns>Intents written. Where there are none and <see cref="HoldsBack"/> is true, the same targets may lead to some once books, orders or the budget have changed.</returns>
    public int Plan(InstrumentId instrument, ReadOnlySpan<QuoteTarget> targets, ReadOnlySpan<QtyLots> displayed, int amendsLeft, int amendsPerSecond, Span<OrderIntent> intents)
    {
        WeighAgainst(instrument, targets, displayed, (double)amendsPerSecond / amendsLeft);
        return PlanChanges(instrument, targets, intents);
    }

    /// <summary>Cancels for every order of the instrument that can be cancelled now, quote or not: working ones, and unknown ones whose next cancel is due.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="intents">Receives the cancels; <see cref="LiveOrders"/> hold them all.</param>
    /// <returns>Intents written.</returns>
    public int PlanCancelAll(InstrumentId instrument, Span<OrderIntent> intents)
    {
        int count = 0;
        for (int index = _instruments[instrument.Index].First; index != None && count < intents.Length; index = _slots[index].Next)
        {
            if (_slots[index].CanBeCancelled) intents[count++] = CancelIntent(in _slots[index]);
        }

        return count;
    }

    /// <summary>An intent has passed the gate and its request is being sent: the order's state moves, and the request gets its id.</summary>
    /// <returns>The id to send it under; none when the order cannot take it (its state has moved on, or its quote slot is taken): then it must not be sent.</returns>
    public RequestId OnSent(in OrderIntent intent, EpochNanos now)
    {
        Changes++;
        int index = (int)(intent.ClientOrderId.Number & (Capacity - 1));
        ref OrderSlot slot = ref _slots[index];
        if (!intent.ClientOrderId.IsOurs || slot.Id != intent.ClientOrderId) return RequestId.None;

        switch (intent.Action)
        {
            case OrderAction.Place when slot.State == OrderState.Unset && (slot.Quote == None || _quotes[slot.Quote] == None):
                Open(index, in intent, now);
                CreatesSent++;
                break;
            case OrderAction.Amend when slot.State == OrderState.Working:
                slot.State = OrderState.PendingAmend;
                slot.AskedPrice = intent.Price;
                slot.AskedQty = intent.Qty;
                AmendsSent++;
                break;
            case OrderAction.Cancel when slot.CanBeCancelled:
                slot.UnknownBeforeCancel = slot.State == OrderState.OutcomeUnknown;
                slot.State = OrderState.PendingCancel;
                CancelsSent++;
                break;
            default:
                return RequestId.None;
        }

        if (++_lastRequest == 0) _lastRequest = 1;
        var request = new RequestId(_session, _lastRequest);
        _requests[request.Number & (RequestCapacity - 1)] = new PendingRequest(request, intent.ClientOrderId, intent.Action);
        slot.RequestNumber = request.Number;
        slot.WaitingSince = now;
        slot.CancelDue = false;
        return request;
    }

    /// <summary>Instrument and side of an order whose request waits for its answer.</summary>
    public bool TryFind(RequestId requestId, out InstrumentId instrument, out Side side)
    {
        ref readonly PendingRequest request = ref _requests[requestId.Number & (RequestCapacity - 1)];
        int index = requestId != RequestId.None && request.Id == requestId ? Find(request.Order) : None;
        (instrument, side) = index == None ? default : (_slots[index].Instrument, _slots[index].Side);
        return index != None;
    }

    /// <summary>The gateway's answer to a request. Code 0 leaves the order waiting for the stream; other codes are read by Bybit V5, 18.2.</summary>
    public OrderOutcome OnAck(in Ack ack, EpochNanos now)
    {
        Changes++;
        ref PendingRequest request = ref _requests[ack.RequestId.Number & (RequestCapacity - 1)];
        if (ack.RequestId == RequestId.None || request.Id != ack.RequestId) return OrderOutcome.UnknownRequest;

        OrderAction action = request.Action;
        ClientOrderId order = request.Order;
        request = default;
        AckClass answer = AckClasses.Of(action, ack.ReturnCode);
        if (answer == AckClass.Accepted) Acknowledged++;
        else Rejected++;
        if (answer == AckClass.RateLimited) RateLimited++;

        int index = Find(order);
        if (index == None) return OrderOutcome.Late;

        // A refused create never became an order, whatever has been asked of it since its answer was awaited.
        ref OrderSlot slot = ref _slots[index];
        bool neverBecame = action == OrderAction.Place && (answer is AckClass.Refused or AckClass.RateLimited or AckClass.HardStop) && !slot.SeenOpen;
        if (slot.RequestNumber != ack.RequestId.Number && !neverBecame) return OrderOutcome.Late;

        switch (answer)
        {
            case AckClass.Accepted:
                slot.State = PendingStateOf(action);
                slot.AwaitsStream = true;
                slot.WaitingSince = now;
                slot.CancelDue = false;
                return OrderOutcome.Accepted;
            case AckClass.OutcomeUnknown:
                slot.State = OrderState.OutcomeUnknown;
                slot.RequestNumber = 0;
                slot.WaitingSince = now;
                slot.CancelDue = false;
                return OrderOutcome.OutcomeUnknown;
        }

        if (action == OrderAction.Place) Close(index, slot.FilledQty, endedMillis: 0);
        else Resume(ref slot, action, answer, now);

        return answer switch
        {
            AckClass.RateLimited => OrderOutcome.RateLimited,
            AckClass.Unchanged => OrderOutcome.Unchanged,
            AckClass.HardStop => OrderOutcome.HardStop,
            _ => action == OrderAction.Place ? OrderOutcome.Rejected : OrderOutcome.Refused,
        };
    }

    /// <summary>The order-entry connection is gone, and with it every answer that was still to come: what became of the orders that wait for one is unknown from now on.</summary>
    /// <remarks>A request that had left may still be carried out: the order stream or a look-up says so. A cancel is due for each as soon as a connection carries one.</remarks>
    public void OnRequestsLost(EpochNanos now)
    {
        Changes++;
        for (int i = 0; i < _instruments.Length; i++)
        {
            for (int index = _instruments[i].First; index != None; index = _slots[index].Next)
            {
                ref OrderSlot slot = ref _slots[index];
                if (slot.State == OrderState.Working) continue;
                slot.CancelDue = true;
                if (slot.State == OrderState.OutcomeUnknown) continue;
                slot.State = OrderState.OutcomeUnknown;
                slot.RequestNumber = 0;
                slot.WaitingSince = now;
            }
        }
    }

    /// <summary>A row of the order stream: the truth about an order.</summary>
    public OrderOutcome OnOrder(in OrderEvent orderEvent)
    {
        Changes++;
        if (!orderEvent.ClientOrderId.IsOurs) return OnForeignOrder(in orderEvent);

        int index = Find(orderEvent.ClientOrderId);
        if (index == None) return OnUnheldOrder(in orderEvent);

        ref OrderSlot slot = ref _slots[index];
        if (slot.Instrument != orderEvent.Instrument || slot.Side != orderEvent.Side) return Ignore(OrderOutcome.Unrecognised);

        switch (orderEvent.Status)
        {
            case OrderStatus.New:
            case OrderStatus.PartiallyFilled:
                return OnOpenOrder(ref slot, in orderEvent);
            case OrderStatus.Filled:
                Close(index, orderEvent.FilledQty, orderEvent.UpdatedMillis);
                return OrderOutcome.Filled;
            case OrderStatus.Cancelled:
                return OnCancelledOrder(index, in orderEvent);
            case OrderStatus.Rejected:
            case OrderStatus.Deactivated:
                Close(index, orderEvent.FilledQty, orderEvent.UpdatedMillis);
                CancelledByVenue++;
                return OrderOutcome.Rejected;
            default:
                return Ignore(OrderOutcome.Unrecognised);
        }
    }

    /// <summary>An execution that the ledger has booked: its quantity is in the position now, and no longer in the exposure of its order. The order event may come before or after.</summary>
    /// <remarks>Call it for booked fills only: a repeat would count twice.</remarks>
    public void OnExecution(in ExecutionEvent execution)
    {
        Changes++;
        if (execution.Type != ExecutionType.Trade || !execution.ClientOrderId.IsOurs) return;

        int index = Find(execution.ClientOrderId);
        if (index != None)
        {
            if (execution.ExecutedMillis >= _slots[index].WrittenOffBeforeMillis) _slots[index].ExecutedQty += execution.Qty;
            return;
        }

        for (int i = 0; i < _unbookedCount; i++)
        {
            ref readonly UnbookedFill fill = ref _unbooked[i];
            if (fill.Order != execution.ClientOrderId) continue;
            if (execution.ExecutedMillis >= fill.WrittenOffBeforeMillis) ReduceUnbooked(i, execution.Qty);
            return;
        }
    }

    /// <summary>A row that a look-up at the venue found. It may be older than what the order stream has said, and then changes nothing; the end of an order counts whoever tells it.</summary>
    /// <returns>As <see cref="OnOrder"/>; <see cref="OrderOutcome.Stale"/> for an older row. An open order with a name of this engine that is not held is an orphan whatever its session, unless the row is older than the order's end.</returns>
    public OrderOutcome OnLookedUp(in OrderEvent orderEvent)
    {
        Changes++;
        if (!orderEvent.ClientOrderId.IsOurs) return OnForeignOrder(in orderEvent);

        int index = Find(orderEvent.ClientOrderId);
        if (index == None) return IsOpen(orderEvent.Status) ? OnUnheldOpenOrder(in orderEvent) : Ignore(OrderOutcome.Repeated);

        ref OrderSlot slot = ref _slots[index];
        OrderEvent row = orderEvent;
        if (row.Status is OrderStatus.New or OrderStatus.PartiallyFilled)
        {
            if (row.UpdatedMillis == slot.UpdatedMillis && (row.Price != slot.Price || row.Qty != slot.Qty)) return Ignore(OrderOutcome.Stale);

            // The reason that stands in a row may be that of an older amend.
            row.RejectReason = RejectReason.None;
        }

        OrderOutcome outcome = OnOrder(in row);
        if (outcome == OrderOutcome.Working) slot.LookedUpMillis = row.UpdatedMillis;
        return outcome;
    }

    /// <summary>A look-up by name found no such order, open or closed: an order of which nobody has said what became is closed, once its create can no longer arrive.</summary>
    /// <remarks>
    /// An order that never reached the venue has no event that could close it. One that the venue has forgotten is not open.
    /// A working one whose end the stream may have missed is of unknown outcome from now on, and a cancel is due: it is not believed to rest, and not closed before the venue has said so twice.
    /// </remarks>
    /// <param name="order">The name.</param>
    /// <param name="askedAt">When the look-up was asked: what the venue did not know then may have arrived since.</param>
    /// <param name="mayHaveMissedItsEnd">The order stream was away: what it showed as resting may have ended.</param>
    /// <returns><see cref="OrderOutcome.Absent"/>; <see cref="OrderOutcome.OutcomeUnknown"/> for a working one that became so; <see cref="OrderOutcome.Stale"/> when its create may still arrive, the stream has spoken since, its outcome is not unknown, or it is not held.</returns>
    public OrderOutcome OnAbsent(ClientOrderId order, EpochNanos askedAt, bool mayHaveMissedItsEnd)
    {
        Changes++;
        int index = Find(order);
        if (index == None) return Ignore(OrderOutcome.Stale);
        ref OrderSlot slot = ref _slots[index];
        bool mayArrive = !slot.IsOrphan && askedAt - slot.CreatedAt <= _settings.RequestLifetimeNanos;
        bool hasSpoken = slot.UpdatedMillis >= askedAt.Milliseconds;
        if (mayArrive || hasSpoken) return Ignore(OrderOutcome.Stale);
        if (slot.IsUnresolved)
        {
            Close(index, slot.FilledQty, endedMillis: 0);
            return OrderOutcome.Absent;
        }

        if (slot.State != OrderState.Working || !mayHaveMissedItsEnd) return Ignore(OrderOutcome.Stale);
        slot.State = OrderState.OutcomeUnknown;
        slot.WaitingSince = askedAt;
        slot.CancelDue = true;
        return OrderOutcome.OutcomeUnknown;
    }

    /// <summary>The ledger's position is known to be the venue's: what these orders had filled some time before is in it, and is written off, though its executions may never come. Should they come after all, they count for nothing here.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="beforeMillis">Venue time, ms since 1970: of what was filled since, the executions may be on their way.</param>
    public void OnPositionKnown(InstrumentId instrument, long beforeMillis)
    {
        Changes++;
        for (int i = _unbookedCount - 1; i >= 0; i--)
        {
            if (_unbooked[i].Instrument == instrument && _unbooked[i].ToldMillis < beforeMillis) ReduceUnbooked(i, _unbooked[i].Qty);
        }

        for (int index = _instruments[instrument.Index].First; index != None; index = _slots[index].Next)
        {
            ref OrderSlot slot = ref _slots[index];
            if (slot.FilledQty <= slot.ExecutedQty || slot.FilledMillis >= beforeMillis) continue;
            slot.ExecutedQty = slot.FilledQty;
            slot.WrittenOffBeforeMillis = beforeMillis;
        }
    }

    /// <summary>Time passes. A request without an answer for the timeout, or accepted but without an order event for it, leaves its order's outcome unknown; an unknown one gets another cancel each timeout.</summary>
    /// <returns>Orders whose outcome became unknown.</returns>
    public int OnTime(EpochNanos now)
    {
        int became = 0;
        IsStreamSlow = false;
        for (int i = 0; i < _instruments.Length; i++)
        {
            for (int index = _instruments[i].First; index != None; index = _slots[index].Next)
            {
                ref OrderSlot slot = ref _slots[index];
                if (slot.State == OrderState.Working) continue;
                long waitedNanos = now - slot.WaitingSince;
                IsStreamSlow |= slot.AwaitsStream && (slot.IsUnresolved || waitedNanos > _settings.StreamDelayMaxNanos);
                if (waitedNanos < _settings.AckTimeoutNanos) continue;
                Changes++;
                if (slot.State == OrderState.OutcomeUnknown)
                {
                    slot.CancelDue = true;
                    continue;
                }

                if (!slot.AwaitsStream) Unanswered++;
                slot.State = OrderState.OutcomeUnknown;
                slot.WaitingSince = now;
                became++;
            }
        }

        TimedOut += became;
        return became;
    }

    /// <summary>What the orders of an instrument can still do, at worst. Walks the instrument's live orders.</summary>
    public OpenExposure Exposure(InstrumentId instrument)
    {
        ref readonly InstrumentOrders orders = ref _instruments[instrument.Index];
        long buyLots = orders.UnbookedBuy.Lots;
        long sellLots = orders.UnbookedSell.Lots;
        long bidTicks = 0;
        long askTicks = 0;
        int count = 0;
        for (int index = orders.First; index != None; index = _slots[index].Next)
        {
            ref readonly OrderSlot slot = ref _slots[index];
            long lots = slot.WorstQty.Lots;
            count++;
            if (slot.Side == Side.Buy)
            {
                buyLots += lots;
                bidTicks = Math.Max(bidTicks, slot.WorstPrice.Ticks);
            }
            else
            {
                sellLots += lots;
                askTicks = askTicks == 0 ? slot.WorstPrice.Ticks : Math.Min(askTicks, slot.WorstPrice.Ticks);
            }
        }

        var open = new OpenExposure(new QtyLots(buyLots), new QtyLots(sellLots), count, new PriceTicks(bidTicks), new PriceTicks(askTicks));
        return orders.UnbookedBuy.Lots + orders.UnbookedSell.Lots == 0 ? open : WithUnbookedPrices(instrument, in open);
    }

    private OpenExposure WithUnbookedPrices(InstrumentId instrument, in OpenExposure open)
    {
        long buyTicks = 0;
        long sellTicks = 0;
        foreach (ref readonly UnbookedFill fill in _unbooked.AsSpan(0, _unbookedCount))
        {
            if (fill.Instrument != instrument) continue;
            if (fill.Side == Side.Buy) buyTicks = Math.Max(buyTicks, fill.Price.Ticks);
            else sellTicks = sellTicks == 0 ? fill.Price.Ticks : Math.Min(sellTicks, fill.Price.Ticks);
        }

        return open with { UnbookedBuyPrice = new PriceTicks(buyTicks), UnbookedSellPrice = new PriceTicks(sellTicks) };
    }

    /// <summary>What is known about an order; <see cref="OrderState.Unset"/> when it is not held.</summary>
    public OrderState StateOf(ClientOrderId order)
    {
        int index = Find(order);
        return index == None ? OrderState.Unset : _slots[index].State;
    }

    /// <summary>The order in a quote slot; none when it is free.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="side">Buy or sell.</param>
    /// <param name="level">From 0 below the table's count.</param>
    public ClientOrderId QuoteAt(InstrumentId instrument, Side side, int level)
    {
        int index = _quotes[QuoteIndex(instrument, side, level)];
        return index == None ? ClientOrderId.None : _slots[index].Id;
    }

    /// <summary>Where the order in a quote slot rests, as the order stream last said; 0 ticks when the stream has shown none there.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="side">Buy or sell.</param>
    /// <param name="level">From 0 below the table's count.</param>
    public PriceTicks RestingPrice(InstrumentId instrument, Side side, int level)
    {
        int index = _quotes[QuoteIndex(instrument, side, level)];
        return index != None && _slots[index].SeenOpen ? _slots[index].Price : default;
    }

    /// <summary>Most that can be ahead of the order in a quote slot, from the books and trades that the table was told of.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="side">Buy or sell.</param>
    /// <param name="level">From 0 below the table's count.</param>
    /// <param name="ahead">The quantity.</param>
    /// <returns>False where none rests, or no book was told since it came to rest.</returns>
    public bool TryGetQueueAhead(InstrumentId instrument, Side side, int level, out QtyLots ahead)
    {
        int index = _quotes[QuoteIndex(instrument, side, level)];
        bool isKnown = index != None && _slots[index].Place.IsKnown;
        ahead = isKnown ? new QtyLots(_slots[index].Place.AheadLots) : default;
        return isKnown;
    }

    /// <summary>The book's quantity where <see cref="RestingPrice"/> says that a quote rests.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="side">Buy or sell.</param>
    /// <param name="level">From 0 below the table's count.</param>
    /// <param name="displayed">At that price on that side, the order itself in it or not.</param>
    public void OnDisplayed(InstrumentId instrument, Side side, int level, QtyLots displayed)
    {
        int index = _quotes[QuoteIndex(instrument, side, level)];
        if (index != None && _slots[index].SeenOpen) _slots[index].Place.See(displayed);
    }

    /// <summary>A public trade: it works off the queues that it meets. One that is not from the book, or met an order that the book does not show, meets none.</summary>
    public void OnTrade(InstrumentId instrument, in Trade trade)
    {
        if (trade.IsBlockTrade || trade.IsRpi || trade.TakerSide.Sign == 0) return;
        Side side = trade.TakerSide.Opposite;
        for (int level = 0; level < _levelsPerSide; level++)
        {
            int index = _quotes[QuoteIndex(instrument, side, level)];
            if (index == None || !_slots[index].SeenOpen) continue;
            _slots[index].Place.OnTrade(in trade, beyondTicks: trade.TakerSide.Sign * (trade.Price - _slots[index].Price).Ticks);
        }
    }

    /// <summary>Orders whose outcome is unknown now. Walks the live orders.</summary>
    public int CountOutcomeUnknown()
    {
        int count = 0;
        for (int i = 0; i < _instruments.Length; i++)
        {
            for (int index = _instruments[i].First; index != None; index = _slots[index].Next)
            {
                if (_slots[index].State == OrderState.OutcomeUnknown) count++;
            }
        }

        return count;
    }

    /// <summary>Names of the orders that may be alive, for a look-up at the venue.</summary>
    /// <param name="orders">Receives the names; <see cref="LiveOrders"/> hold them all.</param>
    /// <returns>Names written.</returns>
    public int CopyLive(Span<ClientOrderId> orders)
    {
        int count = 0;
        for (int i = 0; i < _instruments.Length; i++)
        {
            for (int index = _instruments[i].First; index != None && count < orders.Length; index = _slots[index].Next) orders[count++] = _slots[index].Id;
        }

        return count;
    }

    private int PlanChanges(InstrumentId instrument, ReadOnlySpan<QuoteTarget> targets, Span<OrderIntent> intents)
    {
        if (IsAsWanted(instrument, targets)) return 0;
        int count = PlanCancels(instrument, targets, intents);
        count += PlanAmends(instrument, targets, intents[count..]);
        return count + PlanPlaces(instrument, targets, intents[count..]);
    }

    private void WeighAgainst(InstrumentId instrument, ReadOnlySpan<QuoteTarget> targets, ReadOnlySpan<QtyLots> displayed, double scarcity)
    {
        HoldsBack = false;
        _scarcity = scarcity;
        _displayedAtTargets.AsSpan(instrument.Index * _quotesPerInstrument, _quotesPerInstrument).Clear();
        ulong seen = 0;
        for (int i = 0; i < displayed.Length; i++)
        {
            if (TrySee(instrument, in targets[i], ref seen, out int quote)) _displayedAtTargets[quote] = displayed[i];
        }
    }

    /// <summary>The look that spares the plan, for most books move no quote: every quote slot has its target, in the order that quoters write them, and what works there stays. False where only a plan can tell.</summary>
    private bool IsAsWanted(InstrumentId instrument, ReadOnlySpan<QuoteTarget> targets)
    {
        ReadOnlySpan<int> quotes = _quotes.AsSpan(instrument.Index * _quotesPerInstrument, _quotesPerInstrument);
        if (targets.Length != quotes.Length) return false;
        for (int i = 0; i < quotes.Length; i++)
        {
            ref readonly QuoteTarget target = ref targets[i];
            bool isBid = i < _levelsPerSide;
            if (target.Side != (isBid ? Side.Buy : Side.Sell) || target.Level != (isBid ? i : i - _levelsPerSide)) return false;
            bool isWanted = target.Qty.Lots > 0;
            if (quotes[i] == None)
            {
                if (isWanted) return false;
                continue;
            }

            ref readonly OrderSlot slot = ref _slots[quotes[i]];
            if (slot.State == OrderState.OutcomeUnknown || (isWanted ? Differs(in slot, in target) : slot.CanBeCancelled)) return false;
        }

        return true;
    }

    private int PlanCancels(InstrumentId instrument, ReadOnlySpan<QuoteTarget> targets, Span<OrderIntent> intents)
    {
        int firstQuote = instrument.Index * _quotesPerInstrument;
        int count = 0;
        ulong wanted = 0;
        ulong seen = 0;
        foreach (ref readonly QuoteTarget target in targets)
        {
            if (!TrySee(instrument, in target, ref seen, out int quote)) continue;
            if (target.Qty.Lots > 0) wanted |= 1UL << (quote - firstQuote);
        }

        for (int i = 0; i < _quotesPerInstrument && count < intents.Length; i++)
        {
            int index = _quotes[firstQuote + i];
            if (index == None || !_slots[index].CanBeCancelled) continue;
            if ((wanted & (1UL << i)) == 0 || _slots[index].State == OrderState.OutcomeUnknown) intents[count++] = CancelIntent(in _slots[index]);
        }

        // An order that may not be amended any more is cancelled once it differs from its target.
        seen = 0;
        foreach (ref readonly QuoteTarget target in targets)
        {
            if (!TrySee(instrument, in target, ref seen, out int quote) || target.Qty.Lots <= 0 || count == intents.Length) continue;
            int index = _quotes[quote];
            if (index != None && _slots[index].AmendRefused && Differs(in _slots[index], in target)) intents[count++] = CancelIntent(in _slots[index]);
        }

        return count;
    }

    private int PlanAmends(InstrumentId instrument, ReadOnlySpan<QuoteTarget> targets, Span<OrderIntent> intents)
    {
        int count = 0;
        ulong seen = 0;
        foreach (ref readonly QuoteTarget target in targets)
        {
            if (!TrySee(instrument, in target, ref seen, out int quote) || target.Qty.Lots <= 0) continue;
            int index = _quotes[quote];
            if (index == None || _slots[index].AmendRefused || !Differs(in _slots[index], in target)) continue;

            // Insertion by falling price error: at most 2 x levels entries, and a short span keeps the farthest.
            long errorTicks = (target.Price - _slots[index].Price).AbsTicks;
            int at = count;
            while (at > 0 && _planErrors[at - 1] < errorTicks) at--;
            if (at == intents.Length) continue;
            if (count < intents.Length) count++;
            for (int i = count - 1; i > at; i--)
            {
                intents[i] = intents[i - 1];
                _planErrors[i] = _planErrors[i - 1];
            }

            intents[at] = AmendIntent(in _slots[index], in target);
            _planErrors[at] = errorTicks;
        }

        return count;
    }

    private int PlanPlaces(InstrumentId instrument, ReadOnlySpan<QuoteTarget> targets, Span<OrderIntent> intents)
    {
        int count = 0;
        ulong seen = 0;
        foreach (ref readonly QuoteTarget target in targets)
        {
            if (!TrySee(instrument, in target, ref seen, out int quote) || target.Qty.Lots <= 0 || _quotes[quote] != None || count == intents.Length) continue;
            ClientOrderId name = NextName(quote);
            if (!name.IsOurs) break;
            intents[count++] = new OrderIntent(OrderAction.Place, instrument, target.Side, target.Price, target.Qty, default, default, name, _settings.QuoteTimeInForce, ReduceOnly: false);
        }

        return count;
    }

    // False for a target that names no quote slot of this table, or one that an earlier target has named.
    private bool TrySee(InstrumentId instrument, ref readonly QuoteTarget target, ref ulong seen, out int quote)
    {
        quote = None;
        if (target.Side.Sign == 0 || (uint)target.Level >= (uint)_levelsPerSide)
        {
            Debug.Fail("A quote target has a side and a level of this table.");
            return false;
        }

        quote = QuoteIndex(instrument, target.Side, target.Level);
        ulong bit = 1UL << (quote - (instrument.Index * _quotesPerInstrument));
        if ((seen & bit) != 0) return false;
        seen |= bit;
        return true;
    }

    private int QuoteIndex(InstrumentId instrument, Side side, int level) =>
        (instrument.Index * _quotesPerInstrument) + (side == Side.Buy ? level : _levelsPerSide + level);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Moves(ref readonly OrderSlot slot, ref readonly QuoteTarget target)
    {
        long errorTicks = (target.Price - slot.Price).AbsTicks;
        return errorTicks >= _requoteTicks[slot.Instrument.Index] && (!WeighsQueues || IsWorthMoving(in slot, target.Price, errorTicks));
    }

    private bool IsWorthMoving(ref readonly OrderSlot slot, PriceTicks target, long errorTicks)
    {
        bool isReversal = Math.Sign((target - slot.Price).Ticks) == -slot.LastMove;
        double distanceTicks = _requoteTicks[slot.Instrument.Index] * _scarcity * (isReversal ? ReversalFactor : 1);
        double lostTicks = _queueWorths[slot.Instrument.Index].LostTicks(slot.Place.LeadLots(_displayedAtTargets[slot.Quote]));
        bool isWorth = errorTicks >= distanceTicks + lostTicks;
        HoldsBack |= !isWorth;
        return isWorth;
    }

    private bool IsTooSmall(ref readonly OrderSlot slot, long openLots, long wantedLots) =>
        openLots * 2 < wantedLots && (!WeighsQueues || IsWorthToppingUp(in slot, openLots, wantedLots));

    private bool IsWorthToppingUp(ref readonly OrderSlot slot, long openLots, long wantedLots)
    {
        // What is open in its place against all that is wanted at the back.
        bool isWorth = openLots < wantedLots * _queueWorths[slot.Instrument.Index].ShareAtTheBack(slot.Place.LeadAtItsPriceLots);
        HoldsBack |= !isWorth;
        return isWorth;
    }

    // An order with nothing open is about to be closed by the stream: it is left alone.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Differs(ref readonly OrderSlot slot, ref readonly QuoteTarget target)
    {
        long openLots = slot.OpenQty.Lots;
        if (slot.State != OrderState.Working || openLots <= 0) return false;
        return Moves(in slot, in target) || openLots > target.Qty.Lots || IsTooSmall(in slot, openLots, target.Qty.Lots);
    }

    private OrderIntent AmendIntent(ref readonly OrderSlot slot, ref readonly QuoteTarget target) => new(
        OrderAction.Amend,
        slot.Instrument,
        slot.Side,
        Moves(in slot, in target) ? target.Price : slot.Price,
        slot.KnownFilledQty + target.Qty,
        slot.OpenQty,
        slot.KnownFilledQty,
        slot.Id,
        slot.TimeInForce,
        slot.ReduceOnly);

    private static OrderIntent CancelIntent(ref readonly OrderSlot slot) => new(
        OrderAction.Cancel,
        slot.Instrument,
        slot.Side,
        slot.Price,
        slot.Qty,
        slot.OpenQty,
        slot.KnownFilledQty,
        slot.Id,
        slot.TimeInForce,
        slot.ReduceOnly);

    private ClientOrderId NextName(int quote)
    {
        for (int tries = 0; tries < Capacity; tries++)
        {
            uint number = ++_lastOrder;
            ref OrderSlot slot = ref _slots[number & (Capacity - 1)];
            if (number == 0 || slot.State != OrderState.Unset) continue;
            slot.Id = new ClientOrderId(_session, number);
            slot.Quote = quote;
            return slot.Id;
        }

        return ClientOrderId.None;
    }

    private int Find(ClientOrderId order)
    {
        int index = (int)(order.Number & (Capacity - 1));
        return _slots[index].State != OrderState.Unset && _slots[index].Id == order ? index : None;
    }

    private void Open(int index, ref readonly OrderIntent intent, EpochNanos now)
    {
        ref OrderSlot slot = ref _slots[index];
        slot.State = OrderState.PendingNew;
        slot.CreatedAt = now;
        slot.Side = intent.Side;
        slot.TimeInForce = intent.TimeInForce;
        slot.ReduceOnly = intent.ReduceOnly;
        slot.Price = slot.AskedPrice = intent.Price;
        slot.Qty = slot.AskedQty = intent.Qty;
        Link(index, intent.Instrument);
        if (slot.Quote != None) _quotes[slot.Quote] = index;
    }

    // What it had filled before is in the position that the ledger holds or takes over.
    private OrderOutcome Adopt(int index, ref readonly OrderEvent e)
    {
        ref OrderSlot slot = ref _slots[index];
        slot.Id = e.ClientOrderId;
        slot.Quote = None;
        slot.State = OrderState.OutcomeUnknown;
        slot.IsOrphan = true;
        slot.CancelDue = true;
        slot.Side = e.Side;
        slot.ReduceOnly = e.ReduceOnly;
        slot.Price = slot.AskedPrice = e.Price;
        slot.Qty = slot.AskedQty = e.Qty;
        slot.FilledQty = slot.ExecutedQty = e.FilledQty;
        slot.UpdatedMillis = e.UpdatedMillis;
        slot.WrittenOffBeforeMillis = e.UpdatedMillis + 1;
        Link(index, e.Instrument);
        OrphansFound++;
        LiveOrphans++;
        return OrderOutcome.Orphan;
    }

    private void Link(int index, InstrumentId instrument)
    {
        ref OrderSlot slot = ref _slots[index];
        ref InstrumentOrders orders = ref _instruments[instrument.Index];
        slot.Instrument = instrument;
        slot.Next = orders.First;
        slot.Previous = None;
        if (orders.First != None) _slots[orders.First].Previous = index;
        orders.First = index;
        LiveOrders++;
    }

    // What filled on the stream but has not been executed in the ledger yet stays in the exposure, so that no moment counts it nowhere.
    private void Close(int index, QtyLots filledQty, long endedMillis)
    {
        ref OrderSlot slot = ref _slots[index];
        ref InstrumentOrders orders = ref _instruments[slot.Instrument.Index];
        QtyLots unbooked = Larger(filledQty, slot.FilledQty) - slot.ExecutedQty;
        if (unbooked.Lots > 0) AwaitExecutions(in slot, unbooked, Math.Max(endedMillis, slot.UpdatedMillis));

        if (slot.Previous == None) orders.First = slot.Next;
        else _slots[slot.Previous].Next = slot.Next;
        if (slot.Next != None) _slots[slot.Next].Previous = slot.Previous;
        if (slot.Quote != None) _quotes[slot.Quote] = None;
        if (slot.IsUnresolved) UnknownResolved++;
        if (slot.IsOrphan) LiveOrphans--;
        slot = new OrderSlot { Quote = None, Ended = slot.Id, EndedMillis = endedMillis };
        LiveOrders--;
    }

    // A thousand orders whose executions do not come are not on their way: the place of one is free for the next.
    private void AwaitExecutions(ref readonly OrderSlot slot, QtyLots qty, long toldMillis)
    {
        if (_unbookedCount == _unbooked.Length) ReduceUnbooked(0, _unbooked[0].Qty);
        _unbooked[_unbookedCount++] = new UnbookedFill(slot.Id, slot.Instrument, slot.Side, slot.WorstPrice, qty, toldMillis, slot.WrittenOffBeforeMillis);
        ref InstrumentOrders orders = ref _instruments[slot.Instrument.Index];
        if (slot.Side == Side.Buy) orders.UnbookedBuy += qty;
        else orders.UnbookedSell += qty;
    }

    private void ReduceUnbooked(int index, QtyLots qty)
    {
        ref UnbookedFill fill = ref _unbooked[index];
        QtyLots left = Larger(default, fill.Qty - qty);
        ref InstrumentOrders orders = ref _instruments[fill.Instrument.Index];
        if (fill.Side == Side.Buy) orders.UnbookedBuy -= fill.Qty - left;
        else orders.UnbookedSell -= fill.Qty - left;
        if (left.Lots > 0) fill = fill with { Qty = left };
        else fill = _unbooked[--_unbookedCount];
    }

    // The request had no effect: the order is again what it was before. An unknown outcome is not known any better for it.
    private static void Resume(ref OrderSlot slot, OrderAction action, AckClass answer, EpochNanos now)
    {
        bool isUnknown = action == OrderAction.Cancel && slot.UnknownBeforeCancel;
        slot.State = isUnknown ? OrderState.OutcomeUnknown : OrderState.Working;
        slot.AwaitsStream &= isUnknown;
        slot.RequestNumber = 0;
        slot.WaitingSince = now;
        slot.CancelDue = false;
        if (action != OrderAction.Amend) return;
        slot.AskedPrice = slot.Price;
        slot.AskedQty = slot.Qty;
        slot.AmendRefused = answer != AckClass.RateLimited;
    }

    private OrderOutcome OnOpenOrder(ref OrderSlot slot, ref readonly OrderEvent e)
    {
        if (e.UpdatedMillis < slot.UpdatedMillis || e.FilledQty < slot.FilledQty) return Ignore(OrderOutcome.Stale);

        // The stream is in order with itself, but not with a look-up: which of two changes of one millisecond is the newer, nobody tells.
        bool differs = e.Price != slot.Price || e.Qty != slot.Qty;
        if (differs && e.UpdatedMillis == slot.LookedUpMillis && e.FilledQty == slot.FilledQty) return Ignore(OrderOutcome.Stale);

        // New values are an amend's effect; a reason on an open order says that the amend failed in matching (Bybit V5, 8.3).
        // Old values without a reason are a fill that overtook the amend: it may still come.
        bool settled = differs
            || (e.Price == slot.AskedPrice && e.Qty == slot.AskedQty)
            || e.RejectReason != RejectReason.None;
        TakePlace(ref slot, in e);
        if (e.FilledQty > slot.FilledQty) slot.FilledMillis = e.UpdatedMillis;
        slot.UpdatedMillis = e.UpdatedMillis;
        slot.Price = e.Price;
        slot.Qty = e.Qty;
        slot.FilledQty = e.FilledQty;
        bool wasUnresolved = slot.IsUnresolved;
        if (settled)
        {
            slot.AskedPrice = e.Price;
            slot.AskedQty = e.Qty;
            slot.UnknownBeforeCancel = false;
        }

        slot.SeenOpen = true;
        slot.AmendRefused = slot.State == OrderState.PendingAmend && e.RejectReason != RejectReason.None;

        // No second amend is sent while one may still come, so any change is the effect of the one that is open.
        if (settled && slot.State != OrderState.PendingCancel)
        {
            slot.State = OrderState.Working;
            slot.AwaitsStream = false;
            slot.RequestNumber = 0;
            slot.CancelDue = false;
        }

        if (wasUnresolved && !slot.IsUnresolved) UnknownResolved++;
        return OrderOutcome.Working;
    }

    // A new price or a larger quantity is a new place at the back, a smaller quantity is none (Bybit V5, 10.2: what most venues do; Bybit's own rule is not published).
    private static void TakePlace(ref OrderSlot slot, ref readonly OrderEvent e)
    {
        bool hasMoved = slot.SeenOpen && e.Price != slot.Price;
        if (hasMoved) slot.LastMove = Math.Sign((e.Price - slot.Price).Ticks);
        if (!slot.SeenOpen || hasMoved || e.Qty > slot.Qty) slot.Place.Join(e.UpdatedMillis);
        else if (e.FilledQty > slot.FilledQty) slot.Place.ReachFront();
    }

    private OrderOutcome OnCancelledOrder(int index, ref readonly OrderEvent e)
    {
        bool askedFor = _slots[index].State is OrderState.PendingCancel or OrderState.OutcomeUnknown || e.CancelType == CancelType.ByUser;
        Close(index, e.FilledQty, e.UpdatedMillis);
        if (e.RejectReason == RejectReason.PostOnlyWillTake)
        {
            PostOnlyRefused++;
            return OrderOutcome.PostOnlyRefused;
        }

        if (askedFor) return OrderOutcome.Cancelled;
        CancelledByVenue++;
        return OrderOutcome.CancelledByVenue;
    }

    private OrderOutcome OnUnheldOrder(ref readonly OrderEvent e)
    {
        if (e.ClientOrderId.Session != _session)
        {
            NotOurs++;
            return OrderOutcome.PreviousSession;
        }

        return IsOpen(e.Status) ? OnUnheldOpenOrder(in e) : Ignore(OrderOutcome.Repeated);
    }

    // A row may have been on its way while the order ended; one that is newer than the end that is known, or of an order that never had one, says that the order rests.
    private OrderOutcome OnUnheldOpenOrder(ref readonly OrderEvent e)
    {
        int index = (int)(e.ClientOrderId.Number & (Capacity - 1));
        ref readonly OrderSlot slot = ref _slots[index];
        if (slot.Ended == e.ClientOrderId && e.UpdatedMillis <= slot.EndedMillis) return Ignore(OrderOutcome.Stale);
        return slot.State == OrderState.Unset ? Adopt(index, in e) : OrderOutcome.OrphanWaits;
    }

    private OrderOutcome OnForeignOrder(ref readonly OrderEvent e)
    {
        NotOurs++;
        if (!IsOpen(e.Status) || !_foreignOrders.TryAdd(e.VenueOrderId.Value)) return OrderOutcome.Foreign;
        ForeignOrders++;
        return OrderOutcome.ForeignFound;
    }

    private static bool IsOpen(OrderStatus status) => status is OrderStatus.New or OrderStatus.PartiallyFilled or OrderStatus.Untriggered or OrderStatus.Triggered;

    private OrderOutcome Ignore(OrderOutcome outcome)
    {
        Ignored++;
        return outcome;
    }

    private static OrderState PendingStateOf(OrderAction action) => action switch
    {
        OrderAction.Place => OrderState.PendingNew,
        OrderAction.Amend => OrderState.PendingAmend,
        _ => OrderState.PendingCancel,
    };

    private static QtyLots Larger(QtyLots left, QtyLots right) => left > right ? left : right;

    private readonly record struct PendingRequest(RequestId Id, ClientOrderId Order, OrderAction Action);

    /// <summary>What a closed order has filled that the ledger has not booked yet.</summary>
    private readonly record struct UnbookedFill(ClientOrderId Order, InstrumentId Instrument, Side Side, PriceTicks Price, QtyLots Qty, long ToldMillis, long WrittenOffBeforeMillis);

    /// <summary>The live orders of one instrument as a list through the slots, and what closed orders filled that the ledger has not booked yet.</summary>
    private struct InstrumentOrders
    {
        public int First;
        public QtyLots UnbookedBuy;
        public QtyLots UnbookedSell;
    }
}
