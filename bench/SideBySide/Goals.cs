namespace LatencyEngine.SideBySide;

/// <summary>What each ratio has to be, and what is aimed at; a ratio that is not here is shown for information.</summary>
internal static class Goals
{
    /// <summary>By the ratio's name.</summary>
    public static IReadOnlyDictionary<string, Goal> ByName { get; } = new Dictionary<string, Goal>
    {
        ["decode.delta.simdjson"] = AtLeast(2.2, 3),
        ["decode.snapshot.simdjson"] = AtLeast(1.8, 2.5),
        ["decode.trade.simdjson"] = AtLeast(2.2, 3),
        ["decode.delta.systemTextJson"] = AtLeast(18, 30),
        ["decode.delta.utf8JsonReader"] = AtLeast(6, 10),
        ["decode.delta.node"] = AtLeast(22, 35),
        ["path.meanVsSimdjsonDecode"] = AtMost(0.6, 0.45),
        ["ring.claim1.lmax"] = AtLeast(4, 10),
        ["ring.batch16.lmax"] = AtLeast(1.2, 1.8),
        ["ring.hopP50.lmax"] = AtLeast(1.25, 1.65),
        ["ring.claim1.channel"] = AtLeast(15, 30),
        ["ring.claim1.blockingCollection"] = AtLeast(80, 180),
        ["encode.utf8JsonWriter"] = AtLeast(10, 20),
        ["encode.interpolation"] = AtLeast(7, 14),
        ["start.p999OverSteady"] = AtMost(1.5, 1.1),
        ["socket.plain.overFloor"] = AtMost(1.15, 1.03),
        ["socket.plain.clientWebSocket"] = AtLeast(1.67, 2.4),
        ["socket.tls.clientWebSocket"] = AtLeast(1.1, 1.5),
    };

    private static Goal AtLeast(double must, double wanted) => new(must, wanted, MoreIsBetter: true);

    private static Goal AtMost(double must, double wanted) => new(must, wanted, MoreIsBetter: false);
}
