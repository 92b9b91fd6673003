using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LatencyEngine.Ring.Tests;

/// <summary>Real bytes in memory, not what the attributes ask for.</summary>
public sealed class RingLayoutTests
{
    private const int ObjectHeaderBytes = 16;

    [Fact]
    public void A_descriptor_is_one_cache_line()
    {
        Assert.Equal(64, Unsafe.SizeOf<FrameDescriptor>());
    }

    [Fact]
    public void The_fields_of_a_descriptor_do_not_overlap()
    {
        (string Name, int Offset, int Size)[] fields =
        [
            (nameof(FrameDescriptor.Sequence), 0, 8), (nameof(FrameDescriptor.PayloadPosition), 8, 8), (nameof(FrameDescriptor.LengthBytes), 16, 4),
            (nameof(FrameDescriptor.Kind), 20, 1), (nameof(FrameDescriptor.Flags), 21, 1), (nameof(FrameDescriptor.Generation), 22, 2),
            (nameof(FrameDescriptor.ReceivedAtNanos), 24, 8), (nameof(FrameDescriptor.LogicTimeNanos), 32, 8), (nameof(FrameDescriptor.CauseSequence), 40, 8),
        ];

        Assert.Equal(typeof(FrameDescriptor).GetFields(BindingFlags.Instance | BindingFlags.Public).Length, fields.Length);
        Assert.All(fields, field => Assert.Equal(field.Offset, (int)Marshal.OffsetOf<FrameDescriptor>(field.Name)));
        Assert.All(fields.Zip(fields.Skip(1)), pair => Assert.True(pair.First.Offset + pair.First.Size <= pair.Second.Offset));
    }

    [Fact]
    public void A_sequence_object_really_has_its_padding()
    {
        Assert.Equal(256, Unsafe.SizeOf<PaddedCell>());

        _ = new PaddedSequence();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var sequence = new PaddedSequence();
        long sizeBytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(ObjectHeaderBytes + 256, sizeBytes);
        GC.KeepAlive(sequence);
    }

    [Fact]
    public void The_value_of_a_sequence_shares_no_line_pair_with_a_neighbour()
    {
        var cell = default(PaddedCell);

        AssertAlone(Distance(ref cell, ref cell.Value), firstFieldBytes: 8, Unsafe.SizeOf<PaddedCell>());
    }

    [Fact]
    public void The_producers_state_shares_no_line_pair_with_a_neighbour()
    {
        var state = default(ProducerState);
        long first = Distance(ref state, ref state.NextSequence);
        long afterLast = Distance(ref state, ref state.RefusedClaims) + sizeof(long);

        AssertAlone(first, (int)(afterLast - first), Unsafe.SizeOf<ProducerState>());
    }

    [Fact]
    public void A_consumers_state_shares_no_line_pair_with_a_neighbour()
    {
        var state = default(ConsumerState);
        long first = Distance(ref state, ref state.Next);
        long afterLast = Distance(ref state, ref state.HasPeeked) + sizeof(bool);

        AssertAlone(first, (int)(afterLast - first), Unsafe.SizeOf<ConsumerState>());
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(64, 4096)]
    [InlineData(1024, 1 << 20)]
    public unsafe void Slots_and_payloads_lie_on_cache_lines_with_padding_after_the_last_byte(int slotCount, int payloadBytes)
    {
        var ring = new FrameRing(slotCount, payloadBytes, consumerCount: 1);
        byte[] payloads = Store(ring, "_payload");
        byte[] slots = Store(ring, "_slotBytes");
        Assert.True(ring.TryClaim(payloadBytes, out Span<byte> whole));

        nint payloadStart = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(whole));
        nint payloadsEnd = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(payloads)) + payloads.Length;
        nint slotsStart = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(slots)) + Start(ring, "_slotsStart");
        nint slotsEnd = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(slots)) + slots.Length;

        Assert.Equal(0, payloadStart % 64);
        Assert.True(payloadStart + payloadBytes + FrameRing.PaddingBytes <= payloadsEnd);
        Assert.Equal(0, slotsStart % 64);
        Assert.True(slotsStart + (slotCount * 64) <= slotsEnd);
        GC.KeepAlive(ring);
    }

    private static void AssertAlone(long firstField, int firstFieldBytes, int structBytes)
    {
        // A line pair that holds the first field starts at most 120 bytes before it; one that holds the last ends at most 120 bytes after it.
        Assert.True(firstField >= 120, $"only {firstField} bytes before the first field");
        Assert.True(structBytes - (firstField + firstFieldBytes) >= 120, $"only {structBytes - (firstField + firstFieldBytes)} bytes after the last field");
    }

    private static long Distance<TStruct, TField>(ref TStruct from, ref TField to)
        where TStruct : struct
        where TField : struct =>
        Unsafe.ByteOffset(ref Unsafe.As<TStruct, byte>(ref from), ref Unsafe.As<TField, byte>(ref to));

    private static byte[] Store(FrameRing ring, string field) => (byte[])Field(field).GetValue(ring)!;

    private static int Start(FrameRing ring, string field) => (int)Field(field).GetValue(ring)!;

    private static FieldInfo Field(string name) => typeof(FrameRing).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
}
