using LatencyEngine.Ring;

namespace LatencyEngine.Host;

/// <summary>Takes one frame of the inbound ring, as <see cref="Pipeline.HotPath.OnFrame"/> does.</summary>
/// <param name="frame">Valid only during the call.</param>
public delegate void FrameHandler(in FrameView frame);
