using System.Buffers.Binary;
using System.Diagnostics;

namespace LatencyEngine.Ring.Tests;

public sealed class FrameRingThreadsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);   // for one frame; only a ring that lost it ever gets here

    private volatile string? _fault;   // the first one found ends every thread

    [Theory]
    [InlineData(1, 1024, 65_536, 1)]
    [InlineData(2, 1024, 65_536, 1)]
    [InlineData(2, 4, 1024, 1)]
    [InlineData(1, 1024, 65_536, 16)]
    [InlineData(2, 4, 1024, 7)]
    public void Frames_arrive_whole_in_order_and_once_on_other_threads(int consumerCount, int slotCount, int payloadBytes, int batch)
    {
        const int Frames = 200_000;
        var ring = new FrameRing(slotCount, payloadBytes, consumerCount);
        var readers = new Thread[consumerCount];
        for (int c = 0; c < consumerCount; c++)
        {
            int consumer = c;
            readers[c] = new Thread(() => ReadAll(ring, consumer, Frames));
            readers[c].Start();
        }

        WriteAll(ring, Frames, batch);
        foreach (Thread reader in readers) reader.Join();

        Assert.Null(_fault);
        Assert.Equal(Frames, ring.PublishedCount);
        for (int c = 0; c < consumerCount; c++) Assert.Equal(Frames, ring.ConsumedCount(c));
    }

    private void WriteAll(FrameRing ring, int frames, int batch)
    {
        var wait = new SpinWait();
        for (long i = 0; i < frames && _fault is null; i++)
        {
            Span<byte> room;
            long since = Stopwatch.GetTimestamp();
            while (!ring.TryClaim(LengthOf(i), out room))
            {
                if (Stopwatch.GetElapsedTime(since) > Patience) _fault = $"no room for frame {i}";
                if (_fault is not null) return;
                wait.SpinOnce(sleep1Threshold: -1);
            }

            BinaryPrimitives.WriteInt64LittleEndian(room, i);
            room[8..].Fill((byte)i);
            if (ring.Stage(room.Length, (byte)i, 0, (ushort)i, i, -i, i * 3) != i) _fault = $"frame {i} got another sequence";
            if ((i + 1) % batch == 0 || i == frames - 1) ring.PublishStaged();
        }
    }

    private void ReadAll(FrameRing ring, int consumer, int frames)
    {
        var wait = new SpinWait();
        for (long i = 0; i < frames && _fault is null; i++)
        {
            FrameView frame;
            long since = Stopwatch.GetTimestamp();
            while (!ring.TryPeek(consumer, out frame))
            {
                if (Stopwatch.GetElapsedTime(since) > Patience) _fault = $"frame {i} never came";
                if (_fault is not null) return;
                wait.SpinOnce(sleep1Threshold: -1);
            }

            bool descriptorHolds = frame.Sequence == i && frame.Kind == (byte)i && frame.Generation == (ushort)i
                && frame.ReceivedAtNanos == i && frame.LogicTimeNanos == -i && frame.CauseSequence == i * 3;
            if (!descriptorHolds) _fault = $"frame {i} has another descriptor, of sequence {frame.Sequence}";
            else if (frame.Payload.Length != LengthOf(i) || BinaryPrimitives.ReadInt64LittleEndian(frame.Payload) != i) _fault = $"frame {i} has another payload";
            else if (frame.Payload[8..].ContainsAnyExcept((byte)i)) _fault = $"frame {i} has foreign bytes";
            if (consumer == 0) ring.Advance(consumer);
            else ring.Release(consumer);
        }

        if (ring.TryPeek(consumer, out _) && _fault is null) _fault = "a frame came that nobody sent";
    }

    /// <summary>8 to 255 bytes, in no order that fits the ring.</summary>
    private static int LengthOf(long sequence) => 8 + (int)((sequence * 2_654_435_761L) & 0x7FFF_FFFF) % 248;
}
