namespace LatencyEngine.Host;

/// <summary>What a recording of a market has come to.</summary>
/// <param name="Frames">Frames written.</param>
/// <param name="Bytes">Bytes written, before compression.</param>
/// <param name="Files">Files begun.</param>
/// <param name="Reconnects">Times that the connection was lost and came back: between, something is missing.</param>
/// <param name="FramesLeftOut">Frames that no recording can hold, since they had a raw newline.</param>
/// <param name="IsConnected">Whether the market is heard now.</param>
/// <param name="LastFault">Why it was not, the last time; null when there was no fault.</param>
public sealed record MarketRecording(long Frames, long Bytes, int Files, int Reconnects, long FramesLeftOut, bool IsConnected, string? LastFault);
