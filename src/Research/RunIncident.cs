namespace LatencyEngine.Research;

/// <summary>Something that ends or maims a run and that a person is told at once: a liquidation, a thrown kill switch, a live market that is lost.</summary>
/// <param name="Utc">Logic time.</param>
/// <param name="What">What happened and why, without its time.</param>
public sealed record RunIncident(DateTime Utc, string What)
{
    /// <summary>Time and what, as one line.</summary>
    public override string ToString() => Figures.OneLine(FormattableString.Invariant($"{Utc:HH:mm:ss}Z {What}"));
}
