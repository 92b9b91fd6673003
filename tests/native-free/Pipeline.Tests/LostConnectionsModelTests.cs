using System.Security.Cryptography;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>The path against a venue that loses connections, requests and messages at any point: whatever was lost, the books agree again when everything has returned.</summary>
public sealed class LostConnectionsModelTests
{
    private const int Steps = 2_000;

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    [InlineData(44)]
    public void Whatever_is_lost_the_books_agree_again_and_nothing_was_quoted_blind_or_twice(int seed)
    {
        int losses = 0, requests = 0, fills = 0, secrets = 0;
        for (int run = 0; run < 30; run++)
        {
            var engine = new EngineUnderTest(reconcileEveryNanos: 5 * EngineUnderTest.Second);
            var venue = new LossyVenue(engine, seed, run);
            for (int step = 0; step < Steps; step++) venue.Step();
            venue.Settle();
            losses += venue.Losses;
            requests += venue.LostRequests;
            fills += venue.Fills;
            secrets += venue.HasSecret ? 1 : 0;
        }

        Assert.True(losses > 500 && requests > 40 && fills > 300 && secrets > 25, $"seed {seed}: {losses} losses, {requests} lost requests, {fills} fills, {secrets} changes that no execution tells");
    }

    [Fact]
    public void No_byte_is_allocated_through_losses_and_returns()
    {
        // The same course twice: whatever a first call costs, the first pass has paid.
        Play(seed: 51, run: 1);

        Assert.Equal(0, Play(seed: 51, run: 1).AllocatedBytes);
    }

    [Fact]
    public void The_same_frames_give_the_same_payloads_facts_and_questions_included()
    {
        Assert.Equal(Play(seed: 61, run: 0).PayloadDigest, Play(seed: 61, run: 0).PayloadDigest);
        Assert.NotEqual(Play(seed: 61, run: 0).PayloadDigest, Play(seed: 62, run: 0).PayloadDigest);
    }

    private static (long AllocatedBytes, string PayloadDigest) Play(int seed, int run)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var engine = new EngineUnderTest { OnOutbound = digest.AppendData };
        var venue = new LossyVenue(engine, seed, run);
        for (int step = 0; step < Steps; step++) venue.Step();
        venue.Settle();
        return (engine.AllocatedBytes, Convert.ToHexString(digest.GetHashAndReset()));
    }
}
