namespace LatencyEngine.Bybit;

/// <summary>The answer of <c>market/kline</c> as it is written (Bybit V5, 13): rows of start, open, high, low, close, volume and turnover, newest first.</summary>
internal sealed record RestCandlePage
{
    /// <summary>The rows; null where the answer has none, which is no answer.</summary>
    public IReadOnlyList<decimal[]>? List { get; init; }
}
