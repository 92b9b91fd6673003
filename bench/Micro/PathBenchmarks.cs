using BenchmarkDotNet.Attributes;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Research;
using LatencyEngine.Wire;

namespace LatencyEngine.Micro;

/// <summary>Cost of a whole run per inbound frame: ring, decode, book, orders and ledger, quote, risk, encode, ring; meters on. Beside it the decoding of the same frames alone. Time and bytes are per frame of the tape, ticks included.</summary>
public class PathBenchmarks
{
    private const int TapeFrames = 16_384;
    private const int Passes = 4;
    private const int FramesPerInvoke = Passes * TapeFrames;

    private readonly Engine[] _engines = new Engine[Passes];
    private Tape.Entry[] _tape = [];
    private BybitDecoder _decoder = null!;

    /// <summary>Records the tape, plays it to a fresh engine and requires the same requests of both.</summary>
    /// <exception cref="InvalidOperationException">The requests differ, or the tape is too short.</exception>
    [GlobalSetup]
    public void Load()
    {
        Tape tape = Tape.Record();
        Engine engine = Tape.NewEngine();
        using var digest = new OutboundDigest();
        foreach (Tape.Entry entry in tape.Entries)
        {
            Tape.Hand(engine, in entry);
            while (Tape.Take(engine, digest) >= 0)
            {
            }
        }

        if (digest.ToHex() != tape.RequestsSha256) throw new InvalidOperationException($"the tape gives the requests {digest.ToHex()}, the run it was taken from {tape.RequestsSha256}");
        if (tape.Entries.Count < TapeFrames) throw new InvalidOperationException($"the tape has {tape.Entries.Count} frames, wanted {TapeFrames}");
        _tape = [.. tape.Entries.Take(TapeFrames)];
        _decoder = new BybitDecoder(engine.Instruments);
    }

    /// <summary>Fresh engines: a tape fits an engine's state only once. Both benchmarks are set up alike, so that both are timed over single calls.</summary>
    [IterationSetup]
    public void BuildEngines()
    {
        for (int i = 0; i < _engines.Length; i++) _engines[i] = Tape.NewEngine();
    }

    /// <summary>The frames of the tape through the decoder only.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = FramesPerInvoke)]
    public long DecodeOnly()
    {
        long sum = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            foreach (ref readonly Tape.Entry entry in _tape.AsSpan()) sum += (long)Decode(in entry);
        }

        return sum;
    }

    /// <summary>The frames of the tape through the engine, and its requests out of it.</summary>
    [Benchmark(OperationsPerInvoke = FramesPerInvoke)]
    public long HotPath()
    {
        long sum = 0;
        foreach (Engine engine in _engines)
        {
            foreach (ref readonly Tape.Entry entry in _tape.AsSpan())
            {
                Tape.Hand(engine, in entry);
                for (int bytes = Tape.Take(engine, digest: null); bytes >= 0; bytes = Tape.Take(engine, digest: null)) sum += bytes;
            }
        }

        return sum;
    }

    private DecodeStatus Decode(in Tape.Entry entry) => entry.Kind switch
    {
        InboundKind.PublicFrame => _decoder.DecodePublic(entry.Payload),
        InboundKind.PrivateFrame => _decoder.DecodePrivate(entry.Payload),
        InboundKind.TradeFrame => _decoder.DecodeTrade(entry.Payload),
        _ => DecodeStatus.Unset,
    };
}
