using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.Quoting;
using LatencyEngine.Wire;

namespace LatencyEngine.Budgets;

/// <summary>The stages that have a budget, by name, each with the items of the shorter of its two counted runs: whole laps, and some ten million instructions.</summary>
internal static class Stages
{
    private const int PathTapeLength = 4_096;
    private const int VenueFramesMade = 64;
    private const long VenueMillis = 1_774_779_351_199;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StageEntry> All { get; } =
    [
        new("ring", 100_000, static () => new RingStage(GenuineDeltas(200))),
        new("decode.delta", 4_000, static () => DecodeStage.Book(GenuineDeltas(400))),
        new("decode.shaped", 4_000, static () => DecodeStage.Book(DerivedDeltas(1_000))),
        new("decode.snapshot", 200, static () => DecodeStage.Book(Market.Frames(Market.GenuineRecording, "orderbook.200.", "snapshot", 2))),
        new("decode.trade", 3_650, static () => DecodeStage.Trades(Market.Frames(Market.GenuineRecording, "publicTrade.", "snapshot", 73))),
        new("decode.ticker", 4_000, static () => DecodeStage.Ticker(Market.Frames(Market.GenuineRecording, "tickers.", "delta", 200))),
        new("decode.order", 1_920, static () => DecodeStage.Orders(Made(VenueFrames.OpenOrder))),
        new("decode.execution", 1_920, static () => DecodeStage.Executions(Made((order, millis) => VenueFrames.Execution(order, (int)(millis - VenueMillis), millis)))),
        new("decode.position", 1_920, static () => DecodeStage.Positions(Made((order, millis) => VenueFrames.Position(order, (int)(millis - VenueMillis), millis)))),
        new("decode.wallet", 1_920, static () => DecodeStage.Wallet(Made((_, millis) => VenueFrames.Wallet((int)(millis - VenueMillis), millis)))),
        new("decode.ack", 3_840, static () => DecodeStage.Acks(Made((order, millis) => VenueFrames.Ack($"r00000007{millis - VenueMillis + 1:x8}", "order.amend", order, millis)))),
        new("book", 2_560, static () => new BookStage(Market.Frames(Market.DerivedRecording, "orderbook.50.", "snapshot", 1)[0], DerivedDeltas(255))),
        new("decide", 10_240, static () => new DecideStage(Tops(512), TradingProfile.Quoter(Market.Instruments[Market.Btc]))),
        new("decide.glft", 10_240, static () => new DecideStage(Tops(512), TradingProfile.Glft(Market.Instruments[Market.Btc], isExact: false))),
        new("decide.glftExact", 10_240, static () => new DecideStage(Tops(512), WithTable(TradingProfile.Glft(Market.Instruments[Market.Btc], isExact: true)))),
        new("decide.threeLevels", 5_120, static () => new DecideStage(Tops(512), TradingProfile.Quoter(Market.Instruments[Market.Btc], levelsPerSide: 3))),
        new("check", 30_720, static () => new CheckStage(Tops(512), isCross: false)),
        new("check.cross", 30_720, static () => new CheckStage(Tops(512), isCross: true)),
        new("encode", 10_240, static () => new EncodeStage(Intents(512))),
        new("metaModel", 512, static () => new MetaModelStage(512)),
        new("path", PathTapeLength / 2, static () => new PathStage(new PathTape(PathTapeLength, hasTwin: false))),

        // An item of it is more often a market frame and more seldom a tick than one of the path: what can be compared is what the same time costs.
        new("path.twoInstruments", PathTapeLength, static () => new PathStage(new PathTape(2 * PathTapeLength, hasTwin: true))),
    ];

    private static byte[][] GenuineDeltas(int count) => Market.Frames(Market.GenuineRecording, "orderbook.200.", "delta", count);

    private static byte[][] DerivedDeltas(int count) => Market.Frames(Market.DerivedRecording, "orderbook.50.", "delta", count);

    /// <summary>Messages about orders of both instruments with numbers of their own, one a millisecond.</summary>
    private static byte[][] Made(Func<VenueOrder, long, byte[]> frame) =>
    [
        .. Enumerable.Range(0, VenueFramesMade).Select(i => frame(
            i % 2 == 0
                ? new VenueOrder($"le00000007{i + 1:x8}", "BTCUSDT", "Buy", FormattableString.Invariant($"{61_000 + (i * 37)}.{i % 10}"), FormattableString.Invariant($"0.{10 + i:d3}"))
                : new VenueOrder($"le00000007{i + 1:x8}", "SOLUSDT", "Buy", FormattableString.Invariant($"{140 + i}.{10 + i}"), FormattableString.Invariant($"{5 + i}.{i % 10}")),
            VenueMillis + i)),
    ];

    /// <summary>The first tops of the derived recording that differ from the one before.</summary>
    private static BookTop[] Tops(int count)
    {
        var decoder = new BybitDecoder(Market.Instruments);
        var book = new OrderBook(Market.Instruments[Market.Btc], levelsPerSideMax: 1_000);
        var tops = new List<BookTop>();
        foreach ((_, byte[] frame) in Market.Lines(Market.DerivedRecording))
        {
            if (decoder.DecodePublic(new FrameSet([frame])[0]) != DecodeStatus.Book) continue;
            book.Apply(decoder.Book);
            if (!book.TryGetTop(out BookTop top) || (tops.Count > 0 && tops[^1] == top)) continue;
            tops.Add(top);
            if (tops.Count == count) return [.. tops];
        }

        throw new InvalidDataException($"the derived recording has {tops.Count} tops, wanted {count}");
    }

    /// <summary>The quoter with the table that it asks for.</summary>
    private static GlftQuoter WithTable(GlftQuoter quoter)
    {
        BookTop top = Tops(1)[0];
        if (!quoter.TryAskForTable(DecideStage.SigmaTicksPerSqrtSecond, FairValue.WeightedMidTicks(in top), out QuoteTableRequest asked)) throw new InvalidDataException("no table is asked for");
        var table = new QuoteTable();
        InventorySolver.SolveEndless(InventoryProblem.Glft(quoter.Settings.At(asked.SigmaTicks, asked.FairTicks, asked.ArrivalRatePerSecond, asked.DecayPerTick)), quoter.Settings.Pipeline.UnitsMax, table);
        byte[] content = new byte[QuoteTable.BytesMax];
        return quoter.TryTakeTable(in asked, content.AsSpan(0, table.Write(content))) ? quoter : throw new InvalidDataException("the table is refused");
    }

    /// <summary>A create and an amend in turn, at bids and asks of both instruments' scales.</summary>
    private static OrderIntent[] Intents(int count)
    {
        BookTop[] tops = Tops(count);
        var intents = new OrderIntent[count];
        for (int i = 0; i < count; i++)
        {
            Side side = i % 4 < 2 ? Side.Buy : Side.Sell;
            intents[i] = new OrderIntent(
                i % 2 == 0 ? OrderAction.Place : OrderAction.Amend, new InstrumentId(i / 4 % 2), side, side == Side.Buy ? tops[i].BidPrice : tops[i].AskPrice, new QtyLots(1 + i), default, default,
                new ClientOrderId(7, (uint)i + 1), TimeInForce.PostOnly, ReduceOnly: false);
        }

        return intents;
    }
}
