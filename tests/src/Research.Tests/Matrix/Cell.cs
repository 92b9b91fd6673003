using System.Diagnostics;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>One disturbance at one moment of an order's life: brought about, and judged by what engine and venue hold afterwards.</summary>
internal sealed class Cell
{
    private const int RefusedAmend = 110003;   // any refusal that leaves the order as it was: it is cancelled at its next change
    private const int ServerTimeout = 10016;
    private const int FramesOfNoQuotes = 40;   // more than come until the snapshot that is asked for, which is lost with them

    private const int LeadInAgainSteps = 200;  // a machine that stood still has used up the time, and what is on its way has had none

    private static readonly TimeSpan ReachWithin = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan HappensWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan AgreesWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LeadInAgain = TimeSpan.FromSeconds(2);

    private readonly OrderMoment _moment;
    private readonly Disturbance _disturbance;
    private readonly int _reconnects;
    private VenueLog.LoggedRequest? _met;
    private Func<bool>? _hasHappened;
    private long _begun;
    private long _ledIn;
    private long _ledInStep;

    public Cell(MatrixRig rig, OrderMoment moment, Disturbance disturbance)
    {
        Rig = rig;
        _moment = moment;
        _disturbance = disturbance;
        _reconnects = rig.Reconnects;
    }

    public MatrixRig Rig { get; }

    /// <summary>The order that is in the state; none where there is none at all.</summary>
    public ClientOrderId Target { get; private set; }

    public OrderMoment Moment => _moment;

    public bool HasTarget => Target.IsOurs;

    /// <summary>As the venue knows it; null while its create is on its way.</summary>
    public VenueOrder? TargetAtVenue => Find(TargetName);

    public string TargetName => Target.ToString();

    /// <summary>The request that is on its way; null where the state is none of a request.</summary>
    public VenueLog.LoggedRequest? Request => _met;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begun);

    public long BegunTimestamp => _begun;

    public int Reconnected => Rig.Reconnects - _reconnects;

    public VenueOrder? Find(string name) => Rig.Account.Orders.FirstOrDefault(order => order.OrderLinkId == name);

    /// <summary>Runs it.</summary>
    /// <returns>What is wrong; null for nothing.</returns>
    public string? Run()
    {
        Rig.OnRequest = OnRequest;
        try
        {
            if (!Rig.TryStepUntil(HasBegun, ReachWithin)) return $"the state was not reached; {Rig.Difference()}";
            if (!Rig.TryStepUntil(_hasHappened!, HappensWithin)) return $"it did not happen; {Rig.Difference()}";
            _disturbance.End(this);
            int quoted = Rig.Log.Quoted;
            if (!Rig.TryStepUntil(() => Rig.Log.Quoted > quoted && Rig.IsReady && Rig.Agrees(), AgreesWithin)) return $"no agreement; {Rig.Difference()}; told: {string.Join("; ", Rig.Told.TakeLast(6))}";
        }
        finally
        {
            Rig.OnRequest = static _ => { };
            Rig.Log.MayBeBanned = false;
            Rig.Log.MayHaveWrongTime = false;
            Rig.Log.MayLoseCreates = false;
            Rig.Log.RefusesAnyone = 0;
        }

        string told = string.Join("; ", ((string?[])[Rig.Log.TakeFaults(), Rig.TakeFound(_disturbance.Orphans)]).Where(each => each is not null));
        return told.Length > 0 ? told : null;
    }

    private void OnRequest(VenueLog.LoggedRequest request)
    {
        if (_hasHappened is not null)
        {
            _disturbance.OnRequest(this, request);
            return;
        }

        string? awaited = _moment switch { OrderMoment.PendingNew => "create", OrderMoment.PendingAmend => "amend", OrderMoment.PendingCancel => "cancel", _ => null };
        if (_met is not null || request.Operation != awaited || Rig.View!.StateOf(request.Order) != StateOf(_moment)) return;
        if (!_disturbance.Fits(this, request)) return;
        _met = request;
        if (_disturbance.ComesBefore(_moment)) Begin(request.Order);
    }

    /// <summary>Leads to the state, and disturbs once it is reached.</summary>
    private bool HasBegun()
    {
        if (_hasHappened is not null) return true;
        EngineView view = Rig.View!;
        if (_met is { } met)
        {
            if (view.StateOf(met.Order) == StateOf(_moment)) Begin(met.Order);
            else _met = null;
            return _hasHappened is not null;
        }

        switch (_moment)
        {
            case OrderMoment.None:
                if (view.Orders.Count == 0 && Rig.Account.OpenOrders.Count == 0) Begin(default);
                else LeadIn(new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Public, Count = FramesOfNoQuotes });
                break;
            case OrderMoment.PendingNew:
                LeadIn(() =>
                {
                    if (Rig.Account.OpenOrders.FirstOrDefault(order => !MatrixRig.IsForeign(order)) is { } open) Rig.Cancel(open.OrderLinkId);
                });
                break;
            case OrderMoment.Working:
                Begin(view, order => TryFind(order) is { IsOpen: true, CumExecQty: 0 });
                break;
            case OrderMoment.PartlyFilled:
                Begin(view, order => TryFind(order) is { IsOpen: true, CumExecQty: > 0 } at && at.LeavesQty == (at.Side == Side.Buy ? view.BidQty : view.AskQty));
                if (_hasHappened is null) LeadIn(FillPartly);
                break;
            case OrderMoment.OutcomeUnknown:
                Begin(view, _ => true);
                if (_hasHappened is null) LeadIn(new Fault { Kind = FaultKind.Reject, Channel = DeliveryChannel.Trade, Code = ServerTimeout, Operation = "amend" });
                break;
            case OrderMoment.PendingCancel:
                LeadIn(new Fault { Kind = FaultKind.Reject, Channel = DeliveryChannel.Trade, Code = RefusedAmend, Text = "price is invalid", Operation = "amend" });
                break;
        }

        return _hasHappened is not null;
    }

    private void LeadIn(Fault fault) => LeadIn(() => Rig.Inject(fault));

    private void LeadIn(Action provoke)
    {
        if (_ledIn != 0 && (Stopwatch.GetElapsedTime(_ledIn) < LeadInAgain || Rig.Steps < _ledInStep + LeadInAgainSteps)) return;
        (_ledIn, _ledInStep) = (Stopwatch.GetTimestamp(), Rig.Steps);
        provoke();
    }

    private void FillPartly()
    {
        if (Rig.Account.OpenOrders.FirstOrDefault(order => !MatrixRig.IsForeign(order) && order.CumExecQty == 0) is { } order) Rig.TakeHalfOf(order);
    }

    private void Begin(EngineView view, Func<ClientOrderId, bool> suits)
    {
        foreach ((ClientOrderId order, OrderState state) in view.Orders)
        {
            if (state != StateOf(_moment) || !suits(order)) continue;
            Begin(order);
            return;
        }
    }

    private void Begin(ClientOrderId order)
    {
        Target = order;
        _begun = Stopwatch.GetTimestamp();
        _hasHappened = _disturbance.Begin(this);
    }

    private VenueOrder? TryFind(ClientOrderId order) => Rig.Account.OpenOrders.FirstOrDefault(open => ClientOrderId.Parse(open.OrderLinkId) == order);

    private static OrderState StateOf(OrderMoment moment) => moment switch
    {
        OrderMoment.PendingNew => OrderState.PendingNew,
        OrderMoment.PendingAmend => OrderState.PendingAmend,
        OrderMoment.PendingCancel => OrderState.PendingCancel,
        OrderMoment.OutcomeUnknown => OrderState.OutcomeUnknown,
        _ => OrderState.Working,
    };
}
