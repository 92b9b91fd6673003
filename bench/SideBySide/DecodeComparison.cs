using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>Turning frames into values, one comparison for each kind of frame: the shipped decoder, and those that other programs would use. Same frames, same order, same buffer.</summary>
internal static class DecodeComparison
{
    private const int FramesPerBatchMin = 5_000;

    private static readonly string[] BookPeers = ["simdjson", "systemTextJson", "utf8JsonReader", "node"];
    private static readonly string[] TradePeers = ["simdjson", "utf8JsonReader"];
    private static readonly string[] OtherPeers = ["simdjson"];

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        Public("delta.shaped", BookPeers, _ => RecordedFrames.ShapedBookDeltas()),
        Public("delta.genuine", BookPeers, _ => RecordedFrames.GenuineBookDeltas()),
        Public("snapshot.shaped", OtherPeers, context => RecordedFrames.ShapedBookSnapshots(context.Instruments)),
        Public("snapshot.genuine", OtherPeers, _ => RecordedFrames.GenuineBookSnapshots()),
        Public("trade.shaped", TradePeers, _ => RecordedFrames.ShapedTrades()),
        Public("trade.genuine", TradePeers, _ => RecordedFrames.GenuineTrades()),
        Public("ticker", OtherPeers, _ => RecordedFrames.GenuineTickers()),
        FromTape("order", InboundKind.PrivateFrame, "\"topic\":\"order\""),
        FromTape("execution", InboundKind.PrivateFrame, "\"topic\":\"execution\""),
        FromTape("position", InboundKind.PrivateFrame, "\"topic\":\"position\""),
        FromTape("wallet", InboundKind.PrivateFrame, "\"topic\":\"wallet\""),
        FromTape("ack", InboundKind.TradeFrame, "\"op\":\"order."),
    ];

    private static Entry Public(string kind, string[] peers, Func<BenchContext, byte[][]> frames) => Of(kind, peers, context => Corpus.OfPublic(frames(context)));

    private static Entry FromTape(string kind, InboundKind socket, string part)
    {
        byte[] inside = System.Text.Encoding.ASCII.GetBytes(part);
        return Of(kind, OtherPeers, context => new Corpus([.. context.Tape.Entries.Where(entry => entry.Kind == socket && entry.Payload.AsSpan().IndexOf(inside) >= 0).Select(entry => (socket, entry.Payload))]));
    }

    private static Entry Of(string kind, string[] peers, Func<BenchContext, Corpus> corpus)
    {
        // What most frames are alike to needs no further word in the ratio's name.
        string ratio = $"decode.{kind.Replace(".shaped", "", StringComparison.Ordinal)}";
        return new Entry([$"HotPath.decode.{kind}"], [.. peers.Select(peer => $"{ratio}.{peer}")], context => Open(context, kind, ratio, peers, corpus(context)));
    }

    private static Comparison Open(BenchContext context, string kind, string ratio, string[] peers, Corpus corpus)
    {
        int passes = (FramesPerBatchMin + corpus.Count - 1) / corpus.Count;
        long operations = (long)passes * corpus.Count;
        var shipped = new ShippedDecoder(context.Instruments);
        string ours = $"HotPath.decode.{kind}";
        List<Contestant> contestants = [Contestant.OfBatches(Of(ours), operations, () => Repeat(() => shipped.Decode(corpus)))];
        var held = new List<IDisposable>();
        if (context.WithPeers) AddPeers();
        return new Comparison
        {
            Contestants = contestants,
            Ratios = [.. contestants.Skip(1).Select(peer => peer.Figures[0].Name).Select(name => Ratio.TimesFaster($"{ratio}.{name[(name.LastIndexOf('.') + 1)..]}", ours, name))],
        }.Holding(held);

        Figure Of(string name) => new(name) { Frames = corpus.Count, MeanBytes = corpus.MeanBytes };

        long Repeat(Func<long> pass)
        {
            long sum = 0;
            for (int i = 0; i < passes; i++) sum += pass();
            return sum;
        }

        void AddPeers()
        {
            string[] wanted = [.. Enumerable.Range(0, corpus.Count).Select(i => shipped.Answer(corpus, i))];
            if (context.Simdjson is { } simdjson)
            {
                Require("simdjson", i => simdjson.Answer(corpus, i));
                Add("simdjson", () => simdjson.Decode(corpus));
            }

            if (peers.Contains("utf8JsonReader"))
            {
                var reader = new Utf8ReaderDecoder(context.Instruments);
                var answers = new Answers(context.Instruments);
                Require("Utf8JsonReader", i =>
                {
                    reader.Decode(corpus[i]);
                    return kind.StartsWith("trade", StringComparison.Ordinal) ? answers.Of(reader.Trades, corpus[i]) : answers.Of(reader.Book);
                });
                Add("utf8JsonReader", () => Sum(i => reader.Decode(corpus[i])));
            }

            if (peers.Contains("systemTextJson"))
            {
                var book = new BookDelta();
                var answers = new Answers(context.Instruments);
                Require("System.Text.Json", i =>
                {
                    SystemTextJsonDecoder.Convert(SystemTextJsonDecoder.Decode(corpus[i]), context.Instruments, book);
                    return answers.Of(book);
                });
                Add("systemTextJson", () => Sum(i => SystemTextJsonDecoder.Decode(corpus[i]).Data.B.Length));
            }

            if (peers.Contains("node")) AddNode();

            void AddNode()
            {
                if (!NodePeer.IsInstalled)
                {
                    context.Miss("node", NodePeer.Remedy);
                    return;
                }

                var node = new NodePeer(corpus);
                held.Add(node);
                int at = 0;
                foreach (string answer in node.Answers())
                {
                    Answers.RequireEqual(wanted[at], answer, "node", corpus[at]);
                    at++;
                }

                contestants.Add(Contestant.OfOwnClock(Of($"decode.{kind}.node"), operations, () => Enumerable.Range(0, passes).Sum(_ => node.BatchNanos()), isInProcess: false));
            }

            void Require(string peer, Func<int, string> answer)
            {
                for (int i = 0; i < corpus.Count; i++) Answers.RequireEqual(wanted[i], answer(i), peer, corpus[i]);
            }

            void Add(string peer, Func<long> pass) => contestants.Add(Contestant.OfBatches(Of($"decode.{kind}.{peer}"), operations, () => Repeat(pass)));
        }

        long Sum(Func<int, int> decode)
        {
            long sum = 0;
            for (int i = 0; i < corpus.Count; i++) sum += decode(i);
            return sum;
        }
    }
}
