using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Ring;

namespace LatencyEngine.Host;

/// <summary>An engine on a market that is repeated round after round, its messages with the times of the present, with a <see cref="TakingVenue"/>: a run of any length with orders that work. Once made, nothing here allocates.</summary>
/// <remarks>Thread: one at a time. Of the hot path alone, since bench/Budgets compiles this file too.</remarks>
internal sealed class SteadyRun
{
    // An engine that trades sends a request at least so often: in each part of the run, since one that has ceased to trade shows nothing from there on.
    private const long FramesARequestMax = 100;
    private const int Parts = 100;

    private const int Consumer = 0;
    private const ushort Generation = 1;
    private const uint Session = 7;
    private const long SpacingNanos = 10_000_000;
    private const int TickEvery = 10;
    private const int CancelAskedEvery = 1 << 20;
    private const int TimeDigits = 13;   // ms since 1970, from 2001 to 2286

    private readonly FrameRing _inbound;
    private readonly FrameRing _outbound;
    private readonly HotPath _hotPath;
    private readonly byte[][] _market;
    private readonly int[][] _timesAt;
    private readonly byte[] _request = new byte[1 << 12];
    private readonly TakingVenue _venue;
    private long _nowNanos;
    private long _played;

    /// <summary>Connects the engine to its venue.</summary>
    /// <param name="inbound">The engine's ring for what comes in.</param>
    /// <param name="outbound">Its ring for what goes out.</param>
    /// <param name="hotPath">The engine between them.</param>
    /// <param name="market">Public frames of one round, a snapshot of every book first.</param>
    /// <param name="startNanos">Logic time of the first, ns since 1970.</param>
    /// <param name="begin">Posts the events that every run begins with.</param>
    public SteadyRun(FrameRing inbound, FrameRing outbound, HotPath hotPath, byte[][] market, long startNanos, Action<uint, Action<InboundKind, byte[]>> begin)
    {
        _inbound = inbound;
        _outbound = outbound;
        _hotPath = hotPath;
        _market = [.. market.Select(static frame => frame.ToArray())];
        _timesAt = [.. _market.Select(TimesOf)];
        _nowNanos = startNanos;
        _venue = new TakingVenue((kind, frame) => Hand(kind, frame, endsBurst: false));
        begin(Session, (kind, payload) => Hand(kind, payload, endsBurst: true));
        foreach (VenueChannel channel in (VenueChannel[])[VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade])
        {
            Hand(InboundKind.Connection, [(byte)channel, (byte)ConnectionState.Opened], endsBurst: true);
            Hand(InboundKind.Connection, [(byte)channel, (byte)ConnectionState.Ready], endsBurst: true);
        }

        Answer();
    }

    /// <summary>Plays a round for what is made at its first use, then so many frames, and counts what they allocate.</summary>
    /// <param name="frames">Market frames.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>What was found, for people.</returns>
    /// <exception cref="InvalidDataException">Something was allocated or collected, or the engine did not trade.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public string ProveNoAllocation(long frames, CancellationToken cancel)
    {
        Play(_market.Length, cancel);
        long requestsBefore = Requests;
        GC.Collect();
        int collectionsBefore = GC.CollectionCount(0);
        long bytesBefore = GC.GetAllocatedBytesForCurrentThread();
        long quietFrames = 0;
        for (int part = 0; part < Parts; part++)
        {
            (long partFrames, long before) = ((frames * (part + 1) / Parts) - (frames * part / Parts), Requests);
            Play(partFrames, cancel);
            if (Requests - before < partFrames / FramesARequestMax) quietFrames += partFrames;
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
        int collections = GC.CollectionCount(0) - collectionsBefore;
        long requests = Requests - requestsBefore;
        string found = string.Create(CultureInfo.InvariantCulture, $"{frames:#,0} market frames, {requests:#,0} requests, {Fills:#,0} fills: {bytes:#,0} bytes allocated, {collections} collections");
        if (bytes != 0 || collections != 0) throw new InvalidDataException(found);
        return quietFrames == 0 && requests >= frames / FramesARequestMax ? found : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{found}: in parts of the run, {quietFrames:#,0} frames together, the engine did not trade, so they show nothing"));
    }

    /// <summary>Requests that the engine has sent.</summary>
    public long Requests => _venue.Requests;

    /// <summary>Orders filled.</summary>
    public long Fills => _venue.Fills;

    /// <summary>Goes on for so many market frames.</summary>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Play(long frames, CancellationToken cancel)
    {
        for (long i = 0; i < frames; i++)
        {
            if (i % CancelAskedEvery == 0) cancel.ThrowIfCancellationRequested();
            _nowNanos += SpacingNanos;
            if (_played % TickEvery == 0) Hand(InboundKind.Tick, default, endsBurst: true);
            Hand(InboundKind.PublicFrame, Present(_played % _market.Length), endsBurst: true);
            _played++;
            Answer();
        }
    }

    /// <summary>Where a message says when it was made (V5, <c>ts</c>) and when its book was (<c>cts</c>).</summary>
    private static int[] TimesOf(byte[] frame)
    {
        var found = new List<int>();
        foreach (byte[] key in (byte[][])[[.. "\"ts\":"u8], [.. "\"cts\":"u8]])
        {
            int at = frame.AsSpan().IndexOf(key) + key.Length;
            if (at >= key.Length && at + TimeDigits < frame.Length && !frame.AsSpan(at, TimeDigits).ContainsAnyExceptInRange((byte)'0', (byte)'9')) found.Add(at);
        }

        return [.. found];
    }

    private ReadOnlySpan<byte> Present(long number)
    {
        byte[] frame = _market[number];
        foreach (int at in _timesAt[number]) Utf8Formatter.TryFormat(_nowNanos / EpochNanos.PerMillisecond, frame.AsSpan(at, TimeDigits), out _);
        return frame;
    }

    /// <summary>Takes all that the engine has sent and hands it the answers, which may cause more.</summary>
    private void Answer()
    {
        while (_outbound.TryPeek(Consumer, out FrameView frame))
        {
            var kind = (OutboundKind)frame.Kind;
            int length = frame.Payload.Length;
            if (kind is OutboundKind.Request or OutboundKind.LookUpRequest) frame.Payload.CopyTo(_request);
            _outbound.Release(Consumer);
            if (kind == OutboundKind.Request) _venue.Answer(_request.AsSpan(0, length), _nowNanos / EpochNanos.PerMillisecond);
            if (kind == OutboundKind.LookUpRequest) EndLookUp();
        }
    }

    /// <summary>The venue holds nothing that it was asked for.</summary>
    private void EndLookUp()
    {
        LookUpRequest asked = MemoryMarshal.Read<LookUpRequest>(_request);
        var end = new LookUpEnd(_nowNanos / EpochNanos.PerMillisecond, asked.PrivateGeneration, asked.AskedNanos, RowFrames: 0);
        Hand(InboundKind.LookUpEnd, MemoryMarshal.AsBytes(new ReadOnlySpan<LookUpEnd>(in end)), endsBurst: true);
    }

    private void Hand(InboundKind kind, ReadOnlySpan<byte> payload, bool endsBurst)
    {
        _inbound.TryClaim(payload.Length, out Span<byte> slot);
        payload.CopyTo(slot);
        _inbound.Publish(payload.Length, (byte)kind, endsBurst ? FrameRing.EndOfBurst : (byte)0, Generation, StageClock.NowNanos(), _nowNanos, causeSequence: -1);
        _inbound.TryPeek(Consumer, out FrameView frame);
        _hotPath.OnFrame(in frame);
        _inbound.Release(Consumer);
    }
}
