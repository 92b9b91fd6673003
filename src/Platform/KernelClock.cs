using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>What the kernel knows of its time of day (adjtimex(2)). Linux, 64 bits.</summary>
/// <param name="IsSynchronised">Whether a daemon keeps it right.</param>
/// <param name="ErrorMaxMicros">How far it may be off, by the kernel's own bound, µs.</param>
public readonly partial record struct KernelClock(bool IsSynchronised, long ErrorMaxMicros)
{
    private const int SizeBytes = 208;            // struct timex
    private const int ErrorMaxOffset = 24;
    private const int StatusOffset = 40;
    private const int Unsynchronised = 0x40;      // STA_UNSYNC

    /// <summary>Asks the kernel, and changes nothing.</summary>
    /// <returns>Null where it does not answer.</returns>
    public static unsafe KernelClock? Read()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        bytes.Clear();   // modes 0: only read
        fixed (byte* first = bytes)
        {
            if (AdjustTime(first) < 0) return null;
        }

        bool isSynchronised = (BinaryPrimitives.ReadInt32LittleEndian(bytes[StatusOffset..]) & Unsynchronised) == 0;
        return new KernelClock(isSynchronised, BinaryPrimitives.ReadInt64LittleEndian(bytes[ErrorMaxOffset..]));
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static unsafe partial int AdjustTime(byte* timex);
}
