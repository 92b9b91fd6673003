using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed class RunResultJsonTests
{
    [Fact]
    public void The_document_has_exactly_the_published_names()
    {
        using JsonDocument document = Serialized(ExampleRun.Make(samples: 10).Result);

        Assert.Equal(
            [
                "verb", "market", "data", "dataLabel", "symbols", "leverage", "quotingModel", "levelsPerSide", "seed", "feeTier", "makerFeeRate", "takerFeeRate", "queueModel", "latencyModel", "markPriceSource", "placement", "speed",
                "firstUtc", "lastUtc", "recordingSeconds", "wallSeconds", "interrupted", "framesDecoded", "framesForOtherSymbols", "framesRejected", "guardActions", "lossLimits", "pausedUntil", "biasUpdates", "biasesRefused", "biasMin", "biasMax", "trades", "directionalRefused", "slowThreadMissed", "metaLabel", "ordersSent", "createsSent", "amendsSent", "cancelsSent",
                "quoteTables", "quoteTablesRefused", "quotesHeld", "heldSeconds", "ordersAcknowledged", "ordersRejected", "ordersUnanswered", "ordersPostOnlyRefused", "gateRefusals", "killedBy", "incidents", "fills", "messagesPerFill", "makerFills", "crossedWithoutFill", "turnover", "realisedPnl", "unrealisedPnl", "fees", "funding", "feesAtVip0", "netPnl",
                "netPnlAtVip0", "finalPositionQty", "maxAbsPositionQty", "startEquity", "endEquity", "maxDrawdown", "liquidations", "hotPathAllocatedBytes",
                "whileTrading", "gcCollections", "reconnects", "ioAllocatedBytesPerMessage", "outboundSha256", "latency", "instruments", "invariantBreaks", "reportPath", "reportFault",
            ],
            document.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData("decode")]
    [InlineData("decide")]
    [InlineData("tickToOrder")]
    public void Every_stage_has_its_percentiles(string stage)
    {
        using JsonDocument document = Serialized(ExampleRun.Make(samples: 10).Result);

        JsonElement latency = document.RootElement.GetProperty("latency").GetProperty(stage);

        Assert.Equal(["count", "p50", "p90", "p99", "p999", "max"], latency.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void Names_that_are_data_keep_their_case()
    {
        using JsonDocument document = Serialized(ExampleRun.Make(samples: 10).Result);

        Assert.Equal("tickers", document.RootElement.GetProperty("markPriceSource").GetProperty("BTCUSDT").GetString());
        Assert.Equal(31, document.RootElement.GetProperty("gateRefusals").GetProperty("PositionLimit").GetInt64());
    }

    [Fact]
    public void Money_is_exact_and_without_an_exponent()
    {
        string json = RunResultJson.Serialize(ExampleRun.Make(samples: 10).Result with { NetPnl = -0.00000001m, Turnover = 79_228_162_514_264.33759354m });

        Assert.Contains("\"netPnl\": -0.00000001,", json, StringComparison.Ordinal);
        Assert.Contains("\"turnover\": 79228162514264.33759354,", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Moments_say_that_they_are_utc()
    {
        using JsonDocument document = Serialized(ExampleRun.Make(samples: 10).Result);

        Assert.Equal("2026-08-09T21:26:59Z", document.RootElement.GetProperty("firstUtc").GetString());
    }

    [Fact]
    public void Every_name_is_in_the_reference()
    {
        string reference = File.ReadAllText(ReferenceFiles.InRepository("docs/reference/json-output.md"));
        using JsonDocument document = Serialized(ExampleRun.Make(samples: 10).Result);

        Assert.All(document.RootElement.EnumerateObject(), property => Assert.Contains($"`{property.Name}`", reference, StringComparison.Ordinal));
        Assert.All(["decode", "decide", "tickToOrder", "send", "tickToTrade", "roundTrip"], stage => Assert.Contains($"`{stage}`", reference, StringComparison.Ordinal));
    }

    private static JsonDocument Serialized(RunResult result) => JsonDocument.Parse(RunResultJson.Serialize(result));
}
