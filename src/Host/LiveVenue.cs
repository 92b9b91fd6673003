using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Risk;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>The venue as a live run reaches it beside its sockets: REST, its time, and the work that the engine asks of both.</summary>
/// <remarks>Thread: the run's; the work is done by the pool.</remarks>
internal sealed class LiveVenue : IDisposable
{
    private static readonly TimeSpan RestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClockInterval = TimeSpan.FromSeconds(30);

    private readonly LiveRequest _request;
    private readonly RestClient _client;
    private readonly BybitRest _rest;
    private readonly LookUpWorker _lookUps;
    private readonly MarketPoller _market;
    private readonly StatusWatcher _status;
    private readonly RestOrderEntry? _orders;
    private readonly WarmCancel? _warmCancel;
    private readonly CancellationTokenSource _ending = new();
    private Task _clockKeeping = Task.CompletedTask;

    public LiveVenue(LiveRequest request)
    {
        _request = request;
        _client = Client(request);
        if (request.Files is not null) _warmCancel = new WarmCancel(Client(request));
        _rest = new BybitRest(_client) { Environment = request.Environment };
        _lookUps = new LookUpWorker(_rest, request.Configuration.Symbols);
        _market = new MarketPoller(_rest, request.Configuration.Symbols, TimeSpan.FromMilliseconds(request.Configuration.Risk.PollMarketAfterMilliseconds));
        _status = new StatusWatcher(_rest, request.Configuration.Symbols) { OnNotice = request.Say };
        if (request.Endpoints.Trade is null) _orders = new RestOrderEntry(_client, TimeSpan.FromMilliseconds(request.Configuration.Wire.RecvWindowMilliseconds));
    }

    /// <summary>The venue's time.</summary>
    public VenueClock Clock { get; } = new();

    /// <summary>Look-ups, mass cancels and questions for the market that failed and were asked again.</summary>
    public int Failures => _lookUps.Failed + _market.Failed;

    /// <summary>Requests by REST, those for orders aside, that were refused for their number.</summary>
    public long RateLimited => _rest.RateLimited;

    /// <summary>Books and mark prices come by REST at present.</summary>
    public bool IsPolling => _market.IsPolling;

    /// <summary>Books and mark prices that came so.</summary>
    public int Polled => _market.Posted;

    /// <summary>Reads venue and account and checks that they can be traded.</summary>
    public LiveStart Start(CancellationToken cancel) => LiveStart.ReadAsync(_rest, _request.Configuration, cancel).GetAwaiter().GetResult();

    /// <summary>What the loss limits begin with.</summary>
    public (LossState State, string Line) Losses(LossState? kept, LiveStart start, CancellationToken cancel) => LossesStart.Begin(
        kept, _request.Configuration.Symbols, start.EquityUsdt, new EpochNanos(Clock.NowNanos), (since, until) => _rest.TransactionsAsync(since, until, cancel).GetAwaiter().GetResult());

    /// <summary>What the io thread connects to.</summary>
    public IoSettings IoSettings(LiveStart start, IReadOnlyList<string> topics, IReadOnlyList<string> bookTopics, long tickNanos, ConnectionTimings timings) => new()
    {
        PublicAddress = _request.Endpoints.Public,
        PrivateAddress = _request.Endpoints.Private,
        TradeAddress = _request.Endpoints.Trade,
        OnRequest = _orders is null ? null : _orders.Send,
        AuthoritiesPath = _request.AuthoritiesPath,
        Credentials = _request.Credentials,
        PublicTopics = topics,
        BookTopics = bookTopics,
        ArmsDisconnectProtection = start.HasDisconnectProtection,
        Clock = Clock,
        TickNanos = tickNanos,
        OnLookUp = _lookUps.Ask,
        OnCancelAll = _lookUps.CancelAll,
        OnClockRefused = _rest.DoubtClock,
        Timings = timings,
    };

    /// <summary>Why the last one failed; null when none did.</summary>
    public string? LastFault => _lookUps.LastFault ?? _market.LastFault;

    /// <summary>Has the venue cancel every order, begun when this returns, where the run can be killed from outside.</summary>
    /// <returns>Null when the venue has taken it; else why not.</returns>
    public Task<string?> CancelAllAsync() => _warmCancel?.CancelAllAsync() ?? Task.FromResult<string?>("there is no connection for it");

    /// <summary>Begins to work for the engine.</summary>
    public void StartWork(IoLoop io)
    {
        _warmCancel?.Start();
        _lookUps.Start(io.Inbox);
        _orders?.Start(io.Inbox);
        _market.Start(io.Inbox, () => io.Status(VenueChannel.Public).Phase == ConnectionPhase.Ready);
        _status.Start(io.Inbox);
        _clockKeeping = _rest.KeepClockAsync(ClockInterval, _ending.Token);
    }

    /// <summary>The end at the venue, see <see cref="ExitByRest"/>; nothing else of the run is under way.</summary>
    public (bool? IsFlat, bool NothingRests, string? Fault) Exit(IReadOnlyList<string> symbols, Func<ClientOrderId> nextName, Action<string> note, bool isEngineFlat)
    {
        var exit = new ExitByRest(_rest, symbols, nextName, note);
        (bool? isFlat, string? fault) = exit.Run(isEngineFlat);
        return (isFlat, exit.NothingRests, fault);
    }

    /// <summary>Ends the work; nothing of it is under way afterwards.</summary>
    public void EndWork()
    {
        _ending.Cancel();
        _lookUps.Complete();
        _market.Complete();
        _status.Complete();
        _clockKeeping.Wait();
        if (_orders is not null) SpinWait.SpinUntil(() => _orders.UnderWay == 0, RestTimeout);   // or the venue would be asked whether it is flat before the last request has arrived
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ending.Dispose();
        _warmCancel?.Dispose();
        _client.Dispose();
    }

    private RestClient Client(LiveRequest request) => new(
        request.Endpoints.Rest, request.Credentials, Clock, request.Configuration.Wire.RecvWindowMilliseconds, RestTimeout, authoritiesPath: request.AuthoritiesPath) { OnNotice = request.Say };
}
