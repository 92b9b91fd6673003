using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>A figure that the engine built from executions and the venue states otherwise. The kill switch latches with it. Written to the outbound ring as its raw bytes.</summary>
/// <param name="Subject">Which figure.</param>
/// <param name="Instrument">The instrument; for the wallet the index is 0 and means nothing.</param>
/// <param name="Ours">The engine's value, in the unit of the subject.</param>
/// <param name="Venues">The venue's value, in the same unit.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DisagreementFact(DisagreementSubject Subject, InstrumentId Instrument, long Ours, long Venues);
