using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Simulator;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>The live market of another venue as frames for this one.</summary>
/// <remarks>
/// Thread: one, the venue's driver; the socket has its own. Between the two a ring holds what has come. Where it is full, or what waits in it is older than five seconds, the driver cannot follow:
/// all of it is dropped, that is said, and every topic with a snapshot is subscribed anew.
/// </remarks>
internal sealed class Upstream : IFrameSource
{
    private const int Slots = 1 << 12;
    private const int RingBytes = 1 << 23;
    private const int Reader = 0;
    private const int LookMillis = 5;
    private const long AgeNanosMax = 5_000_000_000;
    private static readonly TimeSpan RestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskWithin = TimeSpan.FromSeconds(6);   // what was asked by then may take its timeout more: about ten seconds in all

    private readonly UpstreamRequest _request;
    private readonly IReadOnlyList<string> _symbols;
    private readonly MarketListener _listener;
    private readonly string[] _topics;
    private Action? _onArrival;
    private long _backPressureSeen;
    private ushort _generation;
    private bool _isLost;
    private bool _hasCaughtUp;

    private Upstream(UpstreamRequest request, IReadOnlyList<string> symbols, int slots)
    {
        _request = request;
        _symbols = symbols;
        _topics = [.. symbols.SelectMany(request.TopicsOf)];
        _listener = new MarketListener(request.Endpoints.Public, _topics, request.AuthoritiesPath, slots, RingBytes, () => Volatile.Read(ref _onArrival)?.Invoke());
    }

    /// <inheritdoc />
    public IReadOnlyCollection<string> Topics => _topics;

    /// <inheritdoc />
    public double Progress => 0;

    /// <summary>Called on the socket's thread after something has come; must return at once.</summary>
    public Action OnArrival
    {
        set => Volatile.Write(ref _onArrival, value);
    }

    /// <summary>Told on the driver's thread, in one line, when the market is lost, is back, or cannot be followed.</summary>
    public Action<string> Say { get; set; } = static _ => { };

    /// <summary>Connects, and waits until every topic is confirmed. Blocks.</summary>
    /// <param name="request">Which venue.</param>
    /// <param name="symbols">Of its market.</param>
    /// <param name="cancel">Gives it up.</param>
    /// <param name="slots">Frames that may wait; another number than the usual one is for tests.</param>
    /// <exception cref="VenueUnavailableException">It cannot be reached, or refuses a topic.</exception>
    /// <exception cref="Platform.TlsException">The address is <c>wss</c>, and OpenSSL or the trusted certificates are not there.</exception>
    public static Upstream Open(UpstreamRequest request, IReadOnlyList<string> symbols, CancellationToken cancel, int slots = Slots)
    {
        var upstream = new Upstream(request, symbols, slots);
        try
        {
            while (!upstream._listener.CheckHeard())
            {
                cancel.ThrowIfCancellationRequested();
                Thread.Sleep(LookMillis);
            }

            return upstream;
        }
        catch
        {
            upstream.Dispose();
            throw;
        }
    }

    /// <summary>A configuration with this venue's rules in place of the files that it names, where REST serves them. Blocks, for about ten seconds where REST hangs.</summary>
    /// <param name="folder">Where they are written.</param>
    /// <param name="configuration">Where REST does not serve them, its own files count.</param>
    /// <param name="cancel">Gives it up.</param>
    /// <param name="from">Where they are from, in one phrase, and why not from the venue.</param>
    /// <exception cref="Journal.JournalException">They cannot be written.</exception>
    public EngineConfiguration FetchRules(RulesFolder folder, EngineConfiguration configuration, CancellationToken cancel, out string from)
    {
        using var client = new RestClient(_request.Endpoints.Rest, credentials: null, new SystemClock(), recvWindowMillis: 0, RestTimeout, authoritiesPath: _request.AuthoritiesPath);
        var rest = new BybitRest(client);
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        within.CancelAfter(AskWithin);
        (string instruments, string instrumentsFrom) = Choose(folder.InstrumentsPath, configuration.Data.Instruments, () =>
        {
            InstrumentCatalog catalog = Answer(rest.InstrumentsAsync(within.Token));
            catalog.Select(_symbols);
            folder.Write(catalog, _symbols);
            InstrumentList.Load(folder.InstrumentsPath);
        });
        (string riskLimits, string riskLimitsFrom) = Choose(folder.RiskLimitsPath, configuration.Data.RiskLimits, () =>
        {
            RiskLimitCatalog catalog = Answer(rest.RiskLimitsAsync(_symbols, within.Token));
            foreach (string symbol in _symbols) _ = catalog[symbol];
            folder.Write(catalog);
            RiskLadder.LoadAll(folder.RiskLimitsPath);
        });
        from = $"instruments {instrumentsFrom}, risk limits {riskLimitsFrom}";
        return configuration.WithRules(instruments, riskLimits);

        (string Path, string From) Choose(string fetched, string configured, Action fetch)
        {
            try
            {
                fetch();
                return (fetched, "of the upstream");
            }
            catch (Exception fault) when (fault is VenueRefusalException or InstrumentException or InvalidDataException)
            {
                return Fallback(fault.Message.Replace(fetched, "its answer", StringComparison.Ordinal));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return Fallback("no answer in time");
            }

            (string Path, string From) Fallback(string why) => (configured, $"of {configuration.ShownPath(configured)}, since the upstream's are of no use: {why}");
        }
    }

    /// <inheritdoc />
    public bool TryRead(out RecordedFrame frame)
    {
        FrameRing inbound = _listener.Inbound;
        while (inbound.TryPeek(Reader, out FrameView view))
        {
            if (IsBehind(view.ReceivedAtNanos))
            {
                Skip();
                frame = default;
                return true;
            }

            _generation = view.Generation;
            bool isFrame = view.Kind == (byte)InboundKind.PublicFrame && !view.Payload.IsEmpty;
            bool isLoss = view.Kind == (byte)InboundKind.Connection && Note((ConnectionState)view.Payload[1]);
            frame = new RecordedFrame(-1, view.LogicTimeNanos, isFrame ? view.Payload.ToArray() : default(ReadOnlyMemory<byte>));
            inbound.Release(Reader);
            if (isFrame || isLoss) return true;
        }

        _listener.ThrowIfEnded();
        _hasCaughtUp = true;
        frame = default;
        return false;
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    private static T Answer<T>(Task<VenueOutcome<T>> asked)
    {
        VenueOutcome<T> outcome = asked.GetAwaiter().GetResult();
        return outcome.IsAnswered ? outcome.Value! : throw new VenueRefusalException(outcome.Class, outcome.Text);
    }

    /// <summary>What waits before a run begins may be older than that.</summary>
    private bool IsBehind(long receivedAtNanos) => _listener.BackPressure != _backPressureSeen || (_hasCaughtUp && StageClock.NowNanos() - receivedAtNanos > AgeNanosMax);

    /// <summary>Drops what waits now. Of a connection that came or went meanwhile the newest counts.</summary>
    private void Skip()
    {
        FrameRing inbound = _listener.Inbound;
        long dropped = 0;
        long until = inbound.PublishedCount;
        while (inbound.TryPeek(Reader, out FrameView view) && view.Sequence < until)
        {
            _generation = view.Generation;
            if (view.Kind == (byte)InboundKind.Connection) Note((ConnectionState)view.Payload[1]);
            else dropped++;
            inbound.Release(Reader);
        }

        _backPressureSeen = _listener.BackPressure;
        Say(FormattableString.Invariant($"the venue cannot follow the market of {_request.Name}: {dropped:#,0} frames dropped, every topic is subscribed anew"));
        for (int i = 0; i < _topics.Length; i++)
        {
            if (!_topics[i].StartsWith("publicTrade.", StringComparison.Ordinal)) _listener.Resubscribe(i, _generation);
        }
    }

    /// <summary>True when the market is lost with it, which it was not before.</summary>
    private bool Note(ConnectionState state)
    {
        bool wasLost = _isLost;
        if (state == ConnectionState.Lost) _isLost = true;
        if (state == ConnectionState.Ready) _isLost = false;
        if (_isLost && !wasLost) Say($"lost the market of {_request.Name}: {_listener.Status.LastFault}; orders rest and nothing matches until it is back");
        if (!_isLost && wasLost) Say($"the market of {_request.Name} is back");
        return _isLost && !wasLost;
    }
}
