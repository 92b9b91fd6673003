namespace LatencyEngine.Research;

/// <summary>In lockstep the engine does not answer any more. The message is one sentence.</summary>
/// <param name="message">The sentence.</param>
internal sealed class EngineLostException(string message) : Exception(message);
