using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <summary>Finds an instrument by its symbol in one probe of a hash table: symbols are short enough to be compared as one 256-bit word. Immutable; look-ups allocate nothing.</summary>
/// <remarks>Thread: hot. Throws: never after construction.</remarks>
internal sealed class SymbolIndex
{
    /// <summary>Longest symbol that is found; a longer one (Model allows 32 characters) is left to the complete reader.</summary>
    public const int LengthMax = 31;

    private const int SlotBits = 8; // four times the instruments of an engine
    private const int Empty = -1;

    private readonly Vector256<byte>[] _symbols = new Vector256<byte>[1 << SlotBits];
    private readonly int[] _instruments = new int[1 << SlotBits];

    /// <summary>Creates the table.</summary>
    public SymbolIndex(InstrumentTable instruments)
    {
        Array.Fill(_instruments, Empty);
        for (int i = 0; i < instruments.Count; i++)
        {
            ReadOnlySpan<byte> symbol = instruments[new InstrumentId(i)].SymbolUtf8;
            if (symbol.Length > LengthMax) continue;
            Vector256<byte> word = FixedLayout.Padded([.. symbol, (byte)'"']);
            int slot = Slot(word);
            while (_instruments[slot] != Empty) slot = Next(slot);
            _symbols[slot] = word;
            _instruments[slot] = i;
        }
    }

    /// <summary>Finds the symbol that starts at a place and ends before a double quote. False when no quote follows within 32 bytes, and for a symbol that the engine does not trade. Touches 32 bytes.</summary>
    /// <param name="start">The symbol's first character.</param>
    /// <param name="symbol">The symbol with its closing quote, padded with zeros: the quote tells a symbol from one that is followed by zero bytes.</param>
    /// <param name="length">Its characters.</param>
    /// <param name="instrument">Its instrument's index.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(ref byte start, out Vector256<byte> symbol, out nint length, out int instrument)
    {
        length = BitOperations.TrailingZeroCount(FixedLayout.Quotes(ref start));
        symbol = default;
        instrument = Empty;
        if (length > LengthMax) return false;
        symbol = FixedLayout.Prefix(FixedLayout.Load32(ref start), length + 1);
        int slot = Slot(symbol);
        while (true)
        {
            instrument = _instruments[slot];
            if (instrument == Empty) return false;
            if (_symbols[slot] == symbol) return true;
            slot = Next(slot);
        }
    }

    /// <summary>True when a symbol and its closing quote stand at a place. Touches 32 bytes.</summary>
    /// <param name="start">Where its first character should be.</param>
    /// <param name="symbol">The symbol as <see cref="TryFind"/> gives it.</param>
    /// <param name="length">Its characters without the quote.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAt(ref byte start, Vector256<byte> symbol, nint length) => FixedLayout.Prefix(FixedLayout.Load32(ref start), length + 1) == symbol;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(Vector256<byte> symbol)
    {
        Vector128<ulong> head = symbol.GetLower().AsUInt64();
        ulong mixed = (head.ToScalar() ^ BitOperations.RotateLeft(head.GetElement(1), 23)) * 0x9E37_79B9_7F4A_7C15; // 2^64 / golden ratio
        return (int)(mixed >> (64 - SlotBits));
    }

    private static int Next(int slot) => (slot + 1) & ((1 << SlotBits) - 1);
}
