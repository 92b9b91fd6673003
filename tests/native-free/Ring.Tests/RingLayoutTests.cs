using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LatencyEngine.Ring.Tests;

/// <summary>Real addresses in memory, not what the attributes ask for.</summary>
public sealed unsafe class RingLayoutTests
{
    private const int AreaBytes = 128;
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

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void Every_state_lies_in_a_line_pair_of_its_own_inside_the_rings_memory(int consumerCount)
    {
        var ring = new FrameRing(4, 256, consumerCount);
        RingMemory memory = Memory(ring);
        List<nint> areas = [(nint)memory.Producer, (nint)memory.Counts];
        for (int i = 0; i < consumerCount; i++) areas.AddRange([(nint)(memory.Consumers + i), (nint)(memory.Progress + i)]);

        byte[] states = Store(ring, "_states");
        nint first = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(states));
        Assert.All(areas, area => Assert.Equal(0, area % AreaBytes));
        Assert.All(areas, area => Assert.InRange(area, first, first + states.Length - AreaBytes));
        Assert.Equal(areas.Count, areas.Distinct().Count());
        Assert.All([sizeof(ProducerState), sizeof(ProducerCounts), sizeof(ConsumerState), sizeof(ConsumerProgress)], size => Assert.Equal(AreaBytes, size));
        GC.KeepAlive(ring);
    }

    [Fact]
    public void The_addresses_that_every_thread_reads_share_no_line_pair_with_a_neighbour_of_the_ring_object()
    {
        var memory = default(RingMemory);
        long first = (byte*)&memory.Slots - (byte*)&memory;
        long afterLast = (byte*)&memory.ConsumerCount + sizeof(int) - (byte*)&memory;

        AssertAlone(first, afterLast, sizeof(RingMemory));
        Assert.True(ObjectBytes<FrameRing>() >= ObjectHeaderBytes + sizeof(RingMemory), "the object lacks the padding of the struct in it");
    }

    [Fact]
    public void The_flag_of_a_sleeping_reader_shares_no_line_pair_with_a_neighbour()
    {
        Assert.Equal(3 * AreaBytes, Unsafe.SizeOf<WaitFlag>());
        Assert.Equal(AreaBytes, (int)Marshal.OffsetOf<WaitFlag>("_isRaised"));
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(64, 4096)]
    [InlineData(1024, 1 << 20)]
    public void Slots_and_payloads_lie_on_line_pairs_with_padding_after_the_last_byte(int slotCount, int payloadBytes)
    {
        var ring = new FrameRing(slotCount, payloadBytes, consumerCount: 1);
        byte[] payloads = Store(ring, "_payloads");
        byte[] slots = Store(ring, "_slots");
        Assert.True(ring.TryClaim(payloadBytes, out Span<byte> whole));

        nint payloadStart = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(whole));
        nint payloadsEnd = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(payloads)) + payloads.Length;
        nint slotsStart = (nint)Memory(ring).Slots;
        nint slotsEnd = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(slots)) + slots.Length;

        Assert.Equal(0, payloadStart % AreaBytes);
        Assert.True(payloadStart + payloadBytes + FrameRing.PaddingBytes <= payloadsEnd);
        Assert.Equal(0, slotsStart % AreaBytes);
        Assert.True(slotsStart >= (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(slots)) && slotsStart + (slotCount * 64) <= slotsEnd);
        GC.KeepAlive(ring);
    }

    [Fact]
    public void A_collection_moves_nothing_that_the_ring_points_to()
    {
        var ring = new FrameRing(64, 4096, 1);
        byte[] states = Store(ring, "_states");
        nint before = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(states));

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        Assert.Equal(before, (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(states)));
        Assert.True(ring.TryClaim(10, out _));
    }

    private static void AssertAlone(long firstField, long afterLastField, int structBytes)
    {
        // A line pair that holds the first field starts at most 120 bytes before it; one that holds the last ends at most 120 bytes after it.
        Assert.True(firstField >= 120, $"only {firstField} bytes before the first field");
        Assert.True(structBytes - afterLastField >= 120, $"only {structBytes - afterLastField} bytes after the last field");
    }

    /// <summary>What an object without its arrays takes on the heap.</summary>
    private static long ObjectBytes<TObject>()
        where TObject : class
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        object instance = RuntimeHelpers.GetUninitializedObject(typeof(TObject));
        long sizeBytes = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(instance);
        return sizeBytes;
    }

    private static RingMemory Memory(FrameRing ring) => (RingMemory)Field("_memory").GetValue(ring)!;

    private static byte[] Store(FrameRing ring, string field) => (byte[])Field(field).GetValue(ring)!;

    private static FieldInfo Field(string name) => typeof(FrameRing).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
}
