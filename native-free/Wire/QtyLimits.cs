using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LatencyEngine.Wire;

/// <summary>By the number of characters a quantity has: the largest price less one, and the largest quantity. A quantity without its decimals must be zero, which is zero at any scale.</summary>
[InlineArray(NumberShape.LengthMax + 1)]
internal struct QtyLimits
{
    private Vector128<ulong> _first;

    /// <summary>The limits of a price and a quantity of 1 to <see cref="NumberShape.LengthMax"/> characters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<ulong> Of(nint qtyLength) => Unsafe.Add(ref Unsafe.AsRef(in _first), qtyLength);

    /// <summary>Fills the table.</summary>
    public void Set(in NumberShape price, in NumberShape qty)
    {
        for (int length = 0; length <= NumberShape.LengthMax; length++)
        {
            this[length] = Vector128.Create((ulong)price.CountMax - 1, length < qty.LengthMin ? 0 : (ulong)qty.CountMax);
        }
    }
}
