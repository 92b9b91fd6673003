using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The public topics of one symbol that nobody has recorded: written from its book, its tape and its prices as V5 writes them (Bybit V5, 6).</summary>
/// <remarks>
/// Trades are told at once; books, ticker, candles and liquidations at the intervals of the protocol, on a grid from the first poll. Only topics that were
/// asked for are written. Assumptions: candles are pushed every second, and the message that closes one also opens the next, as captured frames do. Time
/// comes in through arguments. One thread; it allocates.
/// </remarks>
internal sealed class PublicFeed
{
    private const long NanosPerMilli = 1_000_000;
    private const long TickerMillis = 100;
    private const long CandleMillis = 1_000;
    private const long LiquidationMillis = 500;
    private const int TradesPerMessage = 1_024;

    private static readonly (int Depth, long Millis)[] BookDepths = [(1, 10), (50, 20), (200, 100), (1_000, 200)];

    private readonly string _symbol;
    private readonly PublicText _text;
    private readonly List<Timer> _timers = [];
    private readonly Dictionary<string, BookStream> _books = new(StringComparer.Ordinal);
    private readonly TickerStream? _ticker;
    private readonly IBookLevels _book;
    private readonly MarketTape _tape;
    private readonly bool _tellsTrades;
    private long _tradesTold;
    private long _liquidationsTold;

    /// <summary>A feed that has told nothing yet.</summary>
    /// <param name="instrument">The symbol's rules of notation.</param>
    /// <param name="book">Its book.</param>
    /// <param name="tape">Its trades, candles and liquidations.</param>
    /// <param name="ticker">Takes what the ticker shows.</param>
    /// <param name="figures">What its ticker shows besides; null while there is no mark price.</param>
    /// <param name="topics">Full names of the topics to write; others, and those of other symbols, are passed over.</param>
    /// <param name="startNanos">The moment from which the intervals count, ns since 1970.</param>
    public PublicFeed(VenueInstrument instrument, IBookLevels book, MarketTape tape, TickerState ticker, Func<TickerFigures?> figures, IReadOnlySet<string> topics, long startNanos)
    {
        _symbol = instrument.Symbol;
        _text = new PublicText(instrument);
        _book = book;
        _tape = tape;
        _tellsTrades = topics.Contains($"publicTrade.{_symbol}");
        foreach ((int depth, long millis) in BookDepths)
        {
            string topic = $"orderbook.{depth}.{_symbol}";
            if (!topics.Contains(topic)) continue;
            var stream = new BookStream(instrument, depth);
            _books.Add(topic, stream);
            Every(millis, now => stream.Next(book, now));
        }

        if (topics.Contains($"tickers.{_symbol}"))
        {
            _ticker = new TickerStream(instrument, ticker);
            Every(TickerMillis, now => figures() is { } known ? _ticker.Next(book, tape, known, now) : null);
        }

        foreach (CandleInterval interval in CandleInterval.All.Where(interval => topics.Contains($"kline.{interval.Name}.{_symbol}")))
        {
            long told = 0;
            Every(CandleMillis, now => NextCandles(interval, ref told, now));
        }

        if (topics.Contains($"allLiquidation.{_symbol}")) Every(LiquidationMillis, NextLiquidations);

        void Every(long millis, Func<long, byte[]?> next) => _timers.Add(new Timer(millis * NanosPerMilli, startNanos, next));
    }

    /// <summary>Full names of the topics of a symbol that a feed can write.</summary>
    public static IEnumerable<string> TopicsOf(string symbol) =>
    [
        .. BookDepths.Select(book => $"orderbook.{book.Depth}.{symbol}"),
        $"publicTrade.{symbol}",
        $"tickers.{symbol}",
        .. CandleInterval.All.Select(interval => $"kline.{interval.Name}.{symbol}"),
        $"allLiquidation.{symbol}",
    ];

    /// <summary>The topic of 1,000 levels; null where it is not written.</summary>
    public BookStream? DeepBook => _books.GetValueOrDefault($"orderbook.1000.{_symbol}");

    /// <summary>When the next interval ends, ns since 1970; null without a topic that has one.</summary>
    public long? NextDueNanos => _timers.Count == 0 ? null : _timers.Min(timer => timer.DueNanos);

    /// <summary>Tells the trades that are new, and what the intervals that have ended bring.</summary>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">The frames are added to it.</param>
    public void Poll(long nowNanos, List<ReadOnlyMemory<byte>> output)
    {
        if (_tellsTrades && _tape.Trades.Count > _tradesTold) TellTrades(nowNanos / NanosPerMilli, output);
        foreach (Timer timer in _timers)
        {
            if (timer.DueNanos > nowNanos) continue;
            timer.DueNanos += ((nowNanos - timer.DueNanos) / timer.IntervalNanos * timer.IntervalNanos) + timer.IntervalNanos;
            if (timer.Next(nowNanos / NanosPerMilli) is { } frame) output.Add(frame);
        }
    }

    /// <summary>The books are lost: their topics begin anew.</summary>
    public void Restart()
    {
        foreach (BookStream stream in _books.Values) stream.Restart();
    }

    /// <summary>A book or ticker as its topic has told it so far, for a client that subscribes; null for other topics, and before the first message.</summary>
    public byte[]? Snapshot(string topic, long nowMillis)
    {
        if (_books.TryGetValue(topic, out BookStream? stream)) return stream.Snapshot(nowMillis);
        return topic == $"tickers.{_symbol}" ? _ticker?.Snapshot(nowMillis) : null;
    }

    private void TellTrades(long nowMillis, List<ReadOnlyMemory<byte>> output)
    {
        foreach (TapeTrade[] trades in _tape.Trades.Since(_tradesTold).Chunk(TradesPerMessage)) output.Add(WriteTrades(trades, nowMillis));
        _tradesTold = _tape.Trades.Count;
    }

    private byte[] WriteTrades(TapeTrade[] trades, long nowMillis) => CompactJson.Object(json =>
    {
        json.WriteString("topic", $"publicTrade.{_symbol}");
        json.WriteString("type", "snapshot");
        json.WriteNumber("ts", nowMillis);
        json.WriteStartArray("data");
        foreach ((MarketTrade trade, string direction) in trades)
        {
            json.WriteStartObject();
            json.WriteNumber("T", trade.MatchMillis);
            json.WriteString("s", _symbol);
            json.WriteString("S", trade.TakerBuys ? "Buy" : "Sell");
            json.WriteString("v", _text.Qty(trade.Qty));
            json.WriteString("p", _text.Price(trade.Price));
            json.WriteString("L", direction);
            json.WriteString("i", trade.Id);
            json.WriteBoolean("BT", trade.IsBlock);
            json.WriteBoolean("RPI", false);
            json.WriteNumber("seq", trade.Sequence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>The open candle, behind those that have closed since the last message.</summary>
    private byte[]? NextCandles(CandleInterval interval, ref long told, long nowMillis)
    {
        _tape.Advance(nowMillis);
        RecentRows<Candle> candles = _tape.Candles(interval);
        if (candles.Count == 0) return null;
        Candle[] rows = [.. candles.Since(told)];
        told = candles.Count - 1;
        return CompactJson.Object(json =>
        {
            json.WriteString("topic", $"kline.{interval.Name}.{_symbol}");
            json.WriteStartArray("data");
            for (int i = 0; i < rows.Length; i++) WriteCandle(json, rows[i], interval, isClosed: i < rows.Length - 1, nowMillis);
            json.WriteEndArray();
            json.WriteNumber("ts", nowMillis);
            json.WriteString("type", "snapshot");
        });
    }

    private static void WriteCandle(Utf8JsonWriter json, Candle candle, CandleInterval interval, bool isClosed, long nowMillis)
    {
        json.WriteStartObject();
        json.WriteNumber("start", candle.StartMillis);
        json.WriteNumber("end", candle.NextStartMillis - 1);
        json.WriteString("interval", interval.Name);
        json.WriteString("open", PublicText.Trimmed(candle.Open));
        json.WriteString("close", PublicText.Trimmed(candle.Close));
        json.WriteString("high", PublicText.Trimmed(candle.High));
        json.WriteString("low", PublicText.Trimmed(candle.Low));
        json.WriteString("volume", PublicText.Trimmed(candle.Volume));
        json.WriteString("turnover", PublicText.Trimmed(candle.Turnover));
        json.WriteBoolean("confirm", isClosed);
        json.WriteNumber("timestamp", nowMillis);
        json.WriteEndObject();
    }

    private byte[]? NextLiquidations(long nowMillis)
    {
        TapeLiquidation[] rows = [.. _tape.Liquidations.Since(_liquidationsTold)];
        _liquidationsTold = _tape.Liquidations.Count;
        return rows.Length == 0 ? null : CompactJson.Object(json =>
        {
            json.WriteString("topic", $"allLiquidation.{_symbol}");
            json.WriteString("type", "snapshot");
            json.WriteNumber("ts", nowMillis);
            json.WriteStartArray("data");
            foreach (TapeLiquidation row in rows)
            {
                json.WriteStartObject();
                json.WriteNumber("T", row.TimeMillis);
                json.WriteString("s", _symbol);
                json.WriteString("S", row.WasLong ? "Buy" : "Sell");
                json.WriteString("v", PublicText.Trimmed(row.Qty));
                json.WriteString("p", PublicText.Trimmed(row.BankruptcyPrice));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private sealed class Timer(long intervalNanos, long startNanos, Func<long, byte[]?> next)
    {
        public long IntervalNanos => intervalNanos;

        public long DueNanos { get; set; } = startNanos;

        public Func<long, byte[]?> Next => next;
    }
}
