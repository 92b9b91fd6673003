using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace LatencyEngine.Wire;

/// <summary>The order in which the venue writes the members of one kind of object, and which of them a reader wants: so that a key need not be read but only compared with the one expected next.</summary>
/// <remarks>The order is a guess that makes reading fast; any other order gives the same values. Immutable. Thread: any. Allocates: at construction only.</remarks>
internal sealed class KeyLayout
{
    /// <summary>The index of a member that nobody wants.</summary>
    public const int Unwanted = -1;

    /// <summary>Stands for the first key of an object, which no comma precedes.</summary>
    public const int First = -1;

    /// <summary>Longest key with its quotes and colon.</summary>
    private const int LiteralLengthMax = 32;

    private readonly byte[][] _literals;
    private readonly Vector256<byte>[] _padded;
    private readonly byte[] _lengths;
    private readonly sbyte[] _indices;

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

        _literals = new byte[names.Count][];
        _padded = new Vector256<byte>[names.Count];
        _lengths = new byte[names.Count];
        _indices = new sbyte[names.Count];
        Span<byte> padded = stackalloc byte[LiteralLengthMax];
        for (int i = 0; i < names.Count; i++)
        {
            _literals[i] = Encoding.ASCII.GetBytes($"\"{names[i]}\":");
            padded.Clear();
            _literals[i].CopyTo(padded);
            _padded[i] = Vector256.Create<byte>(padded);
            _lengths[i] = (byte)_literals[i].Length;
            _indices[i] = (sbyte)wanted.IndexOf(Encoding.ASCII.GetBytes(names[i]));
        }
    }

    /// <summary>Number of keys.</summary>
    public int Count => _lengths.Length;

    /// <summary>Bits of the indices whose value the reader reads itself.</summary>
    public uint Stops { get; }

    /// <summary>True when no member holds an object or array: how deep they may go inside an object that is itself part of a value is not counted here.</summary>
    public bool IsFlat { get; }

    /// <summary>True when a key with its quotes and colon stands at a place. Touches 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(int key, Vector256<byte> bytes) => FixedLayout.Prefix(bytes, _lengths[key]) == _padded[key];

    /// <summary>True when a text begins with a key with its quotes and colon.</summary>
    public bool IsAt(int key, ReadOnlySpan<byte> text) => text.StartsWith(_literals[key]);

    /// <summary>Length of a key with its quotes and colon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int LengthOf(int key) => _lengths[key];

    /// <summary>The index under which a key is wanted, or <see cref="Unwanted"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IndexOf(int key) => _indices[key];
}
