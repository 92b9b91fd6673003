using BenchmarkDotNet.Attributes;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.Micro;

/// <summary>Cost of turning one recorded frame into values: the shipped decoder against two on System.Text.Json that give the same values. Time and bytes are per frame.</summary>
public class DecodeBenchmarks
{
    private const int FramesPerInvoke = 1_024;

    private BybitDecoder _shipped = null!;
    private Utf8ReaderDecoder _utf8Reader = null!;
    private JsonDocumentDecoder _jsonDocument = null!;
    private byte[][] _frames = [];

    /// <summary>Which recorded frames.</summary>
    [Params(RecordedFrames.GenuineBookDeltas, RecordedFrames.GenuineTrades, RecordedFrames.DerivedBookDeltas)]
    public string Frames { get; set; } = "";

    /// <summary>Loads the frames and holds every value that the three decoders read in them against each other.</summary>
    /// <exception cref="InvalidOperationException">Two decoders disagree; the message says on which frame.</exception>
    [GlobalSetup]
    public void Load()
    {
        InstrumentTable instruments = RecordedFrames.Instruments();
        _shipped = new BybitDecoder(instruments);
        _utf8Reader = new Utf8ReaderDecoder(instruments);
        _jsonDocument = new JsonDocumentDecoder();
        _frames = RecordedFrames.Load(Frames, FramesPerInvoke);
        foreach (byte[] frame in _frames)
        {
            DecodeStatus status = _shipped.DecodePublic(frame);
            _utf8Reader.Decode(frame);
            _jsonDocument.Decode(frame);
            (List<object> shipped, List<object> utf8Reader) = status switch
            {
                DecodeStatus.Book => (Answers.Of(_shipped.Book, instruments), Answers.Of(_utf8Reader.Book, instruments)),
                DecodeStatus.Trades => (Answers.Of(_shipped.Trades, frame, instruments), Answers.Of(_utf8Reader.Trades, frame, instruments)),
                _ => throw new InvalidOperationException($"the shipped decoder says {status} to a recorded frame"),
            };
            Answers.RequireEqual(shipped, utf8Reader, nameof(Utf8ReaderDecoder), frame);
            Answers.RequireEqual(shipped, Answers.Of(_jsonDocument.Message), nameof(JsonDocumentDecoder), frame);
        }
    }

    /// <summary>The decoder of the hot path.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = FramesPerInvoke)]
    public long Shipped()
    {
        long sum = 0;
        foreach (byte[] frame in _frames) sum += (long)_shipped.DecodePublic(frame);
        return sum;
    }

    /// <summary>The framework's forward-only reader into the same fixed-point types.</summary>
    [Benchmark(OperationsPerInvoke = FramesPerInvoke)]
    public long Utf8JsonReader()
    {
        long sum = 0;
        foreach (byte[] frame in _frames) sum += _utf8Reader.Decode(frame);
        return sum;
    }

    /// <summary>The framework's document, strings and decimals.</summary>
    [Benchmark(OperationsPerInvoke = FramesPerInvoke)]
    public long JsonDocument()
    {
        long sum = 0;
        foreach (byte[] frame in _frames) sum += _jsonDocument.Decode(frame);
        return sum;
    }
}
