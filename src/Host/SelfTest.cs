using System.Globalization;
using System.Text;
using LatencyEngine.Book;
using LatencyEngine.Journal;
using LatencyEngine.Model;
using LatencyEngine.Quoting;
using LatencyEngine.Ring;
using LatencyEngine.Risk;
using LatencyEngine.Wire;

namespace LatencyEngine.Host;

/// <summary>Is this program, as it was compiled and on this processor, the hot path that was tested? Each stage against known answers, the whole against a shipped journal, and what a long run of it allocates.</summary>
/// <remarks>Thread: the caller's. Blocks: reads the journal and the files it was made with.</remarks>
public static class SelfTest
{
    /// <summary>Market frames of the zero-allocation check where nobody asks for another number.</summary>
    public const long FramesUsual = 1_000_000;

    private const double QuoteTolerance = 1e-12;   // relative: what the closed forms were written down with
    private const long TimestampMillis = 1_786_310_819_720;
    private const int RecvWindowMillis = 5_000;

    private static readonly InstrumentSpec Btc = new(new InstrumentId(0), "BTCUSDT", priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1)
    {
        MinOrderQty = new(1), MaxOrderQty = new(1_500_000), MinNotional = new(5 * MoneyE8.One), MinPrice = new(1), MaxPrice = new(19_999_998), MaxLeverageE2 = 10_000,
    };

    private static readonly InstrumentSpec Sol = new(new InstrumentId(1), "SOLUSDT", priceDecimals: 2, tickMantissa: 1, qtyDecimals: 1, lotMantissa: 1)
    {
        MinOrderQty = new(1), MaxOrderQty = new(960_000), MinNotional = new(5 * MoneyE8.One), MinPrice = new(1), MaxPrice = new(19_999_998), MaxLeverageE2 = 10_000,
    };

    /// <summary>Runs every check.</summary>
    /// <param name="frames">Market frames of the zero-allocation check, positive.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static IReadOnlyList<SelfTestCheck> Run(long frames, CancellationToken cancel) =>
        Run(SelfTestVectors.Shipped, Path.Combine(InstallRoot.Find(), "samples", "warm-up.journal"), frames, cancel);

    /// <summary>As above, with other answers or another journal.</summary>
    internal static IReadOnlyList<SelfTestCheck> Run(SelfTestVectors vectors, string journalPath, long frames, CancellationToken cancel) =>
    [
        Check("decode", () => Decode(vectors)),
        Check("book", () => Book(vectors)),
        Check("quote", () => Quote(vectors)),
        Check("risk", () => Risk(vectors)),
        Check("encode", () => Encode(vectors)),
        Check("path", () => WholePath(journalPath)),
        Check("allocation", () => Allocation(journalPath, frames, cancel)),
    ];

    private static SelfTestCheck Check(string name, Func<string> holds)
    {
        try
        {
            return new SelfTestCheck(name, null, holds());
        }
        catch (Exception fault) when (fault is InvalidDataException or JournalException or IOException or UnauthorizedAccessException)
        {
            return new SelfTestCheck(name, fault.Message, "");
        }
    }

    private static string Decode(SelfTestVectors vectors)
    {
        var decoder = new BybitDecoder(new InstrumentTable([Btc, Sol]));
        Require(decoder.DecodePublic(Padded(vectors.TradeFrame)), DecodeStatus.Trades, "a print");
        Trade trade = decoder.Trades.Trades[0];
        Require((decoder.Trades.Count, trade.Price, trade.Qty, trade.TakerSide), (1, vectors.TradePrice, vectors.TradeQty, Side.Sell), "the print");
        Require(decoder.DecodePublic(Padded(vectors.TradeFrame[..60])), DecodeStatus.Malformed, "a frame cut short");
        return "a print, and a frame cut short";
    }

    private static string Book(SelfTestVectors vectors)
    {
        var decoder = new BybitDecoder(new InstrumentTable([Btc, Sol]));
        var book = new OrderBook(Sol, levelsPerSideMax: 200);
        Require(decoder.DecodePublic(Padded(vectors.Snapshot)), DecodeStatus.Book, "a snapshot");
        Require(book.Apply(decoder.Book), BookChange.Snapshot, "the snapshot in the book");
        Require(decoder.DecodePublic(Padded(vectors.Delta)), DecodeStatus.Book, "a delta");
        Require(book.Apply(decoder.Book), BookChange.Updated, "the delta in the book");
        Require(book.TryGetTop(out BookTop top) ? top : default, vectors.TopAfter, "the top of the book");
        return "a snapshot and a delta";
    }

    private static string Quote(SelfTestVectors vectors)
    {
        AvellanedaStoikovQuote quote = AvellanedaStoikov.Quote(mid: 100, inventory: 5, gamma: 0.1, sigma: 2, tau: 1, k: 1.5);
        RequireNear(quote.Bid, vectors.QuoteBid, "the bid");
        RequireNear(quote.Ask, vectors.QuoteAsk, "the ask");
        return string.Create(CultureInfo.InvariantCulture, $"bid {quote.Bid:R}, ask {quote.Ask:R}");
    }

    private static string Risk(SelfTestVectors vectors)
    {
        var tier = new RiskTier(new MoneyE8(2_000_000 * MoneyE8.One), MaintenanceRateE8: 500_000, MaxLeverageE2: 10_000, Deduction: default);
        Int128 costE16 = (Int128)400_000 * Btc.TickE8 * 1_000 * Btc.LotE8;
        PriceE8 liquidation = MarginMath.LiquidationPrice(Side.Buy, costE16, new QtyLots(1_000), Btc.LotE8, leverageE2: 5_000, new MoneyE8(3_000 * MoneyE8.One), takerFeeE8: 55_000, in tier);
        Require(liquidation, vectors.LiquidationPrice, "the liquidation price");
        return string.Create(CultureInfo.InvariantCulture, $"liquidation at {liquidation.Units / 1e8:R}");
    }

    private static string Encode(SelfTestVectors vectors)
    {
        byte[] request = new byte[OrderRequestEncoder.RequestBytesMax];
        var intent = new OrderIntent(OrderAction.Place, Btc.Id, Side.Buy, new PriceTicks(651_142), new QtyLots(5), default, default, new ClientOrderId(7, 1), TimeInForce.PostOnly, ReduceOnly: false);
        int bytes = new OrderRequestEncoder(new InstrumentTable([Btc, Sol]), RecvWindowMillis).Encode(in intent, new RequestId(7, 1), TimestampMillis, request);
        Require(Encoding.ASCII.GetString(request, 0, bytes), vectors.Request, "the request");
        return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes of a create");
    }

    private static string WholePath(string journalPath)
    {
        using JournalReader journal = JournalReader.Open(journalPath);
        Engine engine = JournalledEngine.Build(journal.Header, JournalledEngine.Configuration(journal.Header, journalPath));
        JournalReplayResult result = new JournalReplay(engine.Inbound, engine.HotPath, engine.Outbound).RunInline(journal);
        if (result.Difference is { } difference) throw new InvalidDataException($"answer {difference.Index} of {journalPath} is another one: {difference.Expected?.ToString() ?? "nothing"} there, {difference.Was?.ToString() ?? "nothing"} here");
        if (result.Cut is not null) throw new InvalidDataException($"{journalPath} has no end");
        return string.Create(CultureInfo.InvariantCulture, $"{result.InboundFrames:#,0} frames, {result.Requests:#,0} requests, byte for byte {result.OutboundSha256[..16]}");
    }

    private static string Allocation(string journalPath, long frames, CancellationToken cancel)
    {
        using JournalReader journal = JournalReader.Open(journalPath);
        Engine engine = JournalledEngine.Build(journal.Header, JournalledEngine.Configuration(journal.Header, journalPath));
        var market = new List<byte[]>();
        long startNanos = 0;
        while (journal.TryRead(out JournalRecord record))
        {
            if (record.Type != JournalRecordType.Inbound || record.Kind != (byte)InboundKind.PublicFrame) continue;
            if (market.Count == 0) startNanos = record.LogicTimeNanos;
            market.Add(record.Payload.ToArray());
        }

        return new SteadyRun(engine.Inbound, engine.Outbound, engine.HotPath, [.. market], startNanos, (session, post) => engine.Begin(session, post)).ProveNoAllocation(frames, cancel);
    }

    /// <summary>As the inbound ring holds a frame: the bytes behind it may be read.</summary>
    private static ReadOnlySpan<byte> Padded(string frame)
    {
        byte[] bytes = new byte[frame.Length + FrameRing.PaddingBytes];
        return bytes.AsSpan(0, Encoding.ASCII.GetBytes(frame, bytes));
    }

    private static void Require<T>(T found, T expected, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(found, expected)) throw new InvalidDataException($"{what}: expected {expected}, found {found}");
    }

    private static void RequireNear(double found, double expected, string what)
    {
        if (!(Math.Abs(found - expected) <= QuoteTolerance * Math.Abs(expected))) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{what}: expected {expected:R}, found {found:R}"));
    }
}
