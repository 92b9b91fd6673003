namespace LatencyEngine.Simulator;

/// <summary>One row of an <c>execution</c> message.</summary>
internal sealed record ExecutionRow(
    VenueOrder Order,
    string ExecId,
    string ExecType,
    string OrderType,
    decimal Price,
    decimal Qty,
    decimal OrderPrice,
    decimal OrderQty,
    decimal LeavesQty,
    decimal Fee,
    decimal FeeRate,
    decimal ClosedQty,
    decimal Realised,
    bool IsMaker);
