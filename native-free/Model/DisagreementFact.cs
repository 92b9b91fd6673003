using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>Something that the engine holds in one way and the venue states in another, and what was done about it. Written to the outbound ring as its raw bytes.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Instrument">The instrument; for the wallet the index is 0 and means nothing.</param>
/// <param name="Ours">The engine's value, in the unit of the subject.</param>
/// <param name="Venues">The venue's value, in the unit of the subject.</param>
/// <param name="Action">What was done.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DisagreementFact(DisagreementSubject Subject, InstrumentId Instrument, long Ours, long Venues, DisagreementAction Action)
{
    /// <summary>The order of an <see cref="DisagreementSubject.Orphan"/>; without meaning for another subject.</summary>
    public ClientOrderId Orphan => new((uint)(Ours >> 32), (uint)Ours);
}
