using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace LatencyEngine.Wire;

/// <summary>The order in which the venue writes the members of one kind of object, and which of them a reader wants: so that a key need not be read but only compared with the one expected next.</summary>
/// <remarks>The order, and the length of each value, which is learned, are guesses: they decide how fast an object is read, never what it says. Thread: hot, one. Allocates: at construction only.</remarks>
internal sealed class KeyLayout
{
    /// <summary>The index of a member that nobody wants.</summary>
    public const int Unwanted = -1;

    /// <summary>Stands for the first key of an object, which no comma precedes.</summary>
    public const int NoneYet = -1;

    /// <summary>Longest key with its quotes and colon.</summary>
    private const int LiteralLengthMax = 32;

    // One more than there are keys: the last one equals no text.
    private readonly Key[] _keys;

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

    /// <summary>One key with its quotes and colon.</summary>
    internal struct Key
    {
        /// <summary>Bytes of the key with its quotes and colon.</summary>
        public readonly int Length;

        /// <summary>The index under which it is wanted, or <see cref="Unwanted"/>.</summary>
        public readonly int Index;

        /// <summary>Length of the last plain value: a guess at the next one's.</summary>
        public int ValueLength;

        private readonly Vector256<byte> _literal;

        public Key(Vector256<byte> literal, int length, int index)
        {
            _literal = literal;
            Length = length;
            Index = index;
        }

        /// <summary>True when 32 bytes begin with the key.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool IsAt(Vector256<byte> bytes) => FixedLayout.Prefix(bytes, Length) == _literal;
    }
}
