using System.Globalization;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>Something that happens to a real connection or account (Bybit V5, 19.3 and 20).</summary>
internal sealed class Disturbance
{
    private const long NanosPerMilli = 1_000_000;
    private const decimal SweptQty = 150m;      // more than rests within the spread of the engine's quotes
    private const decimal OtherQty = 0.05m;
    private const int TooManyRequests = 10006;
    private const int NodeRestarts = 10019;
    private const int OrderBusy = 110079;
    private const int ServerTimeout = 10016;
    private const int RefusedAmend = 110003;
    private const int WrongTimeStamp = 10002;
    private const int NothingHeardMillis = 2_000;   // below the silence after which the rig's engine gives a socket up, less a ping interval

    private static readonly TimeSpan TimeKnownTo = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(8);   // longer than any of it takes: a loss that is told by silence takes five

    private readonly Func<Cell, Func<bool>> _begin;

    private Disturbance(string name, Func<Cell, Func<bool>> begin)
    {
        Name = name;
        _begin = begin;
    }

    public string Name { get; }

    /// <summary>Why it cannot be at a moment; null where it can.</summary>
    public Func<OrderMoment, string?> Impossible { get; private init; } = static _ => null;

    /// <summary>Whether it reaches the venue before the request that is on its way.</summary>
    public Func<OrderMoment, bool> ComesBefore { get; private init; } = static _ => false;

    /// <summary>Whether a request that brings the state suits it.</summary>
    public Func<Cell, VenueLog.LoggedRequest, bool> Fits { get; private init; } = static (_, _) => true;

    /// <summary>It is tried with orders by REST, too.</summary>
    public bool IsOfRestToo { get; private init; }

    /// <summary>Orders that another client places under the engine's form of names, each of which the engine finds.</summary>
    public int Orphans { get; private init; }

    /// <summary>Sees every request behind its beginning, before the venue does.</summary>
    public Action<Cell, VenueLog.LoggedRequest> OnRequest { get; private init; } = static (_, _) => { };

    /// <summary>Takes away what it has left, once it has happened.</summary>
    public Action<Cell> End { get; private init; } = static _ => { };

    /// <summary>Lets it happen; the result tells whether it has.</summary>
    public Func<bool> Begin(Cell cell) => _begin(cell);

    public static IReadOnlyList<Disturbance> All { get; } =
    [
        Cut("public cut", DeliveryChannel.Public),
        Cut("private cut", DeliveryChannel.Private, isOfRestToo: true),
        Cut("trade cut", DeliveryChannel.Trade),
        new("all three cut", cell =>
        {
            cell.Rig.Log.MayLoseCreates = true;
            foreach (DeliveryChannel channel in (DeliveryChannel[])[DeliveryChannel.Public, DeliveryChannel.Private, DeliveryChannel.Trade]) cell.Rig.Server.Cut(channel);
            return () => cell.Reconnected >= 3;
        }),
        new("short outage", cell =>
        {
            cell.Rig.Log.MayLoseCreates = true;
            return Fault(cell, new Fault { Kind = FaultKind.Outage, DurationNanos = 400 * NanosPerMilli }, () => cell.Reconnected >= cell.Rig.Sockets);
        })
        {
            IsOfRestToo = true,
        },
        new("lost acknowledgement", cell => Fault(cell, new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Trade }, () => cell.Rig.Log.HasUnanswered(cell.BegunTimestamp - (System.Diagnostics.Stopwatch.Frequency / 20)))),
        Timed("late acknowledgement", new Fault { Kind = FaultKind.Late, Channel = DeliveryChannel.Trade, DurationNanos = 300 * NanosPerMilli, DelayNanos = 500 * NanosPerMilli }, 900, static rig => rig.Log.Late(DeliveryChannel.Trade)),
        new("duplicated private messages", cell =>
        {
            int before = cell.Rig.Log.Doubled;
            return Fault(cell, new Fault { Kind = FaultKind.Duplicate, Channel = DeliveryChannel.Private, Count = 8 }, () => cell.Rig.Log.Doubled >= before + 6);
        }),
        Timed("late private messages", new Fault { Kind = FaultKind.Late, Channel = DeliveryChannel.Private, DurationNanos = 300 * NanosPerMilli, DelayNanos = 500 * NanosPerMilli }, 900, static rig => rig.Log.Late(DeliveryChannel.Private)),
        new("private gap", cell =>
        {
            int before = cell.Rig.Log.Accepted;
            return Fault(cell, new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Private, Count = 4 }, () => cell.Rig.Log.Accepted >= before + 3 && cell.Elapsed.TotalMilliseconds > 300);
        }),
        new("private gap over another client's fill", cell =>
        {
            cell.Rig.Inject(new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Private, Count = 4 });
            return ChangePosition(cell);
        }),
        new("private gap over a fill", cell => Sweep(cell, () => cell.Rig.Inject(new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Private, Count = 8 })))
        {
            Impossible = NeedsOrder,
            ComesBefore = moment => moment != OrderMoment.PendingNew,
        },
        new("book gap", cell =>
        {
            long before = cell.Rig.View!.BookFailures;
            return Fault(cell, new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Public, Count = 10 }, () => cell.Rig.View!.BookFailures > before || (cell.Moment == OrderMoment.None && cell.Elapsed.TotalSeconds > 1));
        }),
        Timed("public stall", new Fault { Kind = FaultKind.Stall, Channel = DeliveryChannel.Public, DurationNanos = 1_200 * NanosPerMilli }, 1_300, static rig => rig.Log.Late(DeliveryChannel.Public)),
        Timed("10006 burst", new Fault { Kind = FaultKind.Ban, DurationNanos = 500 * NanosPerMilli }, 700, static rig => rig.Log.Refused(TooManyRequests), static log => (log.MayBeBanned, log.RefusesAnyone) = (true, TooManyRequests), isOfRestToo: true),
        Reject("10016 on a create", "create", ServerTimeout, isCarriedOut: false),
        Reject("10016 on a create that is done", "create", ServerTimeout, isCarriedOut: true, isOfRestToo: true),
        Reject("10016 on an amend", "amend", ServerTimeout, isCarriedOut: false),
        Reject("10016 on an amend that is done", "amend", ServerTimeout, isCarriedOut: true),
        Reject("10016 on a cancel", "cancel", ServerTimeout, isCarriedOut: false),
        Reject("10016 on a cancel that is done", "cancel", ServerTimeout, isCarriedOut: true, isOfRestToo: true),
        Reject("10002 on an amend", "amend", WrongTimeStamp, isCarriedOut: false, impossible: NeedsOrder),
        Reject("10002 on a cancel", "cancel", WrongTimeStamp, isCarriedOut: false, impossible: NeedsOrder),
        new("10019", cell =>
        {
            cell.Rig.Log.RefusesAnyone = NodeRestarts;
            return Losing(cell, new Fault { Kind = FaultKind.Reject, Channel = DeliveryChannel.Trade, Code = NodeRestarts, Text = "ws trade service is restarting" }, () => cell.Reconnected >= 1);
        })
        {
            ComesBefore = static _ => true,
        },
        Timed("REST 503", new Fault { Kind = FaultKind.Outage, Channel = DeliveryChannel.LookUpEnd, DurationNanos = 1_500 * NanosPerMilli }, 1_600, static rig => rig.Server.TurnedAway, static log => log.MayLoseCreates = true, isOfRestToo: true),
        Timed("REST 403", new Fault { Kind = FaultKind.Forbidden, DurationNanos = 1_500 * NanosPerMilli, Text = "" }, 1_600, static rig => rig.Server.TurnedAway),
        WrongTime("engine's clock ahead by 1.5 s", static rig => rig.Machine.Pass(TimeSpan.FromSeconds(1.5))),
        WrongTime("engine's clock behind by 6 s", static rig => rig.Sleep(TimeSpan.FromSeconds(6))),   // more than the receive window
        Silent("half-open private connection", DeliveryChannel.Private),
        Silent("half-open trade connection", DeliveryChannel.Trade),
        Timed("requests that arrive after they were given up", new Fault { Kind = FaultKind.Slow, DurationNanos = 500 * NanosPerMilli, DelayNanos = 1_500 * NanosPerMilli }, 2_500, static rig => rig.View!.TimedOut, isOfRestToo: true),
        new("fill meanwhile", static cell => Sweep(cell)) { IsOfRestToo = true, Impossible = NeedsOrder, ComesBefore = moment => moment != OrderMoment.PendingNew },
        new("cancelled by another client", cell =>
        {
            cell.Rig.Cancel(cell.TargetName);
            return () => cell.TargetAtVenue is { IsOpen: false };
        })
        {
            Impossible = NeedsOrder,
        },
        OurName("order of another client under our name", sessionsBack: 0),
        OurName("order of another client under our name of an earlier session", sessionsBack: 1),
        ForeignName(),
        new("position changed by another client", ChangePosition),
        PostOnly(),
        new("execution repeated after the reconnect", cell =>
        {
            bool isRepeated = false;
            cell.Rig.Server.Cut(DeliveryChannel.Private);
            return () =>
            {
                if (isRepeated) return true;
                if (cell.Reconnected == 0 || cell.Rig.Server.Subscriptions(DeliveryChannel.Private) < 4) return false;
                cell.Rig.Repeat(cell.Rig.Log.LastExecution);
                return isRepeated = true;
            };
        }),
        Reject("110079 on an amend", "amend", OrderBusy, isCarriedOut: false),
        new("Params Error at the logins", cell => Losing(cell, new Fault { Kind = FaultKind.Login }, () => cell.Reconnected >= 2 && cell.Rig.Connections.Split("login refused: Params Error").Length == 3)),
        RefusedSubscription("public subscription refused", DeliveryChannel.Public, "orderbook.50.BTCUSDT"),
        RefusedSubscription("private subscription refused", DeliveryChannel.Private, "order"),
        new("subscriptions refused because they stand already", cell => Fault(cell, new Fault { Kind = FaultKind.Subscription, Count = 2, IsCarriedOut = true }, () => cell.Reconnected >= 2 && !cell.Rig.Connections.Contains("already subscribed", StringComparison.Ordinal))),
        new("cancelled by the venue", cell =>
        {
            long begunNanos = cell.Rig.Session.LastTimeNanos;
            int asked = 0;
            return () =>
            {
                if (cell.TargetAtVenue is not { IsOpen: true } && cell.Rig.Account.Orders.Any(order => order.CancelType == "CancelByDCP" && order.UpdatedAtNanos > begunNanos)) return true;
                if (cell.Elapsed.TotalMilliseconds < 200 * asked) return false;
                asked++;
                cell.Rig.CancelByVenue();
                return false;
            };
        })
        {
            Impossible = NeedsOrder,
        },
        Closed("private connection closed by the venue", DeliveryChannel.Private),
        Closed("trade connection closed by the venue", DeliveryChannel.Trade),
        new("snapshots before the answers to their subscriptions", cell => Fault(cell, new Fault { Kind = FaultKind.Early, Count = 2 }, () => cell.Reconnected >= 1)),
        new("books begin anew with update 1", cell =>
        {
            int before = cell.Rig.Log.FirstUpdates;
            return Fault(cell, new Fault { Kind = FaultKind.Restart }, () => cell.Rig.Log.FirstUpdates > before && cell.Elapsed.TotalMilliseconds > 200);
        }),
        new("fill before the acknowledgement", cell =>
        {
            Func<bool> isSwept = Sweep(cell, () => cell.Rig.Inject(new Fault { Kind = FaultKind.Late, Channel = DeliveryChannel.Trade, DurationNanos = 300 * NanosPerMilli, DelayNanos = 500 * NanosPerMilli }));
            return () => isSwept() && cell.Elapsed.TotalMilliseconds > 900;
        })
        {
            Impossible = NeedsOrder,
            ComesBefore = moment => moment != OrderMoment.PendingNew,
        },
        new("Filled told twice, and again after the end", cell =>
        {
            cell.Rig.Inject(new Fault { Kind = FaultKind.Duplicate, Channel = DeliveryChannel.Private, Count = 1_000 });   // the other account's messages are among them, two for each order that it sweeps away
            Func<bool> isSwept = Sweep(cell);
            bool isRepeated = false;
            return () =>
            {
                if (isRepeated) return true;
                bool isOver = isSwept();
                if (cell.Rig.View!.Orders.ContainsKey(cell.Target)) return false;
                int told = cell.Rig.Log.TimesFilled(cell.TargetName);
                if (told == 0) return cell.Elapsed.TotalMilliseconds > 2_000;   // its cancel was faster: there is no end to be told again
                if (!isOver) return false;
                for (; told < 3; told++) cell.Rig.Repeat(cell.Rig.Log.FilledRow(cell.TargetName));
                return isRepeated = true;
            };
        })
        {
            Impossible = NeedsOrder,
            ComesBefore = moment => moment != OrderMoment.PendingNew,
        },
    ];

    private static string? NeedsOrder(OrderMoment moment) => moment == OrderMoment.None ? "there is no order that it could concern" : null;

    /// <summary>A fault, and the same again where it has met what it was not meant for: another client's message or request, or a connection that was away. One that still waits for what it meets is not made twice.</summary>
    private static Func<bool> Fault(Cell cell, Fault fault, Func<bool> hasHappened)
    {
        cell.Rig.Inject(fault);
        TimeSpan next = cell.Elapsed + Again;
        return () =>
        {
            if (hasHappened()) return true;
            if (cell.Elapsed < next) return false;
            next = cell.Elapsed + Again;
            cell.Rig.Inject(fault);
            return false;
        };
    }

    /// <summary>The same with a fault that ends the trade connection: what is in its buffers then is lost.</summary>
    private static Func<bool> Losing(Cell cell, Fault fault, Func<bool> hasHappened)
    {
        cell.Rig.Log.MayLoseCreates = true;
        return Fault(cell, fault, hasHappened);
    }

    private static Disturbance Cut(string name, DeliveryChannel channel, bool isOfRestToo = false) => new(name, cell =>
    {
        cell.Rig.Log.MayLoseCreates = channel == DeliveryChannel.Trade;
        cell.Rig.Server.Cut(channel);
        return () => cell.Reconnected >= 1;
    })
    {
        IsOfRestToo = isOfRestToo,
    };

    /// <summary>The engine's clock of the venue's time is wrong by more than the venue allows, until it has been refused for it and sets it right by itself.</summary>
    private static Disturbance WrongTime(string name, Action<MatrixRig> move) => new(name, cell =>
    {
        int before = cell.Rig.Log.WrongTimes;
        cell.Rig.Log.MayHaveWrongTime = true;
        move(cell.Rig);
        return () =>
        {
            if (cell.Rig.TimeOff >= TimeKnownTo) return false;
            if (cell.Rig.Log.WrongTimes > before) return true;
            move(cell.Rig);   // it was measured before a request was refused
            return false;
        };
    })
    {
        IsOfRestToo = true,
    };

    private static Disturbance Silent(string name, DeliveryChannel channel) => new(name, cell =>
    {
        cell.Rig.Log.MayLoseCreates = channel == DeliveryChannel.Trade;
        return Fault(cell, new Fault { Kind = FaultKind.HalfOpen, Channel = channel }, () => cell.Reconnected >= 1 && cell.Elapsed.TotalMilliseconds > NothingHeardMillis && cell.Rig.Connections.Contains("nothing heard for", StringComparison.Ordinal));
    });

    private static Disturbance RefusedSubscription(string name, DeliveryChannel channel, string firstTopic) => new(name, cell =>
        Fault(cell, new Fault { Kind = FaultKind.Subscription, Channel = channel, Count = 2 }, () => cell.Reconnected >= 1 && cell.Rig.Connections.Contains($"subscription of {firstTopic} refused: error:handler not found", StringComparison.Ordinal)));

    private static Disturbance Closed(string name, DeliveryChannel channel) => new(name, cell =>
    {
        cell.Rig.Log.MayLoseCreates = channel == DeliveryChannel.Trade;
        return Fault(cell, new Fault { Kind = FaultKind.Close, Channel = channel }, () => cell.Reconnected >= 1 && cell.Rig.Connections.Contains("closed by the peer: 1001", StringComparison.Ordinal));
    });

    /// <summary>A fault that lasts for a time, and comes again where it has met nothing.</summary>
    /// <param name="name">The disturbance's.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="overAfterMillis">Nothing of it is on its way any more.</param>
    /// <param name="met">Counts what it meets.</param>
    /// <param name="allow">Tells the judge what is right meanwhile.</param>
    /// <param name="isOfRestToo">It is tried with orders by REST, too.</param>
    private static Disturbance Timed(string name, Fault fault, int overAfterMillis, Func<MatrixRig, long> met, Action<VenueLog>? allow = null, bool isOfRestToo = false) => new(name, cell =>
    {
        long before = met(cell.Rig);
        allow?.Invoke(cell.Rig.Log);
        cell.Rig.Inject(fault);
        int injected = 1;
        return () =>
        {
            if (cell.Elapsed.TotalMilliseconds < overAfterMillis * injected) return false;
            if (met(cell.Rig) > before) return true;
            injected++;
            cell.Rig.Inject(fault);
            return false;
        };
    })
    {
        IsOfRestToo = isOfRestToo,
    };

    private static Disturbance Reject(string name, string operation, int code, bool isCarriedOut, bool isOfRestToo = false, Func<OrderMoment, string?>? impossible = null) => new(name, cell =>
    {
        int before = cell.Rig.Log.Refused(operation, code);
        if (code == WrongTimeStamp) cell.Rig.Log.MayHaveWrongTime = true;
        var fault = new Fault { Kind = FaultKind.Reject, Channel = DeliveryChannel.Trade, Code = code, Text = "server timeout", Operation = operation, IsCarriedOut = isCarriedOut };
        cell.Rig.Log.RefusesAnyone = code;
        int others = cell.Rig.Log.OthersRefused;
        cell.Rig.Inject(fault);
        int refusedAmends = -1;
        int provoked = 0;
        return () =>
        {
            if (cell.Rig.Log.Refused(operation, code) > before) return true;
            if (cell.Elapsed.TotalMilliseconds < 500 * (provoked + 1)) return false;

            // Amends come by themselves. An order that is gone is placed anew, and one whose amend was refused is cancelled, if it does not fill before. What was meant for the engine may have met another client.
            provoked++;
            if (cell.Rig.Log.OthersRefused > others) cell.Rig.Inject(fault);
            others = cell.Rig.Log.OthersRefused;
            if (operation == "create" && cell.Rig.Account.OpenOrders.FirstOrDefault() is { } open) cell.Rig.Cancel(open.OrderLinkId);
            if (operation != "cancel" || cell.Rig.Log.Refused("amend", RefusedAmend) == refusedAmends) return false;
            refusedAmends = cell.Rig.Log.Refused("amend", RefusedAmend);
            cell.Rig.Inject(new Fault { Kind = FaultKind.Reject, Channel = DeliveryChannel.Trade, Code = RefusedAmend, Text = "price is invalid", Operation = "amend" });
            return false;
        };
    })
    {
        ComesBefore = static _ => true,
        IsOfRestToo = isOfRestToo,
        Impossible = impossible ?? (static _ => null),
    };

    /// <summary>The other account takes all that stands before the order, and the order; and again where the order was moved away before that arrived.</summary>
    private static Func<bool> Sweep(Cell cell, Action? before = null)
    {
        TimeSpan next = TimeSpan.Zero;
        Place();
        return () =>
        {
            if (cell.TargetAtVenue is { IsOpen: false }) return cell.Elapsed.TotalMilliseconds > 200;
            if (cell.Elapsed >= next) Place();
            return false;
        };

        void Place()
        {
            next = cell.Elapsed + Again;
            before?.Invoke();
            (bool isBuy, decimal price) = cell.TargetAtVenue is { } order ? (order.Side == Side.Buy, order.Price) : (cell.Request!.Side == "Buy", cell.Request.Price);
            cell.Rig.Place(isEnginesAccount: false, isBuy ? "Sell" : "Buy", "IOC", SweptQty, price);
        }
    }

    private static Func<bool> ChangePosition(Cell cell)
    {
        string name = cell.Rig.Place(isEnginesAccount: true, cell.Rig.Account.Position(MatrixRig.Symbol).Qty > 0 ? "Sell" : "Buy", "Market", OtherQty, price: null);
        return () => cell.Rig.Account.Fills.Any(fill => fill.OrderLinkId == name) && cell.Elapsed.TotalMilliseconds > 200;
    }

    private static Disturbance OurName(string name, uint sessionsBack) => new(name, cell =>
    {
        string link = string.Create(CultureInfo.InvariantCulture, $"le{cell.Rig.SessionNumber - sessionsBack:x8}7000{VenueLog.OutsideSuffix}");
        cell.Rig.Place(isEnginesAccount: true, "Buy", "GTC", OtherQty, FarBid(cell), link);
        return () => cell.Find(link) is { IsOpen: false };
    })
    {
        Orphans = 1,
    };

    private static Disturbance ForeignName() => new("order of another client under a foreign name", cell =>
    {
        string link = cell.Rig.Place(isEnginesAccount: true, "Buy", "GTC", OtherQty, FarBid(cell));
        return () => cell.Find(link) is { IsOpen: true } && cell.Elapsed.TotalMilliseconds > 300;
    })
    {
        End = static cell => cell.Rig.CancelForeign(),
    };

    /// <summary>The other account moves the market through the price that a create or an amend is on its way to, and a moment later takes its order away.</summary>
    private static Disturbance PostOnly()
    {
        return new("post-only that would take", cell =>
        {
            long begunNanos = cell.Rig.Session.LastTimeNanos;
            if (cell.Request is { } request) Block(cell, request);
            return () => cell.Rig.Account.Orders.Any(order => order.RejectReason == "EC_PostOnlyWillTakeLiquidity" && order.UpdatedAtNanos > begunNanos);
        })
        {
            ComesBefore = static _ => true,
            Fits = static (cell, request) => request.Operation == "cancel" || CanBlock(cell, request),
            OnRequest = static (cell, request) =>
            {
                if (request.Operation != "cancel" && CanBlock(cell, request)) Block(cell, request);
            },
            End = static cell => cell.Rig.CancelOther(),
        };
    }

    private static bool CanBlock(Cell cell, VenueLog.LoggedRequest request)
    {
        // An amend away from the market would find its order taken, not refused.
        if (request.Operation == "create") return true;
        return cell.Find(request.Name) is { IsOpen: true } order && (order.Side == Side.Buy ? request.Price > order.Price : request.Price > 0 && request.Price < order.Price);
    }

    private static void Block(Cell cell, VenueLog.LoggedRequest request)
    {
        if (request.Operation == "cancel") return;
        bool isBuy = request.Operation == "create" ? request.Side == "Buy" : cell.Find(request.Name)!.Side == Side.Buy;
        if (cell.Rig.CancelOther()) return;
        cell.Rig.Place(isEnginesAccount: false, isBuy ? "Sell" : "Buy", "GTC", SweptQty, request.Price);
    }

    private static decimal FarBid(Cell cell) => decimal.Round(cell.Rig.Session.Venue.Best(MatrixRig.Symbol).Bid!.Value * 0.99m, 1);
}
