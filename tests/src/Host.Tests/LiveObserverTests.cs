using System.Text;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed class LiveObserverTests
{
    private const long Minute = 60_000_000_000;

    private const string OrderOfAnUnknownStatus = """{"topic":"order","creationTime":1700000000000,"data":[{"category":"linear","symbol":"BTCUSDT","orderId":"a","orderLinkId":"b","side":"Buy","orderStatus":"Dreaming","cancelType":"UNKNOWN","rejectReason":"EC_NoError","timeInForce":"GTC","orderType":"Limit","price":"60000","avgPrice":"","qty":"0.01","leavesQty":"0.01","cumExecQty":"0","updatedTime":"1700000000000"}]}""";

    private readonly Engine _engine = Build();
    private readonly EngineStep _step;
    private readonly List<string> _said = [];
    private readonly LiveObserver _observer;

    public LiveObserverTests()
    {
        _step = new EngineStep(_engine);
        _observer = new LiveObserver(_engine, _said.Add);
    }

    [Fact]
    public void What_the_venue_sends_and_the_engine_does_not_understand_is_told_when_it_happens_and_at_most_once_a_minute()
    {
        foreach (VenueChannel channel in EngineThreads.Channels)
        {
            foreach (ConnectionState state in (ConnectionState[])[ConnectionState.Opened, ConnectionState.Ready]) Take(InboundKind.Connection, $"{(char)channel}{(char)state}");
        }

        Take(InboundKind.Tick, "");
        _observer.TellOfStrangeData(0);
        Assert.Empty(_said);

        Take(InboundKind.PrivateFrame, OrderOfAnUnknownStatus);
        Take(InboundKind.Tick, "");
        _observer.TellOfStrangeData(1);
        Assert.EndsWith("0 messages dropped, 0 look-ups void, 1 unknown values of an enumeration; the journal (--journal) holds them", Assert.Single(_said), StringComparison.Ordinal);

        Take(InboundKind.PublicFrame, "{\"topic\":");
        _observer.TellOfStrangeData(Minute);
        Assert.Single(_said);
        _observer.TellOfStrangeData(Minute + 1);
        Assert.Contains(" 1 messages dropped, 0 look-ups void, 1 unknown values", _said[^1], StringComparison.Ordinal);
        _observer.TellOfStrangeData(3 * Minute);
        Assert.Equal(2, _said.Count);
    }

    [Fact]
    public void A_refusal_is_told_in_the_venues_words_the_first_time_and_counted_each_time()
    {
        Refused(OrderAction.Place, 110007, "ab not enough for new order");
        Refused(OrderAction.Place, 110007, "ab not enough for new order");
        Refused(OrderAction.Amend, 110003, "price is\r\ninvalid");
        Refused(OrderAction.Cancel, 110001, "order not exists or too late to cancel");
        _observer.Drain();

        Assert.Equal(
            ["Z refused by the venue: create 110007: ab not enough for new order (1 of these so far)", "Z refused by the venue: amend 110003: price is invalid (1 of these so far)"],
            _said.Select(line => line[line.IndexOf('Z', StringComparison.Ordinal)..]));
        Assert.Equal(_said, _observer.Incidents);
        Assert.Equal([new("amend 110003", 1), new("cancel 110001", 1), new("create 110007", 2)], _observer.Refusals);
    }

    private void Refused(OrderAction action, int code, string text)
    {
        var fact = new RefusalFact(code, action, Encoding.UTF8.GetBytes(text));
        Assert.True(_engine.Outbound.TryClaim(fact.LengthBytes, out Span<byte> slot));
        fact.Write(slot);
        _engine.Outbound.Publish(fact.LengthBytes, (byte)OutboundKind.RefusalFact, flags: 0, generation: 0, receivedAtNanos: 1, logicTimeNanos: 1, causeSequence: -1);
    }

    private void Take(InboundKind kind, string payload)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(payload);
        Assert.True(_engine.Inbound.TryClaim(bytes.Length, out Span<byte> slot));
        bytes.CopyTo(slot);
        _engine.Inbound.Publish(bytes.Length, (byte)kind, FrameRing.EndOfBurst, generation: 0, receivedAtNanos: 1, logicTimeNanos: 1, causeSequence: -1);
        _step.Run();
    }

    private static Engine Build()
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, []);
        InstrumentTable instruments = InstrumentCatalog.Load(ReferenceFiles.Sample("instruments-linear-20260809.json")).Select(configuration.Symbols);
        AccountFees[] fees = [.. configuration.Symbols.Select(_ => new AccountFees(0.0002m, 0.00055m))];
        return EngineBuilder.Build(configuration, instruments, fees, RiskLimitCatalog.Load(ReferenceFiles.Sample("risk-limits-202608.json")), outboundConsumers: 1 + LiveObserver.Consumer);
    }
}
