using System.Text.Json.Nodes;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed class FairValuePartTests
{
    [Theory]
    [InlineData("mid", 0, "mid")]
    [InlineData("mid", 0.1, "mid,orderFlow")]
    [InlineData("weightedMid", 0, "mid,weightedMid")]
    [InlineData("microprice", 0.1, "mid,microprice,orderFlow")]
    [InlineData("imbalance", 0, "mid,imbalance")]
    public void The_parts_that_are_quoted_by_weigh_1_and_the_others_0(string fairValue, double orderFlowAlpha, string inUse)
    {
        InstrumentLane lane = Lane(fairValue, orderFlowAlpha);
        Assert.Empty(FairValuePart.Of(lane));

        lane.Parts.Mid.Add(600_000, seconds: 1);
        lane.Parts.WeightedMid.Add(-2, seconds: 1);
        lane.Parts.Microprice.Add(3, seconds: 1);
        lane.Parts.Imbalance.Add(-4, seconds: 1);
        lane.Parts.OrderFlow.Add(5, seconds: 1);

        IReadOnlyList<FairValuePart> parts = FairValuePart.Of(lane);
        Assert.Equal([("mid", 600_000.0), ("weightedMid", -2), ("microprice", 3), ("imbalance", -4), ("orderFlow", 5)], parts.Select(part => (part.Name, part.MeanTicks)));
        Assert.All(parts, part => Assert.Equal(Math.Abs(part.MeanTicks), part.MeanAbsoluteTicks));
        Assert.All(parts, part => Assert.InRange(part.Weight, 0, 1));
        Assert.Equal(inUse.Split(','), parts.Where(part => part.Weight == 1).Select(part => part.Name));
    }

    private static InstrumentLane Lane(string fairValue, double orderFlowAlpha)
    {
        using var profile = new Profile(document =>
        {
            document["symbols"] = new JsonArray("BTCUSDT");
            document["quoting"]!["fairValue"] = fairValue;
            document["instruments"]!["BTCUSDT"]!["micropriceTicks"] = "-1,1";
            document["instruments"]!["BTCUSDT"]!["orderFlowAlphaTicksPerSecondPerLot"] = orderFlowAlpha;
        });
        EngineConfiguration configuration = profile.Load();
        InstrumentTable instruments = InstrumentCatalog.Load(ReferenceFiles.Sample("instruments-linear-20260809.json")).Select(configuration.Symbols);
        return EngineBuilder.Build(configuration, instruments, [default], RiskLimitCatalog.Load(ReferenceFiles.Sample("risk-limits-202608.json"))).Lanes[0];
    }
}
