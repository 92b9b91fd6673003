using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>What a slow thread thinks of an instrument's market: above all an inventory to lean towards, and a shift of the reservation price. Written to the inbound ring as its raw bytes.</summary>
/// <remarks>How much of it the quotes take, and for how long, is bounded by the engine's own settings (docs/models.md, 2.5). Range: see the members; what is outside is refused and counts as no bias.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Bias
{
    /// <summary>A full score, in the unit of <see cref="ScoreE8"/>.</summary>
    public const int FullScoreE8 = 100_000_000;

    /// <summary><see cref="DoubtE8"/> of a maker that does not say how sure it is.</summary>
    public const int NoDoubtTold = -1;

    /// <summary>The instrument.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>The view in 1e-8: -1 (down) to 1 (up).</summary>
    public required int ScoreE8 { get; init; }

    /// <summary>Wanted shift of both quotes in 1e-9 ticks, above zero upwards; the engine takes no more of it than its bound.</summary>
    public required long ShiftNanoTicks { get; init; }

    /// <summary>Logic time of what it was made from; its age counts from here.</summary>
    public required EpochNanos MadeAt { get; init; }

    /// <summary>The maker's own number, by which a record of it is found again.</summary>
    public required long Id { get; init; }

    /// <summary>How unsure its maker is in 1e-8: 1 less its confidence; <see cref="NoDoubtTold"/> where it does not say.</summary>
    public long DoubtE8 { get; init; }

    /// <summary>The one place where the float of a model becomes a score: clamp(score, -1, 1), rounded half-even to 1e-8.</summary>
    /// <param name="score">Any float.</param>
    /// <param name="scoreE8">The score; 0 on failure.</param>
    /// <returns>False for NaN.</returns>
    public static bool TryScore(double score, out int scoreE8)
    {
        scoreE8 = double.IsNaN(score) ? 0 : (int)Math.Round(Math.Clamp(score, -1, 1) * FullScoreE8);
        return !double.IsNaN(score);
    }
}
