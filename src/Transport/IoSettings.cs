namespace LatencyEngine.Transport;

/// <summary>What the io thread connects to, and how.</summary>
public sealed record IoSettings
{
    /// <summary>Address of the public linear socket, <c>ws</c> or <c>wss</c>, as are the others.</summary>
    public required Uri PublicAddress { get; init; }

    /// <summary>Address of the private socket; null together with <see cref="Credentials"/>.</summary>
    public Uri? PrivateAddress { get; init; }

    /// <summary>Address of the order-entry socket; null together with <see cref="Credentials"/>, or where <see cref="OnRequest"/> takes the requests.</summary>
    public Uri? TradeAddress { get; init; }

    /// <summary>PEM file of the certificates that <c>wss</c> addresses are trusted by; null for the system's.</summary>
    public string? AuthoritiesPath { get; init; }

    /// <summary>The account's key; null to listen to the market alone, on the public socket.</summary>
    public ApiCredentials? Credentials { get; init; }

    /// <summary>Topics of the public socket.</summary>
    public required IReadOnlyList<string> PublicTopics { get; init; }

    /// <summary>By instrument id: the book topic among <see cref="PublicTopics"/> that is subscribed anew for a snapshot.</summary>
    public required IReadOnlyList<string> BookTopics { get; init; }

    /// <summary>Topics of the private socket.</summary>
    public IReadOnlyList<string> PrivateTopics { get; init; } = ["order", "execution", "position", "wallet"];

    /// <summary>
    /// The private socket subscribes to <c>dcp.future</c> as well, and the venue cancels every order once it has been dead for the account's window (Bybit V5, 7.6): for accounts that have it, others are refused.
    /// That socket is then pinged, and made anew, only while the engine takes the frames that wait for it, and dropped when a ping is due, or the ring is full, and it does not: an engine that hangs must not be kept alive by the io thread.
    /// </summary>
    public bool ArmsDisconnectProtection { get; init; }

    /// <summary>Stamps frames.</summary>
    public required LogicClock Clock { get; init; }

    /// <summary>Logic time between ticks, ns; 0 when ticks come through the inbox.</summary>
    public required long TickNanos { get; init; }

    /// <summary>What the io thread does while nothing happens.</summary>
    public WaitMode Wait { get; init; } = WaitMode.Block;

    /// <summary>How long a read of a socket looks at the network card itself before it waits (SO_BUSY_POLL, socket(7)), us; 0 for not. Where the kernel refuses it, sockets are as they were.</summary>
    public int BusyPollMicroseconds { get; init; }

    /// <summary>Called on the io thread with the payload of each look-up that the engine asks for; must return at once.</summary>
    public required QuestionHandler OnLookUp { get; init; }

    /// <summary>Called on the io thread with each <see cref="Model.QuoteTableRequest"/>; must return at once. The answers come through the inbox as <see cref="Model.InboundKind.QuoteTable"/>.</summary>
    public QuestionHandler OnQuoteTableRequest { get; init; } = static _ => { };

    /// <summary>Called on the io thread with each message of the public socket and the logic time of its arrival, besides the ring; must return at once. Null for nobody.</summary>
    public MarketHandler? OnMarket { get; init; }

    /// <summary>Called on the io thread with the logic time, each time the public connection fails; must return at once. Null for nobody.</summary>
    public Action<long>? OnMarketLost { get; init; }

    /// <summary>Called on the io thread with each <see cref="Model.LaneFact"/>, <see cref="Model.EngineFact"/> and <see cref="Model.DirectionalFact"/>, besides the ring's other readers; must return at once. Null for nobody.</summary>
    public FactHandler? OnFact { get; init; }

    /// <summary>Called on the io thread when the engine wants every order cancelled by REST; must return at once.</summary>
    public Action OnCancelAll { get; init; } = static () => { };

    /// <summary>Called on the io thread with each answer of order entry that refuses the time of its request (Bybit V5, 18.2: 10002 and -1), and with each refused login, whose time may have passed (4); must return at once.</summary>
    public Action OnClockRefused { get; init; } = static () => { };

    /// <summary>For a venue without an order-entry socket: called on the io thread with each order request; must return at once. The answers come through the inbox as <see cref="Model.InboundKind.TradeFrame"/>, in that socket's form. Null where there is a socket.</summary>
    public RequestHandler? OnRequest { get; init; }

    /// <summary>How long connections wait.</summary>
    public ConnectionTimings Timings { get; init; } = new();
}

/// <summary>Takes the payload of what the engine asks others than the sockets for: a look-up, a <see cref="Model.LookUpRequest"/> and names, or a <see cref="Model.QuoteTableRequest"/>.</summary>
/// <param name="payload">Valid only during the call.</param>
public delegate void QuestionHandler(ReadOnlySpan<byte> payload);

/// <summary>Takes a message of the public socket.</summary>
/// <param name="message">Valid only during the call.</param>
/// <param name="logicNanos">Logic time of its arrival, ns since 1970.</param>
public delegate void MarketHandler(ReadOnlySpan<byte> message, long logicNanos);

/// <summary>Takes what the engine tells of itself.</summary>
/// <param name="kind">What it is.</param>
/// <param name="fact">Valid only during the call.</param>
/// <param name="logicNanos">Logic time, ns since 1970.</param>
public delegate void FactHandler(Model.OutboundKind kind, ReadOnlySpan<byte> fact, long logicNanos);

/// <summary>Takes a finished order-entry request (Bybit V5, 8.1).</summary>
/// <param name="payload">Valid only during the call.</param>
public delegate void RequestHandler(ReadOnlySpan<byte> payload);
