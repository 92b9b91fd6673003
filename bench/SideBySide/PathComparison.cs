using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide;

/// <summary>The whole hot path: a backtest's inbound frames through the inbound ring, <c>HotPath.OnFrame</c> and the outbound ring, meters on, a fresh engine for every pass. Beside it simdjson, which only decodes the same frames.</summary>
internal static class PathComparison
{
    private const string Mean = "HotPath.path.mean";
    private const string TapeMean = "HotPath.path.tape.mean";
    private const string SimdjsonDecode = "path.simdjsonDecode";
    private const string TapeSimdjsonDecode = "path.tape.simdjsonDecode";
    private const string RatioName = "path.meanVsSimdjsonDecode";
    private const string TapeRatioName = "path.tape.meanVsSimdjsonDecode";

    // Frames that wait in the ring together: few enough to be in the cache still, as after a receive.
    private const int RunMax = 64;

    private static readonly string[] PercentileNames = ["p50", "p99", "p99.9"];
    private static readonly double[] Percentiles = [50, 99, 99.9];
    private static readonly string[] Classes = ["book", "private", "send"];
    private static readonly string[] PassCases = [TapeMean, "HotPath.stage.decide", "HotPath.bytesAllocated", "HotPath.collections"];
    private static readonly string[] PercentileCases = [.. Classes.SelectMany(of => PercentileNames.Select(name => $"HotPath.path.{of}.{name}"))];

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } = [new Entry([Mean, .. PassCases, .. PercentileCases, "HotPath.stage.decode", "HotPath.stage.book"], [RatioName, TapeRatioName], Open)];

    private static Comparison Open(BenchContext context)
    {
        Tape.Entry[] tape = [.. context.Tape.Entries];
        RequireSameRequests(tape, context.Tape.RequestsSha256);
        var frames = new Corpus([.. tape.Where(entry => entry.Kind is InboundKind.PublicFrame or InboundKind.PrivateFrame or InboundKind.TradeFrame).Select(entry => (entry.Kind, entry.Payload))]);
        var shipped = new ShippedDecoder(context.Instruments);
        Corpus market = Corpus.OfPublic(tape.Where(entry => entry.Kind == InboundKind.PublicFrame).Select(entry => entry.Payload));
        List<Contestant> contestants =
        [
            Market(tape, market),
            Pass(tape),
            Distribution(tape),
            Contestant.OfBatches(new Figure("HotPath.stage.decode") { Frames = frames.Count, MeanBytes = frames.MeanBytes }, frames.Count, () => shipped.Decode(frames)),
            BookStage(tape),
        ];
        if (context.WithPeers && context.Simdjson is { } simdjson)
        {
            for (int i = 0; i < frames.Count; i++) Answers.RequireEqual(shipped.Answer(frames, i), simdjson.Answer(frames, i), "simdjson", frames[i]);

            contestants.Add(Contestant.OfBatches(new Figure(SimdjsonDecode) { Frames = market.Count, MeanBytes = market.MeanBytes }, market.Count, () => simdjson.Decode(market)));

            // Over the frames of the tape, ticks included, as the tape's mean is: the ratio is one of totals.
            contestants.Add(Contestant.OfBatches(new Figure(TapeSimdjsonDecode) { Frames = frames.Count, MeanBytes = frames.MeanBytes }, tape.Length, () => simdjson.Decode(frames)));
        }

        return new Comparison { Contestants = contestants, Ratios = [new Ratio(RatioName, Mean, SimdjsonDecode), new Ratio(TapeRatioName, TapeMean, TapeSimdjsonDecode)] };
    }

    /// <summary>The tape leads a fresh engine to the requests of the run that it was taken from.</summary>
    private static void RequireSameRequests(Tape.Entry[] tape, string wantedSha256)
    {
        Engine engine = Tape.NewEngine();
        using var digest = new OutboundDigest();
        foreach (Tape.Entry entry in tape)
        {
            Tape.Hand(engine, in entry);
            while (Tape.Take(engine, digest) >= 0)
            {
            }
        }

        if (digest.ToHex() != wantedSha256) throw new AnswersDifferException($"the tape gives the requests {digest.ToHex()}, the run that it was taken from {wantedSha256}");
    }

    /// <summary>The market frames of the tape, from the inbound ring to the last request taken out of the outbound ring. All else on the tape is worked off in its turn, so that orders work and move, and not counted.</summary>
    /// <remarks>By the meters' clock, since a run is shorter than what it takes to ask for the processor time: what other processes take away is in it, and only the median of the rounds keeps it out.</remarks>
    private static Contestant Market(Tape.Entry[] tape, Corpus market) => new([new Figure(Mean) { Frames = market.Count, MeanBytes = market.MeanBytes }], numbers =>
    {
        Engine engine = Tape.NewEngine();
        long nanos = 0;
        for (int next = 0; next < tape.Length;)
        {
            bool isMarket = tape[next].Kind == InboundKind.PublicFrame;
            for (int count = 0; count < RunMax && next < tape.Length && (tape[next].Kind == InboundKind.PublicFrame) == isMarket; count++) Tape.Put(engine, in tape[next++]);
            long started = StageClock.NowNanos();
            Tape.Work(engine);
            while (Tape.Take(engine, digest: null) >= 0)
            {
            }

            if (isMarket) nanos += StageClock.NowNanos() - started;
        }

        numbers[0] = (double)nanos / market.Count;
    });

    /// <summary>The tape from end to end, timed as a whole, the way into the inbound ring included.</summary>
    private static Contestant Pass(Tape.Entry[] tape)
    {
        Figure[] figures =
        [
            new Figure(TapeMean) { Frames = tape.Length, MeanBytes = tape.Average(entry => entry.Payload.Length) },
            new Figure(PassCases[1]),
            new Figure(PassCases[2]) { Unit = Figure.Bytes, Frames = tape.Length },
            new Figure(PassCases[3]) { Unit = Figure.Count, Frames = tape.Length },
        ];
        return new Contestant(figures, numbers =>
        {
            Engine engine = Tape.NewEngine();
            int collections = GC.CollectionCount(0);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            CpuTime time = CpuTime.Start();
            for (int i = 0; i < tape.Length; i++)
            {
                Tape.Hand(engine, in tape[i]);
                while (Tape.Take(engine, digest: null) >= 0)
                {
                }
            }

            numbers[0] = (double)time.Nanos / tape.Length;
            numbers[2] = GC.GetAllocatedBytesForCurrentThread() - allocated;
            numbers[3] = GC.CollectionCount(0) - collections;
            numbers[1] = engine.Meters.Decide.ValueAtPercentile(50);
        });
    }

    /// <summary>The tape with a stamp before and after every frame: what the mean hides. A stamp costs what <c>Meter.clockRead</c> says.</summary>
    private static Contestant Distribution(Tape.Entry[] tape)
    {
        bool[] isBook = [.. tape.Select(entry => entry.Kind == InboundKind.PublicFrame && entry.Payload.AsSpan().StartsWith("{\"topic\":\"orderbook."u8))];
        LatencyHistogram[] histograms = [.. Classes.Select(_ => new LatencyHistogram())];
        int?[] frames = [isBook.Count(book => book), tape.Count(entry => entry.Kind == InboundKind.PrivateFrame), null];
        return new Contestant([.. PercentileCases.Select((name, i) => new Figure(name) { Frames = frames[i / Percentiles.Length] })], numbers =>
        {
            Engine engine = Tape.NewEngine();
            foreach (LatencyHistogram histogram in histograms) histogram.Reset();
            for (int i = 0; i < tape.Length; i++)
            {
                bool sends = false;
                long started = StageClock.NowNanos();
                Tape.Hand(engine, in tape[i]);
                for (int bytes = Tape.Take(engine, digest: null); bytes >= 0; bytes = Tape.Take(engine, digest: null)) sends |= bytes > 0;
                long nanos = StageClock.NowNanos() - started;
                if (isBook[i]) histograms[0].Record(nanos);
                if (tape[i].Kind == InboundKind.PrivateFrame) histograms[1].Record(nanos);
                if (sends) histograms[2].Record(nanos);
            }

            for (int i = 0; i < numbers.Length; i++) numbers[i] = histograms[i / Percentiles.Length].ValueAtPercentile(Percentiles[i % Percentiles.Length]);
        });
    }

    /// <summary>Applying a book message: the book frames decoded and applied, less the same frames only decoded, one right after the other.</summary>
    private static Contestant BookStage(Tape.Entry[] tape)
    {
        Corpus books = Corpus.OfPublic(tape.Where(entry => entry.Kind == InboundKind.PublicFrame && entry.Payload.AsSpan().StartsWith("{\"topic\":\"orderbook."u8)).Select(entry => entry.Payload));
        return new Contestant([new Figure("HotPath.stage.book") { Frames = books.Count, MeanBytes = books.MeanBytes }], numbers =>
        {
            Engine engine = Tape.NewEngine();
            var decoder = new BybitDecoder(engine.Instruments);
            CpuTime decoding = CpuTime.Start();
            for (int i = 0; i < books.Count; i++) decoder.DecodePublic(books[i]);
            long decodingNanos = decoding.Nanos;
            CpuTime both = CpuTime.Start();
            for (int i = 0; i < books.Count; i++)
            {
                decoder.DecodePublic(books[i]);
                engine.Lanes[decoder.Book.Instrument.Index].Book.Apply(decoder.Book);
            }

            numbers[0] = (double)(both.Nanos - decodingNanos) / books.Count;
        });
    }
}
