using System.Globalization;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>The venue as a live run reaches it beside its sockets: REST, its time, and the work that the engine asks of both.</summary>
/// <remarks>Thread: the run's; the work is done by the pool.</remarks>
internal sealed class LiveVenue : IDisposable
{
    private static readonly TimeSpan RestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClockInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FlatWithin = TimeSpan.FromSeconds(15);

    private readonly LiveRequest _request;
    private readonly RestClient _client;
    private readonly BybitRest _rest;
    private readonly LookUpWorker _lookUps;
    private readonly MarketPoller _market;
    private readonly RestOrderEntry? _orders;
    private readonly CancellationTokenSource _ending = new();
    private Task _clockKeeping = Task.CompletedTask;

    public LiveVenue(LiveRequest request)
    {
        _request = request;
        _client = new RestClient(request.Endpoints.Rest, request.Credentials, Clock, request.Configuration.Wire.RecvWindowMilliseconds, RestTimeout, authoritiesPath: request.AuthoritiesPath) { OnNotice = request.Say };
        _rest = new BybitRest(_client) { Environment = request.Environment };
        _lookUps = new LookUpWorker(_rest, request.Configuration.Symbols);
        _market = new MarketPoller(_rest, request.Configuration.Symbols, TimeSpan.FromMilliseconds(request.Configuration.Risk.PollMarketAfterMilliseconds));
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

    /// <summary>Begins to work for the engine.</summary>
    public void StartWork(IoLoop io)
    {
        _lookUps.Start(io.Inbox);
        _orders?.Start(io.Inbox);
        _market.Start(io.Inbox, () => io.Status(VenueChannel.Public).Phase == ConnectionPhase.Ready);
        _clockKeeping = _rest.KeepClockAsync(ClockInterval, _ending.Token);
    }

    /// <summary>Whether the venue shows neither a position nor an order of the symbols. Orders that still rest are cancelled first, all of the account at once: nobody is left to watch them.</summary>
    /// <returns>Null and the reason when it cannot be asked.</returns>
    public (bool? IsFlat, string? Fault) Look(IReadOnlyList<string> symbols)
    {
        using var within = new CancellationTokenSource(FlatWithin);
        try
        {
            (bool? isFlat, string? fault) = LookOnce(symbols, within.Token);
            if (isFlat == true) return (true, null);
            _rest.CancelAllAsync(within.Token).GetAwaiter().GetResult();
            (bool? isFlatNow, string? still) = LookOnce(symbols, within.Token);
            return isFlatNow == true ? (true, $"{fault}; cancelled now") : (isFlatNow, still);
        }
        catch (OperationCanceledException)
        {
            return (null, "the venue could not be asked whether it is flat: no answer in time");
        }
    }

    private (bool? IsFlat, string? Fault) LookOnce(IReadOnlyList<string> symbols, CancellationToken cancel)
    {
        VenueOutcome<IReadOnlyList<RestOrder>> orders = _rest.OpenOrdersAsync(cancel).GetAwaiter().GetResult();
        VenueOutcome<IReadOnlyList<RestPosition>> positions = _rest.PositionsAsync(cancel).GetAwaiter().GetResult();
        if (!orders.IsAnswered || !positions.IsAnswered) return (null, $"the venue could not be asked whether it is flat: {(orders.IsAnswered ? positions.Text : orders.Text)}");
        string[] open = [.. orders.Value!.Where(order => symbols.Contains(order.Symbol)).Select(order => $"order {order.OrderLinkId} of {order.Symbol}")];
        string[] held = [.. positions.Value!.Where(position => symbols.Contains(position.Symbol)).Select(position => string.Create(CultureInfo.InvariantCulture, $"position {position.Side} {position.Size} of {position.Symbol}"))];
        return open.Length + held.Length == 0 ? (true, null) : (false, $"the venue still shows {string.Join(", ", open.Concat(held))}");
    }

    /// <summary>Ends the work; nothing of it is under way afterwards.</summary>
    public void EndWork()
    {
        _ending.Cancel();
        _lookUps.Complete();
        _market.Complete();
        _clockKeeping.Wait();
        if (_orders is not null) SpinWait.SpinUntil(() => _orders.UnderWay == 0, RestTimeout);   // or the venue would be asked whether it is flat before the last request has arrived
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ending.Dispose();
        _client.Dispose();
    }
}
