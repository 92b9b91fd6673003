using LatencyEngine.Model;

namespace LatencyEngine.Orders.Tests;

/// <summary>The table against a venue that answers in any order, loses requests and answers, refuses, fills and cancels; and against what a plain count of the venue's orders says.</summary>
public sealed class OrderTableMachineTests
{
    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    [InlineData(24)]
    public void Whatever_the_interleaving_the_table_never_says_less_than_the_venue_can_do(int seed)
    {
        for (int run = 0; run < 40; run++)
        {
            var machine = new Machine(seed, run);
            for (int step = 0; step < 500; step++) machine.Step(step);
            machine.Drain();
        }
    }

    [Fact]
    public void A_million_orders_leave_no_slot_behind()
    {
        var table = new OrderTable(Instruments.Two, 1, OrderDesk.Settings);
        table.BeginSession(1);
        var intents = new OrderIntent[2];
        QuoteTarget[] targets = [OrderDesk.Bid(100, 5), OrderDesk.Ask(110, 5)];
        for (int i = 0; i < 500_000; i++)
        {
            int count = table.Plan(Instruments.Btc, targets, intents);
            Assert.Equal(2, count);
            for (int k = 0; k < count; k++) LiveAndDie(table, in intents[k], now: new EpochNanos(i), refuse: (i + k) % 3 == 0);
        }

        Assert.Equal(0, table.LiveOrders);
        Assert.Equal(1_000_000, table.CreatesSent);
        Assert.Equal(default, table.Exposure(Instruments.Btc));
    }

    [Fact]
    public void The_table_allocates_nothing()
    {
        var table = new OrderTable(Instruments.Two, 2, OrderDesk.Settings);
        table.BeginSession(1);
        var intents = new OrderIntent[8];
        var names = new ClientOrderId[8];
        var targets = new QuoteTarget[4];
        long used = ZeroAllocation.Measure(i =>
        {
            var now = new EpochNanos(i * 10_000_000L);
            for (int k = 0; k < targets.Length; k++) targets[k] = k < 2 ? OrderDesk.Bid(1_000 - k + (i % 40), 5, k) : OrderDesk.Ask(1_100 + k + (i % 40), 5, k - 2);
            int count = table.Plan(Instruments.Btc, targets, intents);
            for (int k = 0; k < count; k++) LiveAndDie(table, in intents[k], now, refuse: i % 5 == 0, keep: i % 3 != 0);
            count = i % 50 == 0 ? table.PlanCancelAll(Instruments.Btc, intents) : 0;
            for (int k = 0; k < count; k++) table.OnSent(in intents[k], now);
            table.OnTime(now);
            table.Exposure(Instruments.Btc);
            if (i % 990 == 0) table.OnRequestsLost(now);
            int live = table.CountOutcomeUnknown() > 0 ? table.CopyLive(names) : 0;
            for (int k = 0; k < live; k++)
            {
                var row = new OrderEvent { Instrument = Instruments.Btc, ClientOrderId = names[k], Side = Side.Buy, Status = OrderStatus.New, UpdatedMillis = i };
                if (i % 3 == 0) table.OnLookedUp(in row);
                else table.OnAbsent(names[k], now, mayHaveMissedItsEnd: i % 2 == 0);
            }
        });

        Assert.Equal(0, used);
        Assert.True(table.AmendsSent > 0 && table.CancelsSent > 0 && table.TimedOut > 0);
    }

    private static void LiveAndDie(OrderTable table, in OrderIntent intent, EpochNanos now, bool refuse, bool keep = false)
    {
        RequestId request = table.OnSent(in intent, now);
        var ack = new Ack { RequestId = request, ReturnCode = refuse ? 110007 : 0 };
        table.OnAck(in ack, now);
        if (refuse) return;
        var e = new OrderEvent { Instrument = intent.Instrument, ClientOrderId = intent.ClientOrderId, Side = intent.Side, Status = OrderStatus.New, Price = intent.Price, Qty = intent.Qty };
        table.OnOrder(in e);
        if (keep) return;
        e.Status = OrderStatus.Filled;
        e.FilledQty = e.Qty;
        table.OnOrder(in e);
        var execution = new ExecutionEvent { Instrument = intent.Instrument, ClientOrderId = intent.ClientOrderId, Side = intent.Side, Type = ExecutionType.Trade, Qty = intent.Qty };
        table.OnExecution(in execution);
    }

    /// <summary>One order as the venue has it.</summary>
    private sealed class VenueOrder
    {
        public required OrderIntent Create { get; init; }

        public long PriceTicks { get; set; }

        public long Lots { get; set; }

        public long Filled { get; set; }

        public OrderStatus Status { get; set; } = OrderStatus.New;

        public OrderEvent Newest { get; set; }

        public bool IsOpen => Status is OrderStatus.New or OrderStatus.PartiallyFilled;
    }

    private sealed class Machine
    {
        private readonly string _where;
        private readonly Random _random;
        private readonly OrderTable _table = new(Instruments.Two, levelsPerSide: 2, OrderDesk.Settings);
        private readonly OrderIntent[] _intents = new OrderIntent[8];
        private readonly Dictionary<ClientOrderId, (Side Side, int Level)> _levels = [];
        private readonly Dictionary<ClientOrderId, VenueOrder> _venue = [];
        private readonly Queue<(RequestId Id, OrderIntent Intent, EpochNanos SentAt)> _requests = new();
        private readonly Queue<Ack> _acks = new();
        private readonly Queue<OrderEvent> _stream = new();
        private readonly Queue<ExecutionEvent> _executions = new();
        private readonly Dictionary<Side, long> _booked = new() { [Side.Buy] = 0, [Side.Sell] = 0 };
        private EpochNanos _now = new(1);
        private long _millis;
        private bool _faults = true;
        private int _step;

        public Machine(int seed, int run)
        {
            _where = $"seed {seed}, run {run}";
            _random = new Random((seed * 1_000) + run);
            _table.BeginSession(7);
        }

        public void Step(int step)
        {
            _step = step;
            switch (_random.Next(10))
            {
                case 0: PlanAndSend(); break;
                case 1 or 2: Process(); break;
                case 3: DeliverAck(); break;
                case 4 or 5: DeliverOrder(); break;
                case 6: DeliverExecution(); break;
                case 7: Fill(); break;
                case 8: Pass(_random.NextInt64(OrderDesk.TimeoutNanos)); break;
                default:
                    if (_random.Next(10) == 0) CancelUnasked();
                    else if (_random.Next(4) == 0) LoseTheConnection();
                    else LookUp();
                    break;
            }

            CheckNeverLess();
        }

        /// <summary>Lets everything arrive and every wait end; then the table and the venue must say the same.</summary>
        public void Drain()
        {
            _faults = false;
            for (int round = 0; round < 16; round++)
            {
                while (_requests.Count > 0) Process();
                while (_acks.Count > 0) DeliverAck();
                while (_stream.Count > 0) DeliverOrder();
                while (_executions.Count > 0) DeliverExecution();
                LookUp();
                Pass(OrderDesk.TimeoutNanos);
                int count = _table.Plan(Instruments.Btc, [], _intents);
                for (int i = 0; i < count; i++) Send(_intents[i]);
            }

            string at = $"{_where}, drained";
            Assert.True(_venue.Values.All(order => !order.IsOpen), at);
            Assert.True(_table.LiveOrders == 0, at);
            Assert.True(_table.Exposure(Instruments.Btc) == default, at);
            foreach (VenueOrder order in _venue.Values) Assert.True(_table.StateOf(order.Create.ClientOrderId) == OrderState.Unset, at);
        }

        private void PlanAndSend()
        {
            var targets = new List<QuoteTarget>();
            for (int level = 0; level < 2; level++)
            {
                if (_random.Next(8) > 0) targets.Add(OrderDesk.Bid(100 + _random.Next(12) - (12 * level), _random.Next(12), level));
                if (_random.Next(8) > 0) targets.Add(OrderDesk.Ask(120 + _random.Next(12) + (12 * level), _random.Next(12), level));
            }

            int count = _table.Plan(Instruments.Btc, targets.ToArray(), _intents);
            for (int i = 0; i < count; i++)
            {
                OrderIntent intent = _intents[i];
                if (intent.Action == OrderAction.Place)
                {
                    QuoteTarget target = targets.Single(t => t.Side == intent.Side && t.Price == intent.Price && t.Qty == intent.Qty && !_table.QuoteAt(Instruments.Btc, t.Side, t.Level).IsOurs);
                    _levels[intent.ClientOrderId] = (target.Side, target.Level);
                }

                if (_random.Next(6) > 0) Send(intent);
            }
        }

        private void Send(OrderIntent intent)
        {
            RequestId id = _table.OnSent(in intent, _now);
            Assert.True(id != RequestId.None, $"{_where}, step {_step}");
            if (!Chance(12)) _requests.Enqueue((id, intent, _now));
        }

        private void Process()
        {
            if (!_requests.TryDequeue(out (RequestId Id, OrderIntent Intent, EpochNanos SentAt) request)) return;
            OrderIntent intent = request.Intent;
            int code = intent.Action switch
            {
                _ when IsTooOld(request.SentAt) => 10002,
                OrderAction.Place => ProcessCreate(intent),
                OrderAction.Amend => ProcessAmend(intent),
                _ => ProcessCancel(intent),
            };
            _acks.Enqueue(new Ack { RequestId = request.Id, ReturnCode = code });
        }

        private int ProcessCreate(OrderIntent intent)
        {
            if (Chance(15)) return _random.Next(2) == 0 ? 110007 : 10006;
            if (Chance(30)) return 10016;
            var order = new VenueOrder { Create = intent, PriceTicks = intent.Price.Ticks, Lots = intent.Qty.Lots };
            _venue.Add(intent.ClientOrderId, order);
            if (Chance(10)) Close(order, OrderStatus.Cancelled, CancelType.None, RejectReason.PostOnlyWillTake);
            else Tell(order);
            (Side Side, int Level) level = _levels[intent.ClientOrderId];
            Assert.True(_venue.Values.Count(o => o.IsOpen && _levels[o.Create.ClientOrderId] == level) <= 1, $"{_where}, step {_step}: two orders on {level}");
            return Chance(30) ? 10016 : 0;
        }

        private int ProcessAmend(OrderIntent intent)
        {
            if (Chance(15)) return 10006;
            VenueOrder? order = _venue.GetValueOrDefault(intent.ClientOrderId);
            if (order is not { IsOpen: true }) return 110001;
            if (intent.Qty.Lots <= order.Filled) return 110064;
            if (order.PriceTicks == intent.Price.Ticks && order.Lots == intent.Qty.Lots) return 10001;
            if (Chance(15))
            {
                Tell(order, reason: RejectReason.Other);
                return 0;
            }

            order.PriceTicks = intent.Price.Ticks;
            order.Lots = intent.Qty.Lots;
            Tell(order);
            return Chance(30) ? 10000 : 0;
        }

        private int ProcessCancel(OrderIntent intent)
        {
            if (Chance(15)) return 10006;
            VenueOrder? order = _venue.GetValueOrDefault(intent.ClientOrderId);
            if (order is null) return 110001;
            if (order.IsOpen)
            {
                Close(order, OrderStatus.Cancelled, CancelType.ByUser, RejectReason.PerCancelRequest);
                return 0;
            }

            if (order.Status != OrderStatus.Filled || _random.Next(2) == 0) return 110001;
            Tell(order, CancelType.ByUser, RejectReason.CancelTooLate);
            return 0;
        }

        private void Fill()
        {
            VenueOrder[] open = [.. _venue.Values.Where(order => order.IsOpen)];
            if (open.Length == 0) return;
            VenueOrder order = open[_random.Next(open.Length)];
            long lots = 1 + _random.NextInt64(order.Lots - order.Filled);
            order.Filled += lots;
            order.Status = order.Filled == order.Lots ? OrderStatus.Filled : OrderStatus.PartiallyFilled;
            Tell(order);
            _executions.Enqueue(new ExecutionEvent
            {
                Instrument = Instruments.Btc,
                ClientOrderId = order.Create.ClientOrderId,
                Side = order.Create.Side,
                Type = ExecutionType.Trade,
                Qty = new QtyLots(lots),
            });
        }

        private void CancelUnasked()
        {
            VenueOrder? order = _venue.Values.FirstOrDefault(o => o.IsOpen);
            if (order is not null) Close(order, OrderStatus.Cancelled, CancelType.BySelfMatchPrevention, RejectReason.None);
        }

        private void LookUp()
        {
            var names = new ClientOrderId[8];
            int count = _table.CopyLive(names);
            for (int i = 0; i < count; i++)
            {
                if (_venue.TryGetValue(names[i], out VenueOrder? order))
                {
                    OrderEvent row = order.Newest;
                    _table.OnLookedUp(in row);
                }
                else
                {
                    _table.OnAbsent(names[i], _now, mayHaveMissedItsEnd: _random.Next(2) == 0);
                }
            }
        }

        /// <summary>No answer comes any more; some of the requests have left, and are carried out later or never.</summary>
        private void LoseTheConnection()
        {
            _acks.Clear();
            int left = _requests.Count;
            for (int i = 0; i < left; i++)
            {
                var request = _requests.Dequeue();
                if (_random.Next(2) == 0) _requests.Enqueue(request);
            }

            _table.OnRequestsLost(_now);
        }

        private bool IsTooOld(EpochNanos sentAt) => _now - sentAt > OrderDesk.LifetimeNanos;

        private void DeliverAck()
        {
            if (!_acks.TryDequeue(out Ack ack) || Chance(12)) return;
            OrderOutcome outcome = _table.OnAck(in ack, _now);
            Assert.True(outcome is not (OrderOutcome.Unset or OrderOutcome.UnknownRequest), $"{_where}, step {_step}: {outcome}");
        }

        private void DeliverOrder()
        {
            if (!_stream.TryDequeue(out OrderEvent e)) return;
            OrderOutcome outcome = _table.OnOrder(in e);
            bool expected = outcome is OrderOutcome.Working or OrderOutcome.Filled or OrderOutcome.Cancelled or OrderOutcome.CancelledByVenue or OrderOutcome.PostOnlyRefused or OrderOutcome.Repeated or OrderOutcome.Stale;
            Assert.True(expected, $"{_where}, step {_step}: {outcome} for {e.Status}");
        }

        private void DeliverExecution()
        {
            if (!_executions.TryDequeue(out ExecutionEvent e)) return;
            _booked[e.Side] += e.Qty.Lots;
            _table.OnExecution(in e);
        }

        private void Pass(long nanos)
        {
            _now = new EpochNanos(_now.Nanos + nanos);
            _table.OnTime(_now);
        }

        private void Close(VenueOrder order, OrderStatus status, CancelType cancelType, RejectReason reason)
        {
            order.Status = status;
            Tell(order, cancelType, reason);
        }

        private void Tell(VenueOrder order, CancelType cancelType = CancelType.None, RejectReason reason = RejectReason.None)
        {
            order.Newest = Row(order, cancelType, reason);
            _stream.Enqueue(order.Newest);
        }

        private OrderEvent Row(VenueOrder order, CancelType cancelType, RejectReason reason) => new()
        {
            Instrument = Instruments.Btc,
            ClientOrderId = order.Create.ClientOrderId,
            Side = order.Create.Side,
            Status = order.Status,
            CancelType = cancelType,
            RejectReason = reason,
            Price = new PriceTicks(order.PriceTicks),
            Qty = new QtyLots(order.Lots),
            FilledQty = new QtyLots(order.Filled),
            LeavesQty = new QtyLots(order.IsOpen ? order.Lots - order.Filled : 0),
            UpdatedMillis = ++_millis / 3,
        };

        private bool Chance(int oneIn) => _faults && _random.Next(oneIn) == 0;

        // All that may still reach the position: open or filled at the venue, or on the way there, less what the ledger has.
        private void CheckNeverLess()
        {
            OpenExposure exposure = _table.Exposure(Instruments.Btc);
            foreach (Side side in new[] { Side.Buy, Side.Sell })
            {
                long possible = -_booked[side];
                var arriving = _requests.Where(request => !IsTooOld(request.SentAt)).Select(request => request.Intent).ToArray();
                var names = _venue.Keys.Concat(arriving.Select(intent => intent.ClientOrderId)).Distinct();
                foreach (ClientOrderId name in names)
                {
                    VenueOrder? order = _venue.GetValueOrDefault(name);
                    var asked = arriving.Where(intent => intent.ClientOrderId == name && intent.Action != OrderAction.Cancel).ToArray();
                    if ((order?.Create.Side ?? asked.FirstOrDefault().Side) != side) continue;
                    if (order is { IsOpen: false }) possible += order.Filled;
                    else possible += asked.Select(intent => intent.Qty.Lots).Append(order?.Lots ?? 0).Max();
                }

                long told = side == Side.Buy ? exposure.OpenBuyQty.Lots : exposure.OpenSellQty.Lots;
                Assert.True(told >= possible, $"{_where}, step {_step}: {side} {told} told, {possible} possible");
            }
        }
    }
}
