using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Quoting;

namespace LatencyEngine.Host;

/// <summary>What the mid did after the fills of one side of an instrument.</summary>
/// <param name="Side">Buy for fills of bids, Sell for fills of asks.</param>
/// <param name="AfterSeconds">Time after the fill.</param>
/// <param name="Qty">Quantity of the fills that were followed so far, in base coin.</param>
/// <param name="MeanTicks">Their mean by quantity, in ticks; above zero the mid moved in favour of the engine.</param>
public sealed record MarkOutResult(string Side, double AfterSeconds, decimal Qty, double MeanTicks)
{
    /// <summary>Those of an instrument at rest; without any fill none.</summary>
    public static IReadOnlyList<MarkOutResult> Of(InstrumentLane lane) =>
    [
        .. from side in (Side[])[Model.Side.Buy, Model.Side.Sell]
           from horizon in Enumerable.Range(0, MarkOuts.HorizonsNanos.Length)
           let lots = lane.MarkOuts.TotalLots(side, horizon)
           where lots > 0
           select new MarkOutResult(side.ToString(), MarkOuts.HorizonsNanos[horizon] / 1e9, Exact.Qty(lane.Spec, new QtyLots(lots)), Math.Round(lane.MarkOuts.TotalMeanTicks(side, horizon), 3)),
    ];
}
