namespace LatencyEngine.Simulator;

/// <summary>A refusal by the gateway (Bybit V5, 18).</summary>
internal sealed record Refusal(int Code, string Text)
{
    /// <summary>A limit of requests is used up (Bybit V5, 17.1).</summary>
    public static Refusal TooManyRequests { get; } = new(10006, "Too many visits. Exceeded the API Rate Limit.");

    /// <summary>The position that is meant is not one of the account's position mode (Bybit V5, 14.5).</summary>
    public static Refusal WrongPositionIdx { get; } = new(10001, "position idx not match position mode");

    /// <summary>It is only an answer: what was asked for is done (<see cref="Fault.IsCarriedOut"/>).</summary>
    public bool IsCarriedOut { get; init; }

    /// <summary>What set-margin-mode lists under <c>reasons</c> (Bybit V5, 12.3); empty for everything else.</summary>
    public IReadOnlyList<Refusal> Reasons { get; init; } = [];
}
