using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>The head of a look-up's end. Written to the inbound ring as its raw bytes.</summary>
/// <param name="AnsweredMillis">Venue time of the newest answer, ms since 1970: messages of the streams up to here may be older than the rows.</param>
/// <param name="PrivateGeneration">As in the <see cref="LookUpRequest"/>.</param>
/// <param name="AskedNanos">As in the <see cref="LookUpRequest"/>.</param>
/// <param name="RowFrames">Frames of rows that belong to it. Others came before: the look-up is void.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LookUpEnd(long AnsweredMillis, long PrivateGeneration, long AskedNanos, long RowFrames);
