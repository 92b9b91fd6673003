using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>Asks by REST for mark price and book of each symbol while the public connection is not of use, and posts them: the way out needs them (docs/decisions/0022-rest-market-data.md). What fails is counted; the next round asks again.</summary>
/// <remarks>Thread: the work is done by the pool, one request at a time.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing of the system's.")]
public sealed class MarketPoller
{
    private const int Levels = 50;
    private const int RequestsPerSymbol = 2;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    // Twenty a second with however many symbols: a sixth of the 600 in 5 s that an address has (Bybit V5, 17.1). Look-ups and orders need theirs meanwhile.
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);

    private readonly BybitRest _rest;
    private readonly IReadOnlyList<string> _symbols;
    private readonly TimeSpan _after;
    private readonly TimeSpan _pause;
    private readonly CancellationTokenSource _ending = new();
    private Task _work = Task.CompletedTask;
    private int _posted;
    private int _failed;
    private string? _lastFault;
    private bool _isPolling;

    /// <summary>Prepares the worker.</summary>
    /// <param name="rest">Where to ask.</param>
    /// <param name="symbols">Each is asked for once a second; of more than ten, each in its turn.</param>
    /// <param name="after">How long the public connection may be away before.</param>
    public MarketPoller(BybitRest rest, IReadOnlyList<string> symbols, TimeSpan after)
    {
        _rest = rest;
        _symbols = symbols;
        _after = after;
        var even = TimeSpan.FromMilliseconds(Math.Ceiling(Round.TotalMilliseconds / (RequestsPerSymbol * symbols.Count)));   // a delay drops what is below a millisecond
        _pause = even > PauseMin ? even : PauseMin;
    }

    /// <summary>True from the first answer until the public connection is of use again. Any thread.</summary>
    public bool IsPolling => Volatile.Read(ref _isPolling);

    /// <summary>Books and mark prices posted. Any thread.</summary>
    public int Posted => Volatile.Read(ref _posted);

    /// <summary>Requests that failed. Any thread.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Why the last one failed; null when none did. Any thread.</summary>
    public string? LastFault => Volatile.Read(ref _lastFault);

    /// <summary>Begins to watch the public connection.</summary>
    /// <param name="inbox">Receives the answers.</param>
    /// <param name="isStreaming">Whether the public connection is of use; called by the pool.</param>
    public void Start(Inbox inbox, Func<bool> isStreaming) => _work = WorkAsync(inbox, isStreaming);

    /// <summary>Ends the work and waits for a request under way, which the client's timeout bounds.</summary>
    public void Complete()
    {
        _ending.Cancel();
        _work.Wait();
    }

    private async Task WorkAsync(Inbox inbox, Func<bool> isStreaming)
    {
        try
        {
            long streamedAt = _rest.Time.GetTimestamp();
            int turn = 0;
            while (true)
            {
                await Task.Delay(_pause, _rest.Time, _ending.Token).ConfigureAwait(false);
                if (isStreaming())
                {
                    streamedAt = _rest.Time.GetTimestamp();
                    Volatile.Write(ref _isPolling, false);
                }
                else if (_rest.Time.GetElapsedTime(streamedAt) >= _after)
                {
                    byte[]? frame = await AskAsync(turn++).ConfigureAwait(false);
                    if (frame is null || isStreaming()) continue;
                    inbox.Post(InboundKind.PolledMarket, frame);
                    Interlocked.Increment(ref _posted);
                    Volatile.Write(ref _isPolling, true);
                }
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // That is its end.
        }
    }

    /// <summary>A symbol's mark, then its book, on which the engine decides with that mark; then the next symbol's. Null when it failed.</summary>
    private async Task<byte[]?> AskAsync(int turn)
    {
        string symbol = _symbols[turn / RequestsPerSymbol % _symbols.Count];
        try
        {
            return turn % RequestsPerSymbol == 0
                ? Mark(symbol, await _rest.TickerAsync(symbol, _ending.Token).ConfigureAwait(false))
                : Book(symbol, await _rest.BookAsync(symbol, Levels, _ending.Token).ConfigureAwait(false));
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !_ending.IsCancellationRequested)
        {
            // Whatever it is: a worker that ends leaves an engine without a way out.
            return Fail(fault.Message);
        }
    }

    private byte[]? Mark(string symbol, VenueOutcome<RestTicker> outcome)
    {
        if (outcome.Value is not { } ticker) return Fail(outcome.Text);
        if (ticker.Symbol != symbol || ticker.MarkPrice <= 0) return Fail($"{symbol}: the answer has no mark price of it");

        // The stream's form wants a cross sequence, of which REST tells none.
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"topic\":\"tickers.{symbol}\",\"type\":\"snapshot\",\"data\":{{\"symbol\":\"{symbol}\",\"markPrice\":\"{ticker.MarkPrice}\"}},\"cs\":0,\"ts\":{outcome.AnsweredMillis}}}"));
    }

    private byte[]? Book(string symbol, VenueOutcome<RestBook> outcome)
    {
        if (outcome.Value is not { } book) return Fail(outcome.Text);
        if (book.Symbol != symbol) return Fail($"{symbol}: the answer has no book of it");
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"topic\":\"orderbook.1000.{symbol}\",\"type\":\"snapshot\",\"ts\":{book.PushedMillis},\"data\":{{\"s\":\"{symbol}\",\"b\":[{Side(book.Bids)}],\"a\":[{Side(book.Asks)}],\"u\":{book.UpdateId},\"seq\":{book.Sequence}}},\"cts\":{book.MatchedMillis}}}"));
    }

    private static string Side(IReadOnlyList<decimal[]> levels) => string.Join(',', levels.Select(level => $"[\"{string.Join("\",\"", level.Select(number => number.ToString(CultureInfo.InvariantCulture)))}\"]"));

    private byte[]? Fail(string fault)
    {
        Volatile.Write(ref _lastFault, _rest.Redact(fault));
        Interlocked.Increment(ref _failed);
        return null;
    }
}
