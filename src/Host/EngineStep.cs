using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Ring;

namespace LatencyEngine.Host;

/// <summary>The hot path as the reader of the inbound ring: takes every frame that waits, and watches what that allocates.</summary>
/// <remarks>Thread: the engine's, whichever that is in the placement. The counts are for others once that thread rests.</remarks>
public sealed class EngineStep
{
    private const int Consumer = 0;

    // Few enough that a collection hides little, and that an engine which always finds another frame is watched too; many enough that the question costs a frame nothing.
    private const int FramesWatchedTogether = 64;

    private readonly FrameRing _inbound;
    private readonly FrameHandler _onFrame;
    private readonly Heartbeat? _heartbeat;

    /// <summary>Takes over the inbound ring's consumer 0.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="onFrame">Stands in for the hot path's own entry; null outside tests.</param>
    /// <param name="heartbeat">Gets a sign of life with the frames that are taken; null for none.</param>
    public EngineStep(Engine engine, FrameHandler? onFrame = null, Heartbeat? heartbeat = null)
    {
        _inbound = engine.Inbound;
        _onFrame = onFrame ?? engine.HotPath.OnFrame;
        _heartbeat = heartbeat;
    }

    /// <summary>Market frames taken.</summary>
    public long MarketFrames { get; private set; }

    /// <summary>Bytes that the hot path has allocated since the first frame. Those of up to 64 frames are left out where a collection came between them.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Takes all frames that wait; false when there was none.</summary>
    public bool Run()
    {
        if (!_inbound.TryPeek(Consumer, out FrameView frame)) return false;
        bool waits;
        do
        {
            int collectionsBefore = GC.CollectionCount(0);
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            int left = FramesWatchedTogether;
            do
            {
                if (frame.Kind == (byte)InboundKind.PublicFrame) MarketFrames++;
                _onFrame(in frame);
                _inbound.Advance(Consumer);
                waits = _inbound.TryPeek(Consumer, out frame);
            }
            while (waits && --left > 0);
            _heartbeat?.Beat(StageClock.NowNanos());

            // A collection that another thread causes in the meantime retires this thread's allocation buffer, and the runtime counts its unused rest as allocated.
            long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            if (allocated != 0 && GC.CollectionCount(0) == collectionsBefore) AllocatedBytes += allocated;
        }
        while (waits);

        return true;
    }
}
