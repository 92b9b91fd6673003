using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

public sealed class FaultTests
{
    [Fact]
    public void A_fault_is_read_with_every_key_and_times_in_nanoseconds()
    {
        Fault fault = Parse("""{"kind":"late","channel":"private","afterMilliseconds":1,"everyMilliseconds":2,"durationMilliseconds":3,"delayMilliseconds":4}""");
        Assert.Equal(
            new Fault { Kind = FaultKind.Late, Channel = DeliveryChannel.Private, AfterNanos = 1_000_000, EveryNanos = 2_000_000, DurationNanos = 3_000_000, DelayNanos = 4_000_000 },
            fault);
        Assert.Equal(
            new Fault { Kind = FaultKind.Reject, Channel = DeliveryChannel.Trade, Count = 5, Code = 10019, Text = "gone" },
            Parse("""{"kind":"reject","channel":"trade","count":5,"code":10019,"text":"gone"}"""));
        Assert.Equal(
            new Fault { Kind = FaultKind.Reject, Operation = "amend", IsCarriedOut = true },
            Parse("""{"kind":"reject","operation":"amend","carriedOut":true}"""));
        Assert.Equal(
            new Fault { Kind = FaultKind.Outage, Channel = DeliveryChannel.LookUpEnd, DurationNanos = 5_000_000 },
            Parse("""{"kind":"outage","channel":"rest","durationMilliseconds":5}"""));
        Assert.Equal(
            new Fault { Kind = FaultKind.Forbidden, Channel = DeliveryChannel.LookUpEnd, DurationNanos = 5_000_000, Text = "403, access too frequent" },
            Parse("""{"kind":"forbidden","channel":"rest","durationMilliseconds":5,"text":"403, access too frequent"}"""));
        Assert.Equal(new Fault { Kind = FaultKind.Login, Channel = DeliveryChannel.Trade, Count = 2 }, Parse("""{"kind":"login","channel":"trade","count":2}"""));
        Assert.Equal(
            new Fault { Kind = FaultKind.Subscription, Channel = DeliveryChannel.Public, Count = 2, IsCarriedOut = true },
            Parse("""{"kind":"subscription","channel":"public","count":2,"carriedOut":true}"""));
        Assert.Equal(
            new Fault { Kind = FaultKind.Slow, DurationNanos = 3_000_000, DelayNanos = 4_000_000 },
            Parse("""{"kind":"slow","durationMilliseconds":3,"delayMilliseconds":4}"""));
        Assert.Equal(new Fault { Kind = FaultKind.HalfOpen, Channel = DeliveryChannel.Private }, Parse("""{"kind":"halfopen","channel":"private"}"""));
        Assert.Equal(new Fault { Kind = FaultKind.Early, Channel = DeliveryChannel.Public, Count = 2 }, Parse("""{"kind":"early","channel":"public","count":2}"""));
    }

    [Fact]
    public void A_forbidden_without_a_text_has_an_empty_body() => Assert.Equal("", Parse("""{"kind":"forbidden","durationMilliseconds":5}""").Text);

    [Fact]
    public void A_close_and_what_the_venue_does_by_itself_need_nothing_but_their_names()
    {
        Assert.Equal(new Fault { Kind = FaultKind.Close }, Parse("""{"kind":"close"}"""));
        Assert.Equal(new Fault { Kind = FaultKind.Restart }, Parse("""{"kind":"restart"}"""));
        Assert.Equal(new Fault { Kind = FaultKind.Adl }, Parse("""{"kind":"adl"}"""));
        Assert.Equal(new Fault { Kind = FaultKind.Hedge }, Parse("""{"kind":"hedge"}"""));
    }

    [Fact]
    public void What_is_left_out_means_once_at_the_beginning_on_every_channel() =>
        Assert.Equal(new Fault { Kind = FaultKind.Gap }, Parse("""{"kind":"gap"}"""));

    [Theory]
    [InlineData("{}", "a fault needs \"kind\", one of cut, outage, stall, gap, duplicate, late, reject, ban, close, login, forbidden, early, restart, halfopen, slow, subscription, adl, hedge")]
    [InlineData("[]", "a fault must be a JSON object such as {\"kind\":\"cut\"}")]
    [InlineData("{\"kind\":\"flood\"}", "kind must be one of cut, outage, stall, gap, duplicate, late, reject, ban, close, login, forbidden, early, restart, halfopen, slow, subscription, adl, hedge, was \"flood\"")]
    [InlineData("{\"kind\":\"gap\",\"channel\":\"tick\"}", "channel must be one of public, private, trade, rest, was \"tick\"")]
    [InlineData("{\"kind\":\"gap\",\"count\":0}", "count must be a whole number of 1 to 1000000, was 0")]
    [InlineData("{\"kind\":\"gap\",\"afterMs\":1}", "a fault has no \"afterMs\"; it has kind, channel, afterMilliseconds, everyMilliseconds, durationMilliseconds, delayMilliseconds, count, code, text, operation, carriedOut")]
    [InlineData("{\"kind\":\"outage\"}", "outage needs durationMilliseconds above 0")]
    [InlineData("{\"kind\":\"late\",\"durationMilliseconds\":5}", "late needs delayMilliseconds above 0")]
    [InlineData("{\"kind\":\"slow\",\"delayMilliseconds\":5}", "slow needs durationMilliseconds above 0")]
    [InlineData("{\"kind\":\"slow\",\"durationMilliseconds\":5}", "slow needs delayMilliseconds above 0")]
    [InlineData("{\"kind\":\"slow\",\"channel\":\"rest\",\"durationMilliseconds\":5,\"delayMilliseconds\":5}", "slow is of channel trade, was rest; leave channel out")]
    [InlineData("{\"kind\":\"reject\",\"channel\":\"public\"}", "a reject refuses requests, and none come in on the public channel; leave channel out, or make it trade")]
    [InlineData("{\"kind\":\"reject\",\"channel\":\"private\"}", "a reject refuses requests, and none come in on the private channel; leave channel out, or make it trade")]
    [InlineData("{\"kind\":\"ban\",\"channel\":\"public\",\"durationMilliseconds\":5}", "a ban refuses requests, and none come in on the public channel; leave channel out, or make it trade")]
    [InlineData("{\"kind\":\"cut\",\"durationMilliseconds\":5}", "durationMilliseconds does nothing where kind is cut, which has kind, channel, afterMilliseconds, everyMilliseconds; take it out")]
    [InlineData("{\"kind\":\"gap\",\"durationMilliseconds\":5}", "durationMilliseconds does nothing where kind is gap, which has kind, channel, afterMilliseconds, everyMilliseconds, count; take it out")]
    [InlineData("{\"kind\":\"duplicate\",\"code\":10016}", "code does nothing where kind is duplicate, which has kind, channel, afterMilliseconds, everyMilliseconds, count; take it out")]
    [InlineData("{\"kind\":\"late\",\"durationMilliseconds\":5,\"delayMilliseconds\":5,\"count\":2}", "count does nothing where kind is late, which has kind, channel, afterMilliseconds, everyMilliseconds, durationMilliseconds, delayMilliseconds; take it out")]
    [InlineData("{\"kind\":\"stall\",\"durationMilliseconds\":5,\"delayMilliseconds\":5}", "delayMilliseconds does nothing where kind is stall, which has kind, channel, afterMilliseconds, everyMilliseconds, durationMilliseconds; take it out")]
    [InlineData("{\"kind\":\"ban\",\"durationMilliseconds\":5,\"text\":\"\"}", "text does nothing where kind is ban, which has kind, channel, afterMilliseconds, everyMilliseconds, durationMilliseconds; take it out")]
    [InlineData("{\"kind\":\"outage\",\"durationMilliseconds\":5,\"count\":1}", "count does nothing where kind is outage, which has kind, channel, afterMilliseconds, everyMilliseconds, durationMilliseconds; take it out")]
    [InlineData("{\"kind\":\"reject\",\"durationMilliseconds\":5}", "durationMilliseconds does nothing where kind is reject, which has kind, channel, afterMilliseconds, everyMilliseconds, count, code, text, operation, carriedOut; take it out")]
    [InlineData("{\"kind\":\"gap\",\"operation\":\"amend\"}", "operation does nothing where kind is gap, which has kind, channel, afterMilliseconds, everyMilliseconds, count; take it out")]
    [InlineData("{\"kind\":\"reject\",\"operation\":\"place\"}", "operation must be one of create, amend, cancel, was \"place\"")]
    [InlineData("{\"kind\":\"reject\",\"carriedOut\":1}", "carriedOut must be true or false, was 1")]
    [InlineData("{\"kind\":\"stall\",\"channel\":\"rest\",\"durationMilliseconds\":5}", "a stall concerns sockets, and rest is none; name another channel, or make it an outage")]
    [InlineData("{\"kind\":\"forbidden\"}", "forbidden needs durationMilliseconds above 0")]
    [InlineData("{\"kind\":\"login\",\"channel\":\"public\"}", "login is of channel private or trade, was public; leave channel out")]
    [InlineData("{\"kind\":\"subscription\",\"channel\":\"trade\"}", "subscription is of channel public or private, was trade; leave channel out")]
    [InlineData("{\"kind\":\"subscription\",\"text\":\"no\"}", "text does nothing where kind is subscription, which has kind, channel, afterMilliseconds, everyMilliseconds, count, carriedOut; take it out")]
    [InlineData("{\"kind\":\"adl\",\"channel\":\"trade\"}", "adl is of channel private, was trade; leave channel out")]
    [InlineData("{\"kind\":\"hedge\",\"count\":2}", "count does nothing where kind is hedge, which has kind, channel, afterMilliseconds, everyMilliseconds; take it out")]
    [InlineData("{\"kind\":\"early\",\"channel\":\"private\"}", "early is of channel public, was private; leave channel out")]
    [InlineData("{\"kind\":\"restart\",\"channel\":\"trade\"}", "restart is of channel public, was trade; leave channel out")]
    [InlineData("{\"kind\":\"forbidden\",\"channel\":\"trade\",\"durationMilliseconds\":5}", "forbidden is of channel rest, was trade; leave channel out")]
    [InlineData("{\"kind\":\"close\",\"channel\":\"rest\"}", "a close concerns sockets, and rest is none; name another channel, or make it an outage")]
    [InlineData("{\"kind\":\"restart\",\"count\":2}", "count does nothing where kind is restart, which has kind, channel, afterMilliseconds, everyMilliseconds; take it out")]
    [InlineData("{\"kind\":\"login\",\"text\":\"no\"}", "text does nothing where kind is login, which has kind, channel, afterMilliseconds, everyMilliseconds, count; take it out")]
    public void A_bad_fault_is_answered_with_what_is_allowed(string json, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Parse(json)).Message);

    [Fact]
    public void A_file_that_is_no_list_of_faults_is_named()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, """[{"kind":"cut"}, {"kind":"ban","durationMilliseconds":5}]""");
            Assert.Equal([FaultKind.Cut, FaultKind.Ban], Fault.Load(path).Select(fault => fault.Kind));
            File.WriteAllText(path, "{");
            Assert.Contains($"not a file of faults: {path}", Assert.Throws<InvalidDataException>(() => Fault.Load(path)).Message, StringComparison.Ordinal);
            File.WriteAllText(path, "[]");
            Assert.Equal($"not a file of faults: {path} (the array is empty, so nothing would go wrong; name a fault, or leave the file out)", Assert.Throws<InvalidDataException>(() => Fault.Load(path)).Message);
            File.WriteAllText(path, """[{"kind":"cut"}, {"kind":"reject","channel":"public"}]""");
            Assert.Contains($"not a file of faults: {path} (fault 2: a reject refuses requests", Assert.Throws<InvalidDataException>(() => Fault.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Fault Parse(string json) => Fault.Parse(JsonDocument.Parse(json).RootElement);
}
