using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Wire.Tests;

/// <summary>The reader over whole streams: any message in any fragments in any pieces, and streams that chance has damaged.</summary>
public sealed class WebSocketStreamTests
{
    private const int FuzzedStreams = 200_000;
    private const int FuzzMessageBytesMax = 300;

    [Fact]
    public void Any_messages_in_any_fragments_and_any_pieces_are_read_as_they_were_sent() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                int payloadBytesMax = random.Next(8) == 0 ? 70_000 : random.Next(1, 400);
                var conversation = new WebSocketConversation(random, payloadBytesMax);
                var feed = new WebSocketFeed(payloadBytesMax);
                byte[] stream = conversation.Stream;

                Assert.Equal(conversation.Said, feed.Read(stream, () => stream.Length));
                Assert.Equal(conversation.Said, feed.Read(stream, () => random.Next(1, 200)));
                if (stream.Length < 5_000) Assert.Equal(conversation.Said, feed.Read(stream, () => 1));
                Assert.Equal(conversation.Said, WebSocketTwin.Read(stream, payloadBytesMax));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Damaged_streams_are_read_like_the_twin_reads_them()
    {
        const int Seed = 6455;
        var random = new Random(Seed);
        var feed = new WebSocketFeed(FuzzMessageBytesMax);
        int brokenCount = 0;
        for (int i = 0; i < FuzzedStreams; i++)
        {
            byte[] stream = Damage(random, new WebSocketConversation(random, random.Next(1, FuzzMessageBytesMax)).Stream);

            List<string> said = feed.Read(stream, () => random.Next(1, 120));

            List<string> expected = WebSocketTwin.Read(stream, FuzzMessageBytesMax);
            Assert.True(expected.SequenceEqual(said), $"stream {i} of seed {Seed}: {Convert.ToHexString(stream)}{Environment.NewLine}{string.Join(", ", expected)}{Environment.NewLine}{string.Join(", ", said)}");
            if (said.Count > 0 && said[^1].StartsWith("broken", StringComparison.Ordinal)) brokenCount++;
        }

        Assert.InRange(brokenCount, FuzzedStreams / 4, FuzzedStreams - (FuzzedStreams / 20)); // chance reaches both outcomes, or the comparison says little
    }

    [Fact]
    public void Reading_sound_and_damaged_streams_allocates_nothing()
    {
        var random = new Random(1);
        var feed = new WebSocketFeed(FuzzMessageBytesMax);
        byte[][] streams = [.. Enumerable.Range(0, 500).Select(i => new WebSocketConversation(random, FuzzMessageBytesMax).Stream).SelectMany(stream => new[] { stream, Damage(random, stream) })];
        Func<int> nextPieceBytes = () => 37;
        foreach (byte[] stream in streams) feed.Pass(stream, nextPieceBytes);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 10; round++)
        {
            foreach (byte[] stream in streams) feed.Pass(stream, nextPieceBytes);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>A few bytes flipped, inserted, deleted, cut off or doubled; headers are as likely a target as payloads, since most frames are short.</summary>
    private static byte[] Damage(Random random, byte[] stream)
    {
        var bytes = new List<byte>(stream);
        for (int times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.Next(bytes.Count);
            int count = Math.Min(random.Next(1, 9), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes.RemoveRange(at, count); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, count)); break;
            }
        }

        return [.. bytes];
    }
}
