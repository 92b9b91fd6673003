namespace LatencyEngine.Platform;

/// <summary>One check: what was found, what it means, and what to do about it.</summary>
/// <param name="Name">Short and stable, for example <c>clock-source</c>.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Found">What is there, in one line.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Mend">The exact remedy where the verdict is not <see cref="Verdict.Ok"/>.</param>
public sealed record HealthCheck(string Name, Verdict Verdict, string Found, string Why, string Mend)
{
    /// <summary>The part of the remedy that is undone by writing back what stood there.</summary>
    public IReadOnlyList<HostSetting> Settings { get; init; } = [];
}
