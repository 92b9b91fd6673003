using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>The head of a look-up: the venue is asked for executions since a time, and for the orders whose names follow. Written to the outbound ring as its raw bytes.</summary>
/// <param name="SinceMillis">Executions at or after this venue time, ms since 1970.</param>
/// <param name="PrivateGeneration">Generation of the private connection that the request is about; an answer for an older one is void.</param>
/// <param name="AskedNanos">Logic time of the asking, ns since 1970: what the venue did not know then may have arrived since.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LookUpRequest(long SinceMillis, long PrivateGeneration, long AskedNanos);
