using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>The engine on the io thread: called right after a burst is published.</summary>
/// <param name="step">Its reader of the inbound ring.</param>
public sealed class InlineEngine(EngineStep step) : IEngineSide
{
    /// <inheritdoc />
    public void OnPublished() => step.Run();
}
