using LatencyEngine.Model;
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
    public void A_run_of_any_length_can_be_ended() =>
        Assert.Throws<OperationCanceledException>(() => SelfTest.Run(long.MaxValue, new CancellationToken(canceled: true)));
}
