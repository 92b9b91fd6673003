using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide;

/// <summary>Writing order requests: the shipped encoder, the framework's JSON writer, and an interpolated string. Prices and quantities are those of the genuine book frames; half the requests are creates, half amends.</summary>
internal static class EncodeComparison
{
    private const int RecvWindowMillis = 5_000;
    private const uint Session = 7;

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry(["Encode.request"], ["encode.utf8JsonWriter", "encode.interpolation"], context => Open(context, "Encode.request", OrderAction.Place, OrderAction.Amend)),
        new Entry(["Encode.create"], [], context => Open(context, "Encode.create", OrderAction.Place)),
        new Entry(["Encode.amend"], [], context => Open(context, "Encode.amend", OrderAction.Amend)),
        new Entry(["Encode.cancel"], [], context => Open(context, "Encode.cancel", OrderAction.Cancel)),
    ];

    private static Comparison Open(BenchContext context, string name, params OrderAction[] actions)
    {
        Request[] requests = [.. Requests(context.Instruments, actions)];
        var encoder = new OrderRequestEncoder(context.Instruments, RecvWindowMillis);
        var destination = new byte[OrderRequestEncoder.RequestBytesMax];
        double meanBytes = requests.Average(request => encoder.Encode(request.Intent, request.Id, request.TimestampMillis, destination));
        Contestant ours = Contestant.OfBatches(new Figure(name) { Frames = requests.Length, MeanBytes = meanBytes }, requests.Length, () =>
        {
            long sum = 0;
            foreach (ref readonly Request request in requests.AsSpan()) sum += encoder.Encode(in request.Intent, request.Id, request.TimestampMillis, destination);
            return sum;
        });
        return context.WithPeers && actions.Length > 1 ? WithPeers(context, ours, encoder, requests, destination) : new Comparison { Contestants = [ours] };
    }

    private static Comparison WithPeers(BenchContext context, Contestant ours, OrderRequestEncoder encoder, Request[] requests, byte[] destination)
    {
        var utf8Writer = new Utf8WriterEncoder(context.Instruments, RecvWindowMillis);
        var interpolated = new InterpolatedEncoder(context.Instruments, RecvWindowMillis);
        foreach (Request request in requests)
        {
            byte[] wanted = destination[..encoder.Encode(request.Intent, request.Id, request.TimestampMillis, destination)];
            RequireEqual(wanted, utf8Writer.Encode(in request), nameof(Utf8WriterEncoder));
            RequireEqual(wanted, destination.AsSpan(0, interpolated.Encode(in request, destination)), nameof(InterpolatedEncoder));
        }

        string name = ours.Figures[0].Name;
        return new Comparison
        {
            Contestants =
            [
                ours,
                Contestant.OfBatches(new Figure("encode.utf8JsonWriter"), requests.Length, () =>
                {
                    long sum = 0;
                    foreach (ref readonly Request request in requests.AsSpan()) sum += utf8Writer.Encode(in request).Length;
                    return sum;
                }),
                Contestant.OfBatches(new Figure("encode.interpolation"), requests.Length, () =>
                {
                    long sum = 0;
                    foreach (ref readonly Request request in requests.AsSpan()) sum += interpolated.Encode(in request, destination);
                    return sum;
                }),
            ],
            Ratios = [Ratio.TimesFaster("encode.utf8JsonWriter", name, "encode.utf8JsonWriter"), Ratio.TimesFaster("encode.interpolation", name, "encode.interpolation")],
        }.Holding(utf8Writer);
    }

    /// <summary>One request for every level with a quantity of the genuine book changes, the actions in turn.</summary>
    private static IEnumerable<Request> Requests(InstrumentTable instruments, OrderAction[] actions)
    {
        var decoder = new Utf8ReaderDecoder(instruments);
        uint number = 0;
        foreach (byte[] frame in RecordedFrames.GenuineBookDeltas())
        {
            decoder.Decode(frame);
            BookDelta book = decoder.Book;
            for (int i = 0; i < book.BidCount + book.AskCount; i++)
            {
                bool isBid = i < book.BidCount;
                BookLevel level = isBid ? book.Bids[i] : book.Asks[i - book.BidCount];
                if (level.Qty == default) continue;
                OrderAction action = actions[number % (uint)actions.Length];
                number++;
                var intent = new OrderIntent(
                    action, book.Instrument, isBid ? Side.Buy : Side.Sell, level.Price, level.Qty, default, default, new ClientOrderId(Session, number), TimeInForce.PostOnly, ReduceOnly: false);
                yield return new Request(intent, new RequestId(Session, number), book.PushMillis);
            }
        }
    }

    private static void RequireEqual(ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> found, string peer)
    {
        if (wanted.Length == 0) throw new AnswersDifferException("the shipped encoder refuses a request");
        if (!wanted.SequenceEqual(found)) throw new AnswersDifferException($"{peer} writes {Encoding.ASCII.GetString(found)}, the shipped encoder {Encoding.ASCII.GetString(wanted)}");
    }
}
