namespace LatencyEngine.Simulator;

/// <summary>A refusal by the gateway (Bybit V5, 18).</summary>
internal sealed record Refusal(int Code, string Text);
