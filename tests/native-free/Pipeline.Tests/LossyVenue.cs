using LatencyEngine.Model;
using LatencyEngine.Orders;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>A tiny venue for one symbol whose three connections come and go at any moment. Requests and messages are lost with them, or arrive late; what the venue knows is the truth.</summary>
internal sealed class LossyVenue
{
    private static readonly VenueChannel[] Channels = [VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade];

    private readonly EngineUnderTest _engine;
    private readonly Random _random;
    private readonly string _where;
    private readonly Dictionary<string, Order> _orders = [];
    private readonly List<(long Millis, string Row)> _executions = [];
    private readonly Queue<(SentRequest Request, long SentMillis, ushort Generation)> _requests = new();
    private readonly Queue<(string Frame, ushort Generation)> _acks = new();
    private readonly Queue<(string Frame, ushort Generation)> _messages = new();
    private readonly Queue<Question> _questions = new();
    private readonly ConnectionState[] _told = new ConnectionState[4];
    private long _midTicks = 600_000;
    private bool _needsSnapshot = true;
    private bool _isReconciled;
    private int _cancelAlls;
    private long _unansweredAtAnswer;
    private int _step;
    private int _secretAtStep;
    private decimal _position;
    private decimal _cost;
    private decimal _wallet = 10_000;

    public LossyVenue(EngineUnderTest engine, int seed, int run)
    {
        _engine = engine;
        _random = new Random((seed * 1_000) + run);
        _secretAtStep = _random.Next(1_000);
        _where = $"seed {seed}, run {run}";
        _engine.BeginSession();
    }

    public int Losses { get; private set; }

    public int LostRequests { get; private set; }

    public int Fills => _executions.Count;

    public bool HasSecret => _secretAtStep < 0;

    public void Step()
    {
        _step++;
        _engine.Advance(_random.NextInt64(60_000_000));
        switch (_random.Next(16))
        {
            case 0 or 1: Tell(_engine.Tick); break;
            case 2 or 3: Book(); break;
            case 4 or 5: Process(); break;
            case 6 or 7: Acknowledge(); break;
            case 8 or 9 or 10: Message(); break;
            case 11: Fill(); break;
            case 12 or 13: Answer(); break;
            case 14:
                foreach (VenueChannel channel in Channels)
                {
                    if (_random.Next(2) == 0) Connect(channel);
                }

                break;
            default:
                if (_random.Next(5) == 0) LoseSome();
                break;
        }

        if (_requests.Count > 0 && _random.Next(60) == 0) LoseSome();
        if (_secretAtStep >= 0 && _step >= _secretAtStep && _engine.Meters.Reconciliations > 0) Change();
    }

    /// <summary>What no execution tells, once: a position of another origin, and money that comes in. The streams tell what is left by it, if they are there.</summary>
    private void Change()
    {
        _secretAtStep = -1;
        Post(0.003m, 59_123.7m);
        _wallet += 12.34m;
        SendPositionAndWallet();
    }

    private void SendPositionAndWallet()
    {
        Send(PositionRow());
        Send(EngineUnderTest.WalletRow(Invariant(_wallet), _engine.NowMillis));
    }

    private string PositionRow() => EngineUnderTest.PositionRow(_position, _position == 0 ? 0 : Math.Round(_cost / Math.Abs(_position), 8), _engine.NowMillis);

    /// <summary>Every connection returns and nothing is lost any more; after that the table, the ledger and the venue say the same.</summary>
    public void Settle()
    {
        for (int round = 0; round < 60; round++)
        {
            foreach (VenueChannel channel in Channels) Connect(channel);
            Deliver();
            _engine.Advance(250_000_000);
            Tell(_engine.Tick);
            Book();
        }

        Deliver();
        _step = -1;
        Check(_engine.HotPath.State == QuotingState.Active, $"{_engine.HotPath.State}, killed by {_engine.Gate.KilledBy}");
        string[] open = [.. _orders.Values.Where(order => order.IsOpen).Select(order => order.Request.LinkId).Order()];
        Check(_engine.Orders.LiveOrders == open.Length, $"{_engine.Orders.LiveOrders} orders in the table, at the venue {string.Join(", ", open)}");
        foreach (string name in open) Check(_engine.Orders.StateOf(LookUpTests.Name(_orders[name].Request)) == OrderState.Working, $"{name} is {_engine.Orders.StateOf(LookUpTests.Name(_orders[name].Request))}");
        Check(_engine.Ledger.Position(_engine.Btc.Id).Lots == (long)(_position * 1_000), $"position {_engine.Ledger.Position(_engine.Btc.Id).Lots} lots, at the venue {_position}");
        decimal entry = _position == 0 ? 0 : Math.Round(_cost / Math.Abs(_position), 8);
        Check(Math.Abs(_engine.Ledger.AverageEntry(_engine.Btc.Id).Units - (long)(entry * 100_000_000)) <= 1, $"average entry {_engine.Ledger.AverageEntry(_engine.Btc.Id)}, at the venue {entry}");
        var wallet = new MoneyE8((long)(_wallet * 100_000_000));
        Check(_engine.Ledger.AgreesOnWallet(wallet) && Math.Abs((wallet - _engine.Ledger.Wallet).Units) < 1_000, $"wallet {_engine.Ledger.Wallet.Units}, at the venue {_wallet}");
        Check(!HasSecret || _engine.Meters.Differences is >= 1 and <= 2, $"{_engine.Meters.Differences} differences");
        OpenExposure exposure = _engine.Orders.Exposure(_engine.Btc.Id);
        Check(exposure.OpenBuyQty.Lots == OpenLots("Buy") && exposure.OpenSellQty.Lots == OpenLots("Sell"), $"{exposure}");
    }

    private long OpenLots(string side) => _orders.Values.Where(order => order.IsOpen && order.Request.Side == side).Sum(order => order.Lots - order.FilledLots);

    private void Deliver()
    {
        while (_cancelAlls + _requests.Count + _acks.Count + _messages.Count + _questions.Count > 0)
        {
            Process();
            Acknowledge();
            Message();
            Answer(mayFail: false);
        }
    }

    private ConnectionState ToldOf(VenueChannel channel) => _told[(int)channel];

    private bool IsOpen(VenueChannel channel) => ToldOf(channel) is ConnectionState.Opened or ConnectionState.Ready;

    private void Connect(VenueChannel channel)
    {
        if (ToldOf(channel) == ConnectionState.Ready) return;
        if (ToldOf(channel) == ConnectionState.Opened)
        {
            _told[(int)channel] = ConnectionState.Ready;
            Tell(() => _engine.Connection(channel, ConnectionState.Ready));
            return;
        }

        _told[(int)channel] = ConnectionState.Opened;
        if (channel == VenueChannel.Public) _needsSnapshot = true;
        Tell(() => _engine.Open(channel));
    }

    private void LoseSome()
    {
        foreach (VenueChannel channel in Channels)
        {
            if (_random.Next(2) == 0) Lose(channel);
        }
    }

    private void Lose(VenueChannel channel)
    {
        if (!IsOpen(channel)) return;
        Losses++;
        _told[(int)channel] = ConnectionState.Lost;
        if (channel == VenueChannel.Private) _isReconciled = false;
        if (channel == VenueChannel.Trade)
        {
            // What has left the host arrives later or never; the rest is gone.
            for (int left = _requests.Count; left > 0; left--)
            {
                var request = _requests.Dequeue();
                if (_random.Next(2) == 0) _requests.Enqueue(request);
                else LostRequests++;
            }
        }

        Tell(() => _engine.Lose(channel));
    }

    private void Book()
    {
        if (!IsOpen(VenueChannel.Public)) return;
        _midTicks += _random.Next(-6, 7);
        if (!_needsSnapshot && _random.Next(20) == 0)
        {
            Tell(() => _engine.Book(_midTicks, _midTicks + 2, skipUpdates: 1));
            return;
        }

        bool isSnapshot = _needsSnapshot;
        _needsSnapshot = false;
        Tell(() => _engine.Book(_midTicks, _midTicks + 2, isSnapshot));
    }

    private void Process()
    {
        if (_cancelAlls > 0)
        {
            _cancelAlls--;
            CancelAll();
            return;
        }

        if (!_requests.TryDequeue(out var sent)) return;
        SentRequest request = sent.Request;
        int code = _engine.NowMillis - sent.SentMillis > 5_000 ? 10002 : Execute(request);
        if (sent.Generation != _engine.Generation(VenueChannel.Trade) || !IsOpen(VenueChannel.Trade)) return;
        string data = code == 0 ? $$"""{"orderId":"00000000-0000-4000-8000-000000000000","orderLinkId":"{{request.LinkId}}"}""" : "{}";
        _acks.Enqueue(($$"""{"reqId":"{{request.RequestId}}","retCode":{{code}},"retMsg":"","op":"{{request.Operation}}","data":{{data}},"retExtInfo":{},"header":{},"connId":"c"}""", sent.Generation));
    }

    private void CancelAll()
    {
        foreach (Order order in _orders.Values.Where(order => order.IsOpen))
        {
            order.Status = "Cancelled";
            Show(order, "CancelByUser", "EC_PerCancelRequest");
        }
    }

    private int Execute(SentRequest request)
    {
        Order? order = _orders.GetValueOrDefault(request.LinkId);
        switch (request.Operation)
        {
            case "order.create":
                Check(order is null, "the same create twice");
                Check(!_orders.Values.Any(other => other.IsOpen && other.Request.Side == request.Side), "two orders on one side");
                if (_random.Next(20) == 0) return 110007;
                order = new Order(request) { Lots = Lots(request.Qty) };
                _orders.Add(request.LinkId, order);
                if (_random.Next(20) == 0) order.Status = "Cancelled";
                Show(order, rejectReason: order.IsOpen ? "EC_NoError" : "EC_PostOnlyWillTakeLiquidity");
                return 0;
            case "order.amend":
                if (order is not { IsOpen: true }) return 110001;
                if (Lots(request.Qty) <= order.FilledLots) return 110064;
                order.Request = order.Request with { Price = request.Price, Qty = request.Qty };
                order.Lots = Lots(request.Qty);
                Show(order);
                return 0;
            default:
                if (order is not { IsOpen: true }) return 110001;
                order.Status = "Cancelled";
                Show(order, "CancelByUser", "EC_PerCancelRequest");
                return 0;
        }
    }

    private void Fill()
    {
        Order[] open = [.. _orders.Values.Where(order => order.IsOpen)];
        if (open.Length == 0) return;
        Order order = open[_random.Next(open.Length)];
        long lots = _random.Next(2) == 0 ? order.Lots - order.FilledLots : 1 + _random.NextInt64(order.Lots - order.FilledLots);
        order.FilledLots += lots;
        order.Status = order.FilledLots == order.Lots ? "Filled" : "PartiallyFilled";
        decimal qty = lots / 1_000m, price = order.Request.PriceValue, fee = Math.Round(price * qty * 0.0002m, 8);
        Post((order.Request.Side == "Buy" ? 1 : -1) * qty, price);
        _wallet -= fee;

        string execution = EngineUnderTest.ExecutionRow(order.Request, Invariant(qty), Invariant(fee), _executions.Count + 1, _engine.NowMillis);
        _executions.Add((_engine.NowMillis, execution));
        Show(order);
        Send(execution);
        SendPositionAndWallet();
    }

    private void Post(decimal signedQty, decimal price)
    {
        if (_position != 0 && Math.Sign(_position) != Math.Sign(signedQty))
        {
            decimal closed = Math.Min(Math.Abs(signedQty), Math.Abs(_position));
            decimal closedCost = _cost * closed / Math.Abs(_position);
            _wallet += Math.Round(Math.Sign(_position) * ((closed * price) - closedCost), 8);
            _cost -= closedCost;
            _position += Math.Sign(signedQty) * closed;
            signedQty -= Math.Sign(signedQty) * closed;
        }

        _cost += Math.Abs(signedQty) * price;
        _position += signedQty;
    }

    private void Show(Order order, string cancelType = "UNKNOWN", string rejectReason = "EC_NoError")
    {
        order.Row = EngineUnderTest.OrderRow(
            order.Request, order.Status, order.IsOpen ? Invariant((order.Lots - order.FilledLots) / 1_000m) : "0", _engine.NowMillis, cancelType, rejectReason, Invariant(order.FilledLots / 1_000m));
        Send(order.Row);
    }

    private void Send(string message)
    {
        if (IsOpen(VenueChannel.Private)) _messages.Enqueue((message, _engine.Generation(VenueChannel.Private)));
    }

    private void Acknowledge()
    {
        if (!_acks.TryDequeue(out var ack)) return;
        bool isCurrent = ack.Generation == _engine.Generation(VenueChannel.Trade) && IsOpen(VenueChannel.Trade);
        Late(InboundKind.TradeFrame, ack.Frame, ack.Generation, isCurrent);
    }

    private void Message()
    {
        if (!_messages.TryDequeue(out var message)) return;
        bool isCurrent = message.Generation == _engine.Generation(VenueChannel.Private) && IsOpen(VenueChannel.Private);
        Late(InboundKind.PrivateFrame, message.Frame, message.Generation, isCurrent);
    }

    /// <summary>A frame of a lost connection is lost too, or comes late and must not count.</summary>
    private void Late(InboundKind kind, string frame, ushort generation, bool isCurrent)
    {
        if (!isCurrent && _random.Next(2) == 0) return;
        long dropped = _engine.Meters.FramesOfLostConnections;
        Tell(() => _engine.Hand(kind, System.Text.Encoding.UTF8.GetBytes(frame), generation: generation));
        if (isCurrent && kind == InboundKind.TradeFrame) _unansweredAtAnswer = _engine.Orders.Unanswered;
        Check(_engine.Meters.FramesOfLostConnections - dropped == (isCurrent ? 0 : 1), "a frame of a lost connection counted, or one of the present did not");
    }

    /// <summary>A look-up goes on by one part: the executions are read, the orders are read, and then its rows and its end are handed over one by one. It may break off anywhere.</summary>
    private void Answer(bool mayFail = true)
    {
        if (!_questions.TryPeek(out Question? question)) return;
        if (mayFail && _random.Next(25) == 0)
        {
            _questions.Dequeue();
            return;
        }

        if (question.Rows is null)
        {
            question.Executed = _executions.Count;
            question.Rows = new Queue<string>(_executions.Where(execution => execution.Millis >= question.Request.SinceMillis).Select(execution => execution.Row).Reverse());
        }
        else if (question.Absent is null)
        {
            question.AnsweredMillis = _engine.NowMillis;
            if (question.Executed != _executions.Count)
            {
                question.Rows = null;   // torn: what was executed meanwhile is in the position, and not in the rows
                return;
            }

            question.Absent = [];
            if (_position != 0) question.Rows.Enqueue(PositionRow());
            question.Rows.Enqueue(EngineUnderTest.WalletRow(Invariant(_wallet), _engine.NowMillis));
            foreach (Order order in _orders.Values.Where(order => order.IsOpen && !question.Names.Contains(LookUpTests.Name(order.Request)))) question.Rows.Enqueue(order.Row);
            foreach (ClientOrderId name in question.Names)
            {
                if (_orders.TryGetValue(name.ToString(), out Order? order)) question.Rows.Enqueue(order.Row);
                else question.Absent.Add(name);
            }

            question.RowFrames = question.Rows.Count;
        }
        else if (question.Rows.TryDequeue(out string? row))
        {
            Tell(() => _engine.LookUpRows(row));
        }
        else
        {
            _questions.Dequeue();
            bool isWhole = _engine.RowFrames == question.RowFrames;
            if (isWhole && ToldOf(VenueChannel.Private) == ConnectionState.Ready && question.Request.PrivateGeneration == _engine.Generation(VenueChannel.Private)) _isReconciled = true;
            Tell(() => _engine.EndLookUp(question.AnsweredMillis, (int)question.Request.PrivateGeneration, question.Request.AskedNanos, question.RowFrames, [.. question.Absent]));
        }
    }

    /// <summary>Tells the engine something and takes what it answers.</summary>
    private void Tell(Action what)
    {
        what();
        foreach (var frame in _engine.Outbound())
        {
            switch (frame.Kind)
            {
                case OutboundKind.Request:
                    SentRequest request = SentRequest.Parse(System.Text.Encoding.UTF8.GetString(frame.Bytes));
                    Check(ToldOf(VenueChannel.Trade) == ConnectionState.Ready, "a request that nobody carries");
                    bool sees = _isReconciled && ToldOf(VenueChannel.Public) == ConnectionState.Ready && ToldOf(VenueChannel.Private) == ConnectionState.Ready;
                    Check(sees || request.Operation == "order.cancel", $"blind, and {request.Operation}");
                    _requests.Enqueue((request, _engine.NowMillis, _engine.Generation(VenueChannel.Trade)));
                    break;
                case OutboundKind.LookUpRequest:
                    (LookUpRequest head, ClientOrderId[] names) = LookUpTests.Question(frame.Bytes);
                    _questions.Enqueue(new Question(head, names));
                    break;
                case OutboundKind.CancelAllRequest:
                    // It may be lost too, and it may arrive when the connection is long back.
                    Check(ToldOf(VenueChannel.Trade) != ConnectionState.Ready || _engine.Orders.Unanswered > _unansweredAtAnswer, "orders cancelled by another way although the connection stands and answers");
                    if (_random.Next(3) > 0) _cancelAlls++;
                    break;
                case OutboundKind.SnapshotRequest:
                    if (frame.Bytes[0] == 0) _needsSnapshot = true;
                    break;
            }
        }

        Check(!_engine.Gate.IsKilled, $"killed by {_engine.Gate.KilledBy}");
        Check(!_engine.HotPath.IsHalted, "halted");
        Check(_engine.Meters.FramesRejected == 0, "a frame was rejected");
    }

    private void Check(bool holds, string what)
    {
        if (!holds) Assert.Fail($"{_where}, step {_step}: {what}");
    }

    private static long Lots(string qty) => (long)(decimal.Parse(qty, System.Globalization.CultureInfo.InvariantCulture) * 1_000);

    private static string Invariant(decimal value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Order(SentRequest request)
    {
        public SentRequest Request { get; set; } = request;

        public long Lots { get; set; }

        public long FilledLots { get; set; }

        public string Status { get; set; } = "New";

        public string Row { get; set; } = "";

        public bool IsOpen => Status is "New" or "PartiallyFilled";
    }

    private sealed class Question(LookUpRequest request, ClientOrderId[] names)
    {
        public LookUpRequest Request { get; } = request;

        public ClientOrderId[] Names { get; } = names;

        public Queue<string>? Rows { get; set; }

        public int RowFrames { get; set; }

        public int Executed { get; set; }

        public List<ClientOrderId>? Absent { get; set; }

        public long AnsweredMillis { get; set; }
    }
}
