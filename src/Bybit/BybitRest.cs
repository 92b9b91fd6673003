using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;
using Polly.Retry;

namespace LatencyEngine.Bybit;

/// <summary>The REST calls that the engine makes beside look-ups and order entry, one method each (Bybit V5, 10 to 13). What becomes of a call is a value.</summary>
/// <remarks>
/// Thread: any. Allocates. Reads, and commands that say the same twice, are repeated when they were refused for their number, not sent, or not answered: at most
/// five times and 30 s. Where the request's time was refused, and nothing was done, the clock is measured anew and the same sent again, once. Else what cancels orders is sent once, as is what closes a position.
/// Cancelling a call ends its waits with <see cref="OperationCanceledException"/>; a request that was sent is waited for.
/// </remarks>
public sealed class BybitRest
{
    /// <summary>Most rows of an answer of <see cref="CandlesAsync"/>.</summary>
    public const int CandlesMax = 1_000;

    /// <summary>Most rows of an answer of <see cref="FundingAsync"/>.</summary>
    public const int FundingMax = 200;

    internal const string CreatePath = "/v5/order/create";
    internal const string AmendPath = "/v5/order/amend";
    internal const string CancelPath = "/v5/order/cancel";
    internal const string CancelAllPath = "/v5/order/cancel-all";
    internal const string OrdersPath = "/v5/order/realtime";
    internal const string ExecutionsPath = "/v5/execution/list";
    internal const string PositionsPath = "/v5/position/list";
    internal const string LeveragePath = "/v5/position/set-leverage";
    internal const string WalletPath = "/v5/account/wallet-balance";
    internal const string TransactionsPath = "/v5/account/transaction-log";
    internal const string AccountPath = "/v5/account/info";
    internal const string MarginModePath = "/v5/account/set-margin-mode";
    internal const string FeeRatePath = "/v5/account/fee-rate";
    internal const string DisconnectInfoPath = "/v5/account/query-dcp-info";
    internal const string DisconnectWindowPath = "/v5/order/disconnected-cancel-all";
    internal const string ApiKeyPath = "/v5/user/query-api";

    private const string TimePath = "/v5/market/time";
    private const string InstrumentsPath = "/v5/market/instruments-info";
    private const string RiskLimitPath = "/v5/market/risk-limit";
    private const string TickersPath = "/v5/market/tickers";
    private const string BookPath = "/v5/market/orderbook";
    private const string CandlesPath = "/v5/market/kline";
    private const string FundingPath = "/v5/market/funding/history";

    private const int RepeatsMax = 5;
    private const int ClockQuestions = 5;
    private const int CandleColumns = 7;
    private const long NanosPerMilli = 1_000_000;
    private const long DifferenceShownNanos = 500 * NanosPerMilli;   // Bybit V5, 24.7

    private static readonly TimeSpan RepeatWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);   // an engine waits blind for what is asked
    private static readonly TimeSpan PatientPauseMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenClockMeasurements = TimeSpan.FromSeconds(1);
    private static readonly ResiliencePropertyKey<long> BeganAt = new("began");

    private readonly RestClient _client;
    private readonly ResiliencePipeline _repeats;
    private TaskCompletionSource _clockDoubted = NewSignal();
    private long _rateLimited;
    private bool _saidDifference;

    /// <summary>Prepares the calls.</summary>
    /// <param name="client">Sends them.</param>
    /// <param name="patience">How long what may be repeated is repeated, with pauses of up to 30 s, where nobody waits blind for it; null for what an engine can afford.</param>
    public BybitRest(RestClient client, TimeSpan? patience = null)
    {
        TimeSpan within = patience ?? RepeatWithin;
        _client = client;
        _repeats = new ResiliencePipelineBuilder { TimeProvider = client.Time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = args => ValueTask.FromResult(Clock is not null && args.Outcome.Exception is VenueRefusalException { Class: OutcomeClass.Clock }),
                MaxRetryAttempts = 1,
                Delay = TimeSpan.Zero,
                OnRetry = async args => await TryMeasureClockAsync(args.Context.CancellationToken).ConfigureAwait(false),
            })
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is VenueRefusalException { Class: OutcomeClass.Pace or OutcomeClass.Unknown or OutcomeClass.NotSent }
                    && client.Time.GetElapsedTime(args.Context.Properties.GetValue(BeganAt, 0)) < within),
                MaxRetryAttempts = patience is null ? RepeatsMax : int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstPause,
                MaxDelay = patience is null ? PauseMax : PatientPauseMax,
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>The environment's name for people, for example <c>testnet</c>.</summary>
    public string Environment { get; init; } = "custom";

    /// <summary>Where the venue is.</summary>
    public Uri Address => _client.Address;

    /// <summary>The clock that requests are signed with, when it is one that is measured; else null.</summary>
    public VenueClock? Clock => _client.Clock as VenueClock;

    /// <summary>Answers that refused a request of these calls for too many of them: 10006, 10018, HTTP 429 and their like, and the ban of the address (Bybit V5, 17.1). Each counts, also when the call was repeated and succeeded. Any thread.</summary>
    public long RateLimited => Interlocked.Read(ref _rateLimited);

    /// <summary>Asks the venue for its time a few times and sets <see cref="Clock"/> by the answer with the shortest way (Bybit V5, 13). Says in one line that the machine's clock is off by more than 500 ms.</summary>
    /// <returns>The clock's <see cref="VenueClock.DifferenceNanos"/>.</returns>
    /// <exception cref="InvalidOperationException">The client was not made with a <see cref="VenueClock"/>.</exception>
    public Task<VenueOutcome<long>> MeasureClockAsync(CancellationToken cancel = default)
    {
        VenueClock clock = Clock ?? throw new InvalidOperationException($"the client's clock is no {nameof(VenueClock)}");
        return OutcomeAsync(async () =>
        {
            await MeasureAsync(clock, (path, query) => GetAsync(path, query, cancel)).ConfigureAwait(false);
            return clock.DifferenceNanos;
        });
    }

    /// <summary>Measures the clock again and again until it is cancelled, at once after <see cref="DoubtClock"/>, and each second while it <see cref="VenueClock.IsInDoubt"/>. What fails is tried again, and said in one line, once until it succeeds.</summary>
    /// <param name="interval">Time between two measurements without a cause.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="InvalidOperationException">As with <see cref="MeasureClockAsync"/>.</exception>
    public async Task KeepClockAsync(TimeSpan interval, CancellationToken cancel)
    {
        bool isFailing = false;
        TimeSpan wait = interval;
        try
        {
            while (true)
            {
                // Doubt, or the end of the wait, which is no fault.
                await Volatile.Read(ref _clockDoubted).Task.WaitAsync(wait, _client.Time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancel.ThrowIfCancellationRequested();
                VenueOutcome<long> measured = await MeasureClockAsync(cancel).ConfigureAwait(false);
                if (!measured.IsAnswered && !isFailing) _client.OnNotice($"the venue's time could not be asked for: {measured.Text}");
                isFailing = !measured.IsAnswered;
                Volatile.Write(ref _clockDoubted, NewSignal());
                await Task.Delay(BetweenClockMeasurements, _client.Time, cancel).ConfigureAwait(false);
                wait = Clock!.IsInDoubt ? TimeSpan.Zero : interval;
            }
        }
        catch (OperationCanceledException)
        {
            // That is its end.
        }
    }

    /// <summary>The venue has refused the time of a request (Bybit V5, 18.2): <see cref="KeepClockAsync"/> measures at once, a second after its last measurement at the earliest. Any thread; returns at once.</summary>
    public void DoubtClock() => Volatile.Read(ref _clockDoubted).TrySetResult();

    /// <summary>Every linear contract that is open for trading (Bybit V5, 13.1).</summary>
    public Task<VenueOutcome<InstrumentCatalog>> InstrumentsAsync(CancellationToken cancel = default) => PagedAsync(
        InstrumentsPath, "category=linear&limit=1000", row => row.GetRawText(), rows => InstrumentCatalog.Of(rows, _client.Address.Host), cancel);

    /// <summary>The ladders of some symbols (Bybit V5, 13.2).</summary>
    public Task<VenueOutcome<RiskLimitCatalog>> RiskLimitsAsync(IReadOnlyList<string> symbols, CancellationToken cancel = default) => PagedAsync(
        pages => pages.AllOfAsync(RiskLimitPath, symbols.Select(symbol => $"category=linear&symbol={symbol}"), row => row.Clone()), rows => RiskLimitCatalog.Of(rows, _client.Address.Host), cancel);

    /// <summary>The status of one contract, <c>Trading</c> while it is open (Bybit V5, 13.1).</summary>
    public Task<VenueOutcome<string>> StatusAsync(string symbol, CancellationToken cancel = default) => PagedAsync(
        InstrumentsPath, $"category=linear&symbol={symbol}", row => row.GetProperty("status").GetString() ?? "", rows => Single(rows, InstrumentsPath), cancel);

    /// <summary>Prices of one symbol (Bybit V5, 13).</summary>
    public Task<VenueOutcome<RestTicker>> TickerAsync(string symbol, CancellationToken cancel = default) =>
        PagedAsync(TickersPath, $"category=linear&symbol={symbol}", Row(RestJson.Default.RestTicker), rows => Single(rows, TickersPath), cancel);

    /// <summary>The book of one symbol (Bybit V5, 13).</summary>
    /// <param name="symbol">As the venue writes it.</param>
    /// <param name="levels">Levels a side, 1 to 1,000.</param>
    /// <param name="cancel">Ends the waits.</param>
    public Task<VenueOutcome<RestBook>> BookAsync(string symbol, int levels, CancellationToken cancel = default) =>
        ReadAsync(BookPath, string.Create(CultureInfo.InvariantCulture, $"category=linear&symbol={symbol}&limit={levels}"), Row(RestJson.Default.RestBook), cancel);

    /// <summary>The venue's time, ms since 1970 (Bybit V5, 13).</summary>
    public Task<VenueOutcome<long>> TimeAsync(CancellationToken cancel = default) => OutcomeAsync(async () =>
    {
        byte[] body = await GetAsync(TimePath, "", cancel).ConfigureAwait(false);
        return VenueAnswer.Read(body, $"GET {TimePath}", Redact, envelope => (VenueNanos(envelope) / NanosPerMilli, VenueAnswer.TimeMillis(envelope)));
    });

    /// <summary>Candles whose start lies in a stretch of time, as the venue lists them, newest first; of more than <see cref="CandlesMax"/> it gives the newest (Bybit V5, 13). The newest may still be open.</summary>
    /// <param name="symbol">As the venue writes it.</param>
    /// <param name="interval">Their length (Bybit V5, 6.6).</param>
    /// <param name="startMillis">Earliest start, ms since 1970.</param>
    /// <param name="endMillis">Latest start.</param>
    /// <param name="cancel">Ends the waits.</param>
    public Task<VenueOutcome<IReadOnlyList<RestCandle>>> CandlesAsync(string symbol, string interval, long startMillis, long endMillis, CancellationToken cancel = default) => ReadAsync(
        CandlesPath,
        string.Create(CultureInfo.InvariantCulture, $"category=linear&symbol={symbol}&interval={interval}&start={startMillis}&end={endMillis}&limit={CandlesMax}"),
        IReadOnlyList<RestCandle> (result) => [.. (Row(RestJson.Default.RestCandlePage)(result).List ?? throw new JsonException("a list was wanted")).Select(Candle)],
        cancel);

    /// <summary>Funding that was settled in a stretch of time, as the venue lists it, newest first; of more than <see cref="FundingMax"/> rows it gives the newest (Bybit V5, 13).</summary>
    /// <param name="symbol">As the venue writes it.</param>
    /// <param name="startMillis">Earliest, ms since 1970.</param>
    /// <param name="endMillis">Latest.</param>
    /// <param name="cancel">Ends the waits.</param>
    public Task<VenueOutcome<IReadOnlyList<RestFunding>>> FundingAsync(string symbol, long startMillis, long endMillis, CancellationToken cancel = default) => ReadAsync(
        FundingPath,
        string.Create(CultureInfo.InvariantCulture, $"category=linear&symbol={symbol}&startTime={startMillis}&endTime={endMillis}&limit={FundingMax}"),
        IReadOnlyList<RestFunding> (result) => VenueAnswer.TryGet(result, "list", JsonValueKind.Array, out JsonElement rows) ? [.. rows.EnumerateArray().Select(Row(RestJson.Default.RestFunding))] : throw new JsonException("a list was wanted"),
        cancel);

    /// <summary>What kind of account it is (Bybit V5, 12.2).</summary>
    public Task<VenueOutcome<RestAccount>> AccountAsync(CancellationToken cancel = default) => ReadAsync(AccountPath, "", Row(RestJson.Default.RestAccount), cancel);

    /// <summary>What the account pays on one symbol (Bybit V5, 12.4).</summary>
    public Task<VenueOutcome<RestFeeRate>> FeeRateAsync(string symbol, CancellationToken cancel = default) =>
        PagedAsync(FeeRatePath, $"category=linear&symbol={symbol}", Row(RestJson.Default.RestFeeRate), rows => Single(rows, FeeRatePath), cancel);

    /// <summary>The wallet (Bybit V5, 12.1).</summary>
    public Task<VenueOutcome<RestWallet>> WalletAsync(CancellationToken cancel = default) => ReadAsync(WalletPath, "accountType=UNIFIED", Wallet, cancel);

    /// <summary>What has moved the USDT wallet (Bybit V5, 12.5).</summary>
    /// <param name="sinceMillis">First ms, at most seven days before the last.</param>
    /// <param name="untilMillis">Last ms.</param>
    /// <param name="cancel">Ends the waits.</param>
    public Task<VenueOutcome<IReadOnlyList<RestTransaction>>> TransactionsAsync(long sinceMillis, long untilMillis, CancellationToken cancel = default) => ListAsync(
        TransactionsPath, string.Create(CultureInfo.InvariantCulture, $"accountType=UNIFIED&currency=USDT&startTime={sinceMillis}&endTime={untilMillis}&limit=50"), RestJson.Default.RestTransaction, cancel);

    /// <summary>The key that signs (Bybit V5, 12.8).</summary>
    public Task<VenueOutcome<RestApiKey>> ApiKeyAsync(CancellationToken cancel = default) => ReadAsync(ApiKeyPath, "", Row(RestJson.Default.RestApiKey), cancel);

    /// <summary>The positions of one symbol, also when flat (Bybit V5, 11.1).</summary>
    public Task<VenueOutcome<IReadOnlyList<RestPosition>>> PositionsAsync(string symbol, CancellationToken cancel = default) =>
        ListAsync(PositionsPath, $"category=linear&symbol={symbol}&limit=200", RestJson.Default.RestPosition, cancel);

    /// <summary>Every position that is not flat, settled in USDT (Bybit V5, 11.1).</summary>
    public Task<VenueOutcome<IReadOnlyList<RestPosition>>> PositionsAsync(CancellationToken cancel = default) =>
        ListAsync(PositionsPath, "category=linear&settleCoin=USDT&limit=200", RestJson.Default.RestPosition, cancel);

    /// <summary>Every open order settled in USDT, conditional ones too (Bybit V5, 10.6).</summary>
    public Task<VenueOutcome<IReadOnlyList<RestOrder>>> OpenOrdersAsync(CancellationToken cancel = default) =>
        ListAsync(OrdersPath, "category=linear&settleCoin=USDT&openOnly=0&limit=50", RestJson.Default.RestOrder, cancel);

    /// <summary>Disconnect protection by product; none for an account without the feature (Bybit V5, 12.6).</summary>
    public Task<VenueOutcome<IReadOnlyList<RestDisconnectGuard>>> DisconnectGuardsAsync(CancellationToken cancel = default) => ReadAsync(
        DisconnectInfoPath,
        "",
        IReadOnlyList<RestDisconnectGuard> (result) => VenueAnswer.TryGet(result, "dcpInfos", JsonValueKind.Array, out JsonElement rows) ? [.. rows.EnumerateArray().Select(Row(RestJson.Default.RestDisconnectGuard))] : [],
        cancel);

    /// <summary>Sets how long the private connections may be gone before the venue cancels the orders of derivatives (Bybit V5, 7.6).</summary>
    /// <param name="windowSeconds">3 to 300.</param>
    /// <param name="cancel">Ends the waits.</param>
    /// <returns>Whether anything changed.</returns>
    public Task<VenueOutcome<bool>> SetDisconnectWindowAsync(int windowSeconds, CancellationToken cancel = default) =>
        SetAsync(DisconnectWindowPath, string.Create(CultureInfo.InvariantCulture, $$"""{"product":"DERIVATIVES","timeWindow":{{windowSeconds}}}"""), cancel);

    /// <summary>Sets the leverage of a symbol, both sides alike (Bybit V5, 11.2).</summary>
    /// <param name="symbol">As the venue writes it.</param>
    /// <param name="leverage">1 to the tier's highest, in steps of 0.01.</param>
    /// <param name="cancel">Ends the waits.</param>
    /// <returns>Whether anything changed.</returns>
    public Task<VenueOutcome<bool>> SetLeverageAsync(string symbol, decimal leverage, CancellationToken cancel = default)
    {
        string text = leverage.ToString("0.##", CultureInfo.InvariantCulture);
        return SetAsync(LeveragePath, $$"""{"category":"linear","symbol":"{{symbol}}","buyLeverage":"{{text}}","sellLeverage":"{{text}}"}""", cancel);
    }

    /// <summary>Sets the account's margin mode (Bybit V5, 12.3). The text of a refusal holds what stands in the way.</summary>
    /// <param name="mode"><c>ISOLATED_MARGIN</c>, <c>REGULAR_MARGIN</c> or <c>PORTFOLIO_MARGIN</c>.</param>
    /// <param name="cancel">Ends the waits.</param>
    /// <returns>Whether anything changed.</returns>
    public Task<VenueOutcome<bool>> SetMarginModeAsync(string mode, CancellationToken cancel = default) => SetAsync(MarginModePath, $$"""{"setMarginMode":"{{mode}}"}""", cancel);

    /// <summary>Cancels every order settled in USDT; of more than 500 the venue takes 500 (Bybit V5, 10.4). Sent once, and once more by the clock measured anew where its time was refused: orders must not rest for a wrong clock.</summary>
    /// <returns>True.</returns>
    public Task<VenueOutcome<bool>> CancelAllAsync(CancellationToken cancel = default) => CancelAsync("""{"category":"linear","settleCoin":"USDT"}""", cancel);

    /// <summary>Cancels the orders of one symbol that rest in the book, and no conditional one; sent as <see cref="CancelAllAsync"/> is.</summary>
    /// <returns>True.</returns>
    public Task<VenueOutcome<bool>> CancelOrdersAsync(string symbol, CancellationToken cancel = default) => CancelAsync($$"""{"category":"linear","symbol":"{{symbol}}","orderFilter":"Order"}""", cancel);

    /// <summary>Closes a position with one reduce-only market order (Bybit V5, 10.1). Sent once: where the outcome is unknown, look before anything of the kind is sent again.</summary>
    /// <param name="position">As the venue shows it.</param>
    /// <param name="orderLinkId">The order's name.</param>
    /// <param name="cancel">Ends the wait for its turn.</param>
    /// <returns>True.</returns>
    public Task<VenueOutcome<bool>> CloseAsync(RestPosition position, string orderLinkId, CancellationToken cancel = default)
    {
        string body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"category":"linear","symbol":"{{position.Symbol}}","side":"{{(position.Side == "Sell" ? "Buy" : "Sell")}}","orderType":"Market","qty":"{{position.Size}}","positionIdx":{{position.PositionIdx ?? 0}},"orderLinkId":"{{orderLinkId}}","reduceOnly":true}""");
        return OutcomeAsync(() => PostAsync(CreatePath, body, cancel));
    }

    /// <summary>Measures waits.</summary>
    internal TimeProvider Time => _client.Time;

    /// <summary>A text of the venue without the key.</summary>
    internal string Redact(string text) => _client.Redact(text);

    /// <summary>Reads one page, repeated where that may help.</summary>
    /// <exception cref="VenueRefusalException">It was not answered with a yes.</exception>
    internal Task<byte[]> GetAsync(string path, string query, CancellationToken cancel) => RepeatAsync(token => GetOnceAsync(path, query, token), cancel);

    private Task<byte[]> GetOnceAsync(string path, string query, CancellationToken cancel) => CheckAsync($"GET {path}", _client.GetAsync(path, query, cancel));

    /// <summary>The body of an answer that says yes; every answer comes by here.</summary>
    private async Task<byte[]> CheckAsync(string request, Task<byte[]> asked)
    {
        try
        {
            byte[] body = await asked.ConfigureAwait(false);
            return VenueAnswer.Read(body, request, Redact, _ => body);
        }
        catch (VenueRefusalException fault) when (fault is { Class: OutcomeClass.Pace } or { Class: OutcomeClass.Banned, Code: (int)HttpStatusCode.Forbidden })
        {
            Interlocked.Increment(ref _rateLimited);
            throw;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Func<JsonElement, T> Row<T>(JsonTypeInfo<T> type) => row => row.Deserialize(type) ?? throw new JsonException("an object was wanted");

    private static T Single<T>(List<T> rows, string path) =>
        rows.Count == 1 ? rows[0] : throw new VenueRefusalException(OutcomeClass.Unknown, $"GET {path}: the answer has {rows.Count} rows where one was asked for");

    private static RestCandle Candle(decimal[]? row)
    {
        if (row is null || row.Length < CandleColumns || row[0] != decimal.Truncate(row[0]) || Math.Abs(row[0]) > long.MaxValue) throw new JsonException($"a candle of {CandleColumns} numbers was wanted");
        return new RestCandle((long)row[0], row[1], row[2], row[3], row[4], row[5], row[6]);
    }

    private static RestWallet Wallet(JsonElement result)
    {
        JsonElement account = VenueAnswer.TryGet(result, "list", JsonValueKind.Array, out JsonElement list) && list.GetArrayLength() == 1 ? list[0] : throw new JsonException("an account was wanted");
        JsonElement usdt = default;
        if (VenueAnswer.TryGet(account, "coin", JsonValueKind.Array, out JsonElement coins)) usdt = coins.EnumerateArray().FirstOrDefault(coin => VenueAnswer.TryGet(coin, "coin", JsonValueKind.String, out JsonElement name) && name.ValueEquals("USDT"));
        decimal wallet = Usdt("walletBalance");
        return new RestWallet(wallet, Usdt("equity"), RestJson.Amount(account, "totalAvailableBalance") ?? wallet - Usdt("totalPositionIM") - Usdt("totalOrderIM") - Usdt("locked"));

        decimal Usdt(string key) => RestJson.Amount(usdt, key) ?? 0;
    }

    private static async Task<VenueOutcome<T>> OutcomeAsync<T>(Func<Task<(T Value, long AnsweredMillis)>> ask)
    {
        try
        {
            (T value, long answeredMillis) = await ask().ConfigureAwait(false);
            return new VenueOutcome<T>(OutcomeClass.Answered, value, 0, "", answeredMillis);
        }
        catch (VenueRefusalException fault)
        {
            return new VenueOutcome<T>(fault.Class, default, fault.Code, fault.Message, 0);
        }
        catch (InstrumentException fault)
        {
            return new VenueOutcome<T>(OutcomeClass.Other, default, 0, fault.Message, 0);
        }
    }

    private static Task<VenueOutcome<T>> OutcomeAsync<T>(Func<Task<T>> ask) => OutcomeAsync(async () => (await ask().ConfigureAwait(false), 0L));

    private async Task<T> RepeatAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancel);
        try
        {
            context.Properties.Set(BeganAt, _client.Time.GetTimestamp());
            return await _repeats.ExecuteAsync(async one => await ask(one.CancellationToken).ConfigureAwait(false), context).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private Task<VenueOutcome<T>> ReadAsync<T>(string path, string query, Func<JsonElement, T> read, CancellationToken cancel) => OutcomeAsync(async () =>
    {
        byte[] body = await GetAsync(path, query, cancel).ConfigureAwait(false);
        return VenueAnswer.Read(body, $"GET {path}", Redact, envelope => (read(envelope.TryGetProperty("result", out JsonElement result) ? result : default), VenueAnswer.TimeMillis(envelope)));
    });

    private Task<VenueOutcome<TAll>> PagedAsync<TRow, TAll>(string path, string query, Func<JsonElement, TRow> read, Func<List<TRow>, TAll> make, CancellationToken cancel) =>
        PagedAsync(pages => pages.AllAsync(path, query, read), make, cancel);

    private Task<VenueOutcome<TAll>> PagedAsync<TRow, TAll>(Func<VenuePages, Task<List<TRow>>> ask, Func<List<TRow>, TAll> make, CancellationToken cancel) => OutcomeAsync(async () =>
    {
        var pages = new VenuePages((path, query) => GetAsync(path, query, cancel), Redact);
        return (make(await ask(pages).ConfigureAwait(false)), pages.AnsweredMillis);
    });

    private Task<VenueOutcome<IReadOnlyList<T>>> ListAsync<T>(string path, string query, JsonTypeInfo<T> type, CancellationToken cancel) =>
        PagedAsync<T, IReadOnlyList<T>>(path, query, Row(type), rows => rows, cancel);

    /// <summary>A command that says the same twice; what is so already has succeeded.</summary>
    private async Task<VenueOutcome<bool>> SetAsync(string path, string body, CancellationToken cancel)
    {
        VenueOutcome<bool> outcome = await OutcomeAsync(() => RepeatAsync(token => PostAsync(path, body, token), cancel)).ConfigureAwait(false);
        return outcome.Class == OutcomeClass.Unchanged ? new VenueOutcome<bool>(OutcomeClass.Answered, Value: false, outcome.Code, "", outcome.AnsweredMillis) : outcome;
    }

    private async Task<(bool Value, long AnsweredMillis)> PostAsync(string path, string body, CancellationToken cancel)
    {
        byte[] answer = await CheckAsync($"POST {path}", _client.PostAsync(path, body, cancel)).ConfigureAwait(false);
        return VenueAnswer.Read(answer, $"POST {path}", Redact, envelope => (true, VenueAnswer.TimeMillis(envelope)));
    }

    private async Task<VenueOutcome<bool>> CancelAsync(string body, CancellationToken cancel)
    {
        VenueOutcome<bool> outcome = await SendAsync().ConfigureAwait(false);
        if (outcome.Class != OutcomeClass.Clock || Clock is null) return outcome;
        await TryMeasureClockAsync(cancel).ConfigureAwait(false);
        return await SendAsync().ConfigureAwait(false);

        Task<VenueOutcome<bool>> SendAsync() => OutcomeAsync(() => PostAsync(CancelAllPath, body, cancel));
    }

    private async Task TryMeasureClockAsync(CancellationToken cancel)
    {
        try
        {
            await MeasureAsync(Clock!, (path, query) => GetOnceAsync(path, query, cancel)).ConfigureAwait(false);
        }
        catch (VenueRefusalException)
        {
            // The request itself says what is wrong.
        }
    }

    private async Task MeasureAsync(VenueClock clock, Func<string, string, Task<byte[]>> getAsync)
    {
        await MeasureOnceAsync(clock, getAsync).ConfigureAwait(false);
        if (clock.IsInDoubt) await MeasureOnceAsync(clock, getAsync).ConfigureAwait(false);
        bool isOff = Math.Abs(clock.DifferenceNanos) > DifferenceShownNanos;
        if (isOff && !_saidDifference) _client.OnNotice(string.Create(CultureInfo.InvariantCulture, $"this machine's clock is {Math.Abs(clock.DifferenceNanos) / NanosPerMilli:N0} ms {(clock.DifferenceNanos > 0 ? "behind" : "ahead of")} the venue's; the venue's time is used, and the machine's should be set right (NTP)"));
        _saidDifference = isOff;
    }

    private async Task MeasureOnceAsync(VenueClock clock, Func<string, string, Task<byte[]>> getAsync)
    {
        (long AskedAt, long VenueNanos, long AnsweredAt) best = (0, 0, long.MaxValue);
        for (int i = 0; i < ClockQuestions; i++)
        {
            long askedAt = clock.Time.GetTimestamp();
            byte[] body = await getAsync(TimePath, "").ConfigureAwait(false);
            long answeredAt = clock.Time.GetTimestamp();
            if (answeredAt - askedAt >= best.AnsweredAt - best.AskedAt) continue;
            best = (askedAt, VenueAnswer.Read(body, $"GET {TimePath}", Redact, VenueNanos), answeredAt);
        }

        clock.Set(best.AskedAt, best.VenueNanos, best.AnsweredAt);
    }

    private static long VenueNanos(JsonElement envelope)
    {
        string text = VenueAnswer.TryGet(envelope, "result", JsonValueKind.Object, out JsonElement result) && result.TryGetProperty("timeNano", out JsonElement nano) ? nano.ToString() : "";
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long nanos) && nanos > 0) return nanos;
        return VenueAnswer.TimeMillis(envelope) is var millis and > 0 ? millis * NanosPerMilli : throw new JsonException("a time was wanted");
    }
}
