namespace LatencyEngine.Host;

/// <summary>One environment name that the engine knows beside <c>LATENCY_ENGINE_*</c>, and what this run makes of it.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Shown">Its value; for a secret only "set (hidden)"; "not set" where it is absent or empty.</param>
/// <param name="Use">What the value does in this version, in one phrase.</param>
public sealed record EnvironmentName(string Name, string Shown, string Use);
