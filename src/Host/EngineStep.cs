using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Host;

/// <summary>The hot path as the reader of the inbound ring: takes every frame that waits, and watches what that allocates.</summary>
/// <remarks>Thread: the engine's, whichever that is in the placement. The counts are for others once that thread rests.</remarks>
public sealed class EngineStep
{
    /// <summary>Market frames before allocation and latency are measured, while methods are compiled and tables are touched for the first time.</summary>
    public const int WarmupFrames = 500;

    private const int Consumer = 0;

    private readonly Engine _engine;
    private readonly FrameHandler _onFrame;

    /// <summary>Takes over the inbound ring's consumer 0.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="onFrame">Stands in for the hot path's own entry; null outside tests.</param>
    public EngineStep(Engine engine, FrameHandler? onFrame = null)
    {
        _engine = engine;
        _onFrame = onFrame ?? engine.HotPath.OnFrame;
    }

    /// <summary>Market frames taken.</summary>
    public long MarketFrames { get; private set; }

    /// <summary>Bytes that the hot path allocated after the warm-up.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Takes all frames that wait; false when there was none.</summary>
    public bool Run()
    {
        bool worked = false;
        FrameRing inbound = _engine.Inbound;
        while (inbound.TryPeek(Consumer, out FrameView frame))
        {
            if (frame.Kind == (byte)InboundKind.PublicFrame && ++MarketFrames == WarmupFrames) _engine.Meters.ForgetLatencies();
            int collectionsBefore = GC.CollectionCount(0);
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            _onFrame(in frame);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;

            // A collection that another thread causes in the middle of a frame retires this thread's allocation buffer, and the runtime counts its unused rest as allocated.
            if (allocated != 0 && MarketFrames > WarmupFrames && GC.CollectionCount(0) == collectionsBefore) AllocatedBytes += allocated;
            inbound.Advance(Consumer);
            worked = true;
        }

        return worked;
    }
}
