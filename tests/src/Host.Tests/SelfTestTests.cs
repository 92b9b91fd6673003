using LatencyEngine.Journal;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

/// <summary>What <c>self-test</c> checks, and that each check can fail.</summary>
public sealed class SelfTestTests : IDisposable
{
    private const long Frames = 200_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("self-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_stage_the_whole_path_and_the_allocation_hold()
    {
        IReadOnlyList<SelfTestCheck> checks = SelfTest.Run(Frames, CancellationToken.None);

        Assert.Equal(["decode", "book", "quote", "risk", "encode", "path", "allocation"], checks.Select(check => check.Name));
        Assert.All(checks, check => Assert.Null(check.Fault));
        Assert.Contains("200,000 market frames", checks[^1].Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string> Stages => ["decode", "book", "quote", "risk", "encode"];

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_stage_with_another_answer_is_the_one_that_fails(string stage)
    {
        SelfTestVectors shipped = SelfTestVectors.Shipped;
        SelfTestVectors changed = stage switch
        {
            "decode" => shipped with { TradePrice = new PriceTicks(shipped.TradePrice.Ticks + 1) },
            "book" => shipped with { Delta = shipped.Delta.Replace("5408.7", "5408.6", StringComparison.Ordinal) },
            "quote" => shipped with { QuoteBid = shipped.QuoteBid * (1 + 1e-11) },
            "risk" => shipped with { LiquidationPrice = new PriceE8(shipped.LiquidationPrice.Units - 1) },
            _ => shipped with { Request = shipped.Request.Replace("65114.2", "65114.1", StringComparison.Ordinal) },
        };

        IReadOnlyList<SelfTestCheck> checks = SelfTest.Run(changed, ReferenceFiles.Sample("warm-up.journal"), 1_000, CancellationToken.None);

        Assert.Equal([stage], checks.Where(check => check.Fault is not null).Select(check => check.Name));
    }

    [Fact]
    public void A_journal_with_another_answer_fails_the_path()
    {
        byte[] journal = File.ReadAllBytes(ReferenceFiles.Sample("warm-up.journal"));
        int side = journal.AsSpan().LastIndexOf("\"side\":\"Buy\",\"positionIdx\":0,\"orderType\""u8);
        "Bux"u8.CopyTo(journal.AsSpan(side + 8));
        string changed = Path.Combine(_folder, "changed.journal");
        File.WriteAllBytes(changed, journal);

        SelfTestCheck path = SelfTest.Run(SelfTestVectors.Shipped, changed, 1_000, CancellationToken.None).Single(check => check.Name == "path");

        Assert.Contains("is another one", path.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_in_which_the_engine_ceases_to_trade_shows_nothing_however_much_it_has_traded()
    {
        byte[] quiet = [.. """{"success":true,"ret_msg":"pong","conn_id":"1","op":"ping"}"""u8];
        byte[][] trading = [.. Enumerable.Repeat(WarmUpMarket, 30).SelectMany(frames => frames)];
        byte[][] market = [.. trading, .. Enumerable.Repeat(quiet, trading.Length)];
        SteadyRun run = Steady(market, days: 0);

        string fault = Assert.Throws<InvalidDataException>(() => run.ProveNoAllocation(market.Length, CancellationToken.None)).Message;

        Assert.Matches("0 bytes allocated, 0 collections: in parts of the run, .* the engine did not trade", fault);
        Assert.True(run.Requests > market.Length / 50, $"{run.Requests} requests in twice {market.Length} frames");   // one in a hundred, over the whole
    }

    [Fact]
    public void The_markets_messages_have_the_times_of_the_present_so_that_none_is_late_however_long_a_run_is() =>
        Assert.Contains("0 bytes allocated", Steady(WarmUpMarket, days: 100).ProveNoAllocation(20_000, CancellationToken.None), StringComparison.Ordinal);

    [Fact]
    public void A_run_of_any_length_can_be_ended() =>
        Assert.Throws<OperationCanceledException>(() => SelfTest.Run(long.MaxValue, new CancellationToken(canceled: true)));

    private static byte[][] WarmUpMarket { get; } = [.. Records().Where(record => record.Type == JournalRecordType.Inbound && record.Kind == (byte)InboundKind.PublicFrame).Select(record => record.Payload)];

    private static SteadyRun Steady(byte[][] market, int days)
    {
        string path = ReferenceFiles.Sample("warm-up.journal");
        using JournalReader journal = JournalReader.Open(path);
        Engine engine = JournalledEngine.Build(journal.Header, JournalledEngine.Configuration(journal.Header, path));
        long startNanos = Records().First().LogicTimeNanos + (days * 86_400L * 1_000_000_000L);
        return new SteadyRun(engine.Inbound, engine.Outbound, engine.HotPath, market, startNanos, (session, post) => engine.Begin(session, post));
    }

    private static IEnumerable<(JournalRecordType Type, byte Kind, long LogicTimeNanos, byte[] Payload)> Records()
    {
        using JournalReader journal = JournalReader.Open(ReferenceFiles.Sample("warm-up.journal"));
        var records = new List<(JournalRecordType, byte, long, byte[])>();
        while (journal.TryRead(out JournalRecord record)) records.Add((record.Type, record.Kind, record.LogicTimeNanos, record.Payload.ToArray()));
        return records;
    }
}
