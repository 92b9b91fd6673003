namespace LatencyEngine.Bybit;

/// <summary>The answer of <c>account/info</c> (Bybit V5, 12.2).</summary>
public sealed record RestAccount
{
    /// <summary>As the venue writes it: <c>ISOLATED_MARGIN</c>, <c>REGULAR_MARGIN</c> (cross), <c>PORTFOLIO_MARGIN</c>, or a word of tomorrow.</summary>
    public string MarginMode { get; init => field = value ?? ""; } = "";

    /// <summary>1 classic, 3 and 4 UTA 1.0, 5 and 6 UTA 2.0.</summary>
    public int UnifiedMarginStatus { get; init; }
}
