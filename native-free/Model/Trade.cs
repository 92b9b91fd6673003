namespace LatencyEngine.Model;

/// <summary>One public trade (Bybit V5, 6.4).</summary>
/// <param name="Price">Trade price.</param>
/// <param name="Qty">Traded quantity.</param>
/// <param name="TakerSide">Side of the taker.</param>
/// <param name="MatchMillis"><c>T</c>: match time, ms since 1970.</param>
/// <param name="Sequence"><c>seq</c>: cross sequence, shared by all trades of one taker order.</param>
/// <param name="IdOffset">Where the trade id starts in the frame; its length follows. Linear ids are UUIDs, other lengths occur.</param>
/// <param name="IdLength">Bytes of the trade id.</param>
/// <param name="IsBlockTrade"><c>BT</c>: not from the book, it never fills a resting order.</param>
/// <param name="IsRpi"><c>RPI</c>: met a retail price improvement order.</param>
public readonly record struct Trade(
    PriceTicks Price,
    QtyLots Qty,
    Side TakerSide,
    long MatchMillis,
    long Sequence,
    int IdOffset,
    int IdLength,
    bool IsBlockTrade,
    bool IsRpi);
