using LatencyEngine.Model;

namespace LatencyEngine.Budgets;

/// <summary>One frame of the inbound ring but for its payload.</summary>
internal readonly record struct PathEntry(InboundKind Kind, byte Flags, ushort Generation, long LogicTimeNanos);
