using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>What the engine made of one <see cref="Bias"/>. Written to the outbound ring as its raw bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct BiasFact
{
    /// <summary>The instrument.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>Taken, or why not. What is refused leaves the instrument without a bias.</summary>
    public required BiasOutcome Outcome { get; init; }

    /// <summary><see cref="Bias.Id"/>.</summary>
    public required long Id { get; init; }

    /// <summary>The score as it came, in 1e-8.</summary>
    public required long ScoreE8 { get; init; }

    /// <summary>When it was made, as it came.</summary>
    public required EpochNanos MadeAt { get; init; }

    /// <summary>The inventory that the quotes lean towards for its sake, after age and bound, rounded to lots towards zero; signed.</summary>
    public required QtyLots TargetQty { get; init; }

    /// <summary>The shift of the quotes for its sake, after age and bound, in 1e-9 ticks.</summary>
    public required long ShiftNanoTicks { get; init; }
}
