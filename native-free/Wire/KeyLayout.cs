using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace LatencyEngine.Wire;

/// <summary>The order in which the venue writes the members of one kind of object, and which of them a reader wants: so that a key need not be read but only compared with the one expected next.</summary>
/// <remarks>The order is a guess, and so is what is learned, the length of each value and the runs of members that have not changed: they decide how fast an object is read, never what it says. Thread: hot, one. Allocates: at construction only.</remarks>
internal sealed class KeyLayout
{
    /// <summary>The index of a member that nobody wants.</summary>
    public const int Unwanted = -1;

    /// <summary>Stands for the first key of an object, which no comma precedes.</summary>
    public const int NoneYet = -1;

    /// <summary>Longest key with its quotes and colon.</summary>
    private const int LiteralLengthMax = 32;

    /// <summary>Most bytes of a run: what the prices and sizes that change leave between them is seldom longer.</summary>
    public const int RunLengthMax = 256;

    // One more than there are keys: the last one equals no text.
    private readonly Key[] _keys;

    // By key, its run; a run that is shortened keeps its place.
    private readonly byte[] _runs;

    /// <summary>Creates the layout.</summary>
    /// <param name="wanted">The wanted names; their positions are the indices this layout gives.</param>
    /// <param name="stops">Bits of the indices whose value the reader reads itself, member by member.</param>
    /// <param name="isFlat">False when members may hold objects and arrays.</param>
    /// <param name="order">Names in the order expected, separated by blanks; wanted ones that are not among them are expected last.</param>
    public KeyLayout(KeySet wanted, uint stops, bool isFlat, string order)
    {
        IsFlat = isFlat;
        Stops = stops;
        List<string> names = [.. order.Split(' ')];
        for (int i = 0; i < wanted.Count; i++)
        {
            if (!names.Contains(wanted[i])) names.Add(wanted[i]);
        }

        Count = names.Count;
        _keys = new Key[names.Count + 1];
        _keys[Count] = new Key(Vector256<byte>.AllBitsSet, length: 0, Unwanted);
        Span<byte> padded = stackalloc byte[LiteralLengthMax];
        for (int i = 0; i < Count; i++)
        {
            byte[] name = Encoding.ASCII.GetBytes(names[i]);
            byte[] literal = [(byte)'"', .. name, (byte)'"', (byte)':'];
            padded.Clear();
            literal.CopyTo(padded);
            _keys[i] = new Key(Vector256.Create<byte>(padded), literal.Length, wanted.IndexOf(name));
        }

        // Behind the last run: what a wide compare of a short one touches.
        _runs = new byte[(Count * RunLengthMax) + FixedLayout.Wide];
    }

    /// <summary>Number of keys.</summary>
    public int Count { get; }

    /// <summary>Bits of the indices whose value the reader reads itself.</summary>
    public uint Stops { get; }

    /// <summary>True when no member holds an object or array: how deep they may go inside an object that is itself part of a value is not counted here.</summary>
    public bool IsFlat { get; }

    /// <summary>The keys in the order expected; behind them one that stands nowhere.</summary>
    public ref Key First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref MemoryMarshal.GetArrayDataReference(_keys);
    }

    /// <summary>True when the run of a key stands at a place and a comma or brace follows it, so that its last value ends there.</summary>
    /// <param name="key">The key's position; it has a run.</param>
    /// <param name="length">Bytes of the run.</param>
    /// <param name="start">The place.</param>
    /// <param name="available">Bytes from there to the frame's end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsRunAt(int key, nint length, ref byte start, nint available)
    {
        if (available <= length) return false;
        if (available < FixedLayout.Wide) return IsRunNearEndAt(key, (int)length, ref start);
        ref byte run = ref FixedLayout.At(ref MemoryMarshal.GetArrayDataReference(_runs), (nint)key * RunLengthMax);
        Vector256<byte> difference;
        if (length <= FixedLayout.Wide)
        {
            difference = FixedLayout.Prefix(FixedLayout.Load32(ref start) ^ FixedLayout.Load32(ref run), length);
        }
        else
        {
            nint last = length - FixedLayout.Wide;
            difference = FixedLayout.Load32(ref FixedLayout.At(ref start, last)) ^ FixedLayout.Load32(ref FixedLayout.At(ref run, last));
            for (nint at = 0; at < last; at += FixedLayout.Wide)
            {
                difference |= FixedLayout.Load32(ref FixedLayout.At(ref start, at)) ^ FixedLayout.Load32(ref FixedLayout.At(ref run, at));
            }
        }

        return difference == Vector256<byte>.Zero && FixedLayout.At(ref start, length) is (byte)',' or (byte)'}';
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsRunNearEndAt(int key, int length, ref byte start) =>
        MemoryMarshal.CreateReadOnlySpan(ref start, length).SequenceEqual(_runs.AsSpan(key * RunLengthMax, length)) && FixedLayout.At(ref start, length) is (byte)',' or (byte)'}';

    /// <summary>How many of the first bytes at a place are those of a key's run.</summary>
    /// <param name="key">The key's position; it has a run.</param>
    /// <param name="rest">The frame from the place on.</param>
    public int EqualLength(int key, ReadOnlySpan<byte> rest) => rest.CommonPrefixLength(_runs.AsSpan(key * RunLengthMax, _keys[key].RunLength));

    /// <summary>Sets the run of a key.</summary>
    /// <param name="key">The key's position.</param>
    /// <param name="end">Position of the key behind the run.</param>
    /// <param name="members">The members from the key's own to the last one, at most <see cref="RunLengthMax"/> bytes; empty when there is no run.</param>
    public void SetRun(int key, int end, ReadOnlySpan<byte> members)
    {
        members.CopyTo(_runs.AsSpan(key * RunLengthMax));
        _keys[key].RunLength = members.Length;
        _keys[key].RunEnd = end;
    }

    /// <summary>One key with its quotes and colon.</summary>
    internal struct Key
    {
        /// <summary>A member that is wanted, or whose value changes.</summary>
        public const int NoRun = 0;

        /// <summary>A member that no frame had yet.</summary>
        public const int NotLearned = -1;

        /// <summary>Bytes of the key with its quotes and colon.</summary>
        public readonly int Length;

        /// <summary>The index under which it is wanted, or <see cref="Unwanted"/>.</summary>
        public readonly int Index;

        /// <summary>Length of the last plain value: a guess at the next one's.</summary>
        public int ValueLength;

        /// <summary>Bytes of the run that begins with this member, without the comma behind it; <see cref="NoRun"/> or <see cref="NotLearned"/>.</summary>
        public int RunLength;

        /// <summary>Position of the key behind the run.</summary>
        public int RunEnd;

        private readonly Vector256<byte> _literal;

        public Key(Vector256<byte> literal, int length, int index)
        {
            _literal = literal;
            Length = length;
            Index = index;
            RunLength = index == Unwanted && length > 0 ? NotLearned : NoRun;
        }

        /// <summary>True when 32 bytes begin with the key.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool IsAt(Vector256<byte> bytes) => FixedLayout.Prefix(bytes, Length) == _literal;

        /// <summary>True when the key stands at a place.</summary>
        /// <param name="start">The place.</param>
        /// <param name="available">Bytes from there to the frame's end.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool IsAt(ref byte start, nint available) => available >= FixedLayout.Wide ? IsAt(FixedLayout.Load32(ref start)) : IsNearEndAt(ref start, available);

        [MethodImpl(MethodImplOptions.NoInlining)]
        private readonly bool IsNearEndAt(ref byte start, nint available) =>
            Length > 0 && Length <= available && MemoryMarshal.CreateReadOnlySpan(ref start, Length).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<Vector256<byte>>(in _literal))[..Length]);
    }
}
