using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

public sealed class FaultTests
{
    [Fact]
    public void A_fault_is_read_with_every_key_and_times_in_nanoseconds()
    {
        Fault fault = Parse("""{"kind":"late","channel":"private","afterMilliseconds":1,"everyMilliseconds":2,"durationMilliseconds":3,"delayMilliseconds":4,"count":5,"code":10019,"text":"gone"}""");
        Assert.Equal(
            new Fault { Kind = FaultKind.Late, Channel = DeliveryChannel.Private, AfterNanos = 1_000_000, EveryNanos = 2_000_000, DurationNanos = 3_000_000, DelayNanos = 4_000_000, Count = 5, Code = 10019, Text = "gone" },
            fault);
    }

    [Fact]
    public void What_is_left_out_means_once_at_the_beginning_on_every_channel() =>
        Assert.Equal(new Fault { Kind = FaultKind.Gap }, Parse("""{"kind":"gap"}"""));

    [Theory]
    [InlineData("{}", "a fault needs \"kind\", one of cut, outage, stall, gap, duplicate, late, reject, ban")]
    [InlineData("[]", "a fault must be a JSON object")]
    [InlineData("{\"kind\":\"flood\"}", "kind must be one of cut, outage, stall, gap, duplicate, late, reject, ban, was \"flood\"")]
    [InlineData("{\"kind\":\"gap\",\"channel\":\"tick\"}", "channel must be one of public, private, trade, was \"tick\"")]
    [InlineData("{\"kind\":\"gap\",\"count\":0}", "count must be a whole number of 1 to 1000000, was 0")]
    [InlineData("{\"kind\":\"gap\",\"afterMs\":1}", "a fault has no \"afterMs\"; it has kind, channel, afterMilliseconds, everyMilliseconds, durationMilliseconds, delayMilliseconds, count, code, text")]
    [InlineData("{\"kind\":\"outage\"}", "outage needs durationMilliseconds above 0")]
    [InlineData("{\"kind\":\"late\",\"durationMilliseconds\":5}", "late needs delayMilliseconds above 0")]
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
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Fault Parse(string json) => Fault.Parse(JsonDocument.Parse(json).RootElement);
}
