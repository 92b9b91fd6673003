using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LatencyEngine.Ring;

/// <summary>A ring position, alone on its cache lines.</summary>
/// <remarks>
/// Writer: exactly one thread, named by whoever constructs it. Readers: any thread. Allocates, blocks, throws: never.
/// The padding is in a struct because the runtime ignores <c>StructLayout.Size</c> on a class; the tests measure the object.
/// </remarks>
public sealed class PaddedSequence
{
    /// <summary>Nothing published yet; the first published position is 0.</summary>
    public const long NotStarted = -1;

    private PaddedCell _cell = new() { Value = NotStarted };

    /// <summary>The newest position. Any thread. Acquire: what the writer did before publishing it is visible after this read.</summary>
    public long Published => Volatile.Read(ref _cell.Value);

    /// <summary>Moves to a position. Writer only. Release: everything the writer did before becomes visible with it.</summary>
    public void Publish(long position)
    {
        Debug.Assert(position > _cell.Value, "A sequence only moves forward.");
        Volatile.Write(ref _cell.Value, position);
    }
}

/// <summary>One 64-bit value with a full line pair before it and the rest of one after it, so that no neighbour shares its lines wherever the object lies.</summary>
[StructLayout(LayoutKind.Explicit, Size = 2 * LinePairBytes)]
internal struct PaddedCell
{
    /// <summary>Two 64-byte lines: the adjacent-line prefetcher fetches them as a pair.</summary>
    public const int LinePairBytes = 128;

    [FieldOffset(LinePairBytes)]
    public long Value;
}
