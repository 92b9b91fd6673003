using System.Text;
using BenchmarkDotNet.Attributes;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.Micro;

/// <summary>Cost of writing one order request: the shipped encoder against the framework's JSON writer and an interpolated string that give the same bytes. Prices and quantities are recorded ones. Time and bytes are per request.</summary>
public class EncodeBenchmarks : IDisposable
{
    private const int RequestsPerInvoke = 1_024;
    private const int RecvWindowMillis = 5_000;
    private const uint Session = 7;

    private readonly byte[] _destination = new byte[OrderRequestEncoder.RequestBytesMax];
    private OrderRequestEncoder _shipped = null!;
    private Utf8WriterEncoder? _utf8Writer;
    private InterpolatedEncoder _interpolated = null!;
    private Request[] _requests = [];

    /// <summary>What the requests do: <c>order.create</c> or <c>order.amend</c>. A text, because the project that the benchmarks are generated into sees no room of the engine.</summary>
    [Params("create", "amend")]
    public string Operation { get; set; } = "";

    /// <summary>Makes the requests and holds the bytes of the three encoders against each other.</summary>
    /// <exception cref="InvalidOperationException">Two encoders disagree; the message holds both texts.</exception>
    [GlobalSetup]
    public void Load()
    {
        InstrumentTable instruments = RecordedFrames.Instruments();
        _shipped = new OrderRequestEncoder(instruments, RecvWindowMillis);
        _utf8Writer = new Utf8WriterEncoder(instruments, RecvWindowMillis);
        _interpolated = new InterpolatedEncoder(instruments, RecvWindowMillis);
        _requests = [.. Requests(instruments).Take(RequestsPerInvoke)];
        if (_requests.Length < RequestsPerInvoke) throw new InvalidOperationException($"the recording gives {_requests.Length} requests, wanted {RequestsPerInvoke}");
        foreach (Request request in _requests)
        {
            byte[] shipped = [.. _destination.AsSpan(0, Encode(in request))];
            RequireEqual(shipped, _utf8Writer.Encode(in request), nameof(Utf8WriterEncoder));
            RequireEqual(shipped, _destination.AsSpan(0, _interpolated.Encode(in request, _destination)), nameof(InterpolatedEncoder));
        }
    }

    /// <summary>Releases what the peers hold.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _utf8Writer?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The encoder of the hot path.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = RequestsPerInvoke)]
    public long Shipped()
    {
        long sum = 0;
        foreach (ref readonly Request request in _requests.AsSpan()) sum += Encode(in request);
        return sum;
    }

    /// <summary>The framework's JSON writer.</summary>
    [Benchmark(OperationsPerInvoke = RequestsPerInvoke)]
    public long Utf8JsonWriter()
    {
        long sum = 0;
        foreach (ref readonly Request request in _requests.AsSpan()) sum += _utf8Writer!.Encode(in request).Length;
        return sum;
    }

    /// <summary>An interpolated string and its bytes.</summary>
    [Benchmark(OperationsPerInvoke = RequestsPerInvoke)]
    public long InterpolatedString()
    {
        long sum = 0;
        foreach (ref readonly Request request in _requests.AsSpan()) sum += _interpolated.Encode(in request, _destination);
        return sum;
    }

    private int Encode(in Request request) => _shipped.Encode(request.Intent, request.Id, request.TimestampMillis, _destination);

    /// <summary>One request for every level with a quantity of the genuine book changes.</summary>
    private IEnumerable<Request> Requests(InstrumentTable instruments)
    {
        var decoder = new BybitDecoder(instruments);
        OrderAction action = Operation == "create" ? OrderAction.Place : OrderAction.Amend;
        uint number = 0;
        foreach (byte[] frame in RecordedFrames.Load(RecordedFrames.GenuineBookDeltas, RequestsPerInvoke))
        {
            decoder.DecodePublic(frame);
            BookDelta book = decoder.Book;
            for (int i = 0; i < book.BidCount + book.AskCount; i++)
            {
                bool isBid = i < book.BidCount;
                BookLevel level = isBid ? book.Bids[i] : book.Asks[i - book.BidCount];
                if (level.Qty == default) continue;
                number++;
                var intent = new OrderIntent(
                    action, book.Instrument, isBid ? Side.Buy : Side.Sell, level.Price, level.Qty, default, default, new ClientOrderId(Session, number), TimeInForce.PostOnly, ReduceOnly: false);
                yield return new Request(intent, new RequestId(Session, number), book.PushMillis);
            }
        }
    }

    private static void RequireEqual(ReadOnlySpan<byte> shipped, ReadOnlySpan<byte> peer, string peerName)
    {
        if (shipped.Length == 0) throw new InvalidOperationException("the shipped encoder refuses a request");
        if (shipped.SequenceEqual(peer)) return;
        throw new InvalidOperationException($"{peerName} writes {Encoding.ASCII.GetString(peer)}, the shipped encoder {Encoding.ASCII.GetString(shipped)}");
    }
}
