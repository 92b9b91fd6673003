using LatencyEngine.Model;
using LatencyEngine.Research;
using LatencyEngine.Transport;

namespace LatencyEngine.Cli.Tests;

/// <summary>Reports of a run, made up.</summary>
internal static class Progresses
{
    public static RunProgress Example { get; } = new()
    {
        Fraction = 0.25,
        LogicUtc = new DateTime(2024, 8, 8, 23, 55, 0, DateTimeKind.Utc),
        Symbol = "BTCUSDT",
        Mid = 61_800.25m,
        OwnBid = 61_795.1m,
        OwnAsk = 61_805.4m,
        PositionQty = 0.010m,
        Equity = 10_000m,
        MarginRatio = 0.0123m,
        Orders = 4,
        OpenOrders = 3,
        Fills = 2,
        State = QuotingState.Active,
        Connections =
        [
            new ConnectionProgress(VenueChannel.Public, new ConnectionStatus(ConnectionPhase.Ready, TimesReady: 3, LastFault: null, Refused: false)),
            new ConnectionProgress(VenueChannel.Private, new ConnectionStatus(ConnectionPhase.Waiting, TimesReady: 1, LastFault: "cut", Refused: false)),
            new ConnectionProgress(VenueChannel.Trade, new ConnectionStatus(ConnectionPhase.Ready, TimesReady: 1, LastFault: null, Refused: false)),
        ],
        Stages = [new StageProgress("decode", 10, 1_500, 2_500), new StageProgress("tickToOrder", 10, 31_000, 62_000), new StageProgress("roundTrip", 0, 0, 0)],
        Events = 1_234,
        Placement = "inline (engine on the io thread, not pinned), waits by block, 2 cores",
    };
}
