namespace LatencyEngine.Simulator;

/// <summary>A refusal by the gateway (Bybit V5, 18).</summary>
internal sealed record Refusal(int Code, string Text)
{
    /// <summary>What set-margin-mode lists under <c>reasons</c> (Bybit V5, 12.3); empty for everything else.</summary>
    public IReadOnlyList<Refusal> Reasons { get; init; } = [];
}
