using System.Runtime.Intrinsics;

namespace LatencyEngine.Wire;

/// <summary>The characters of a price (lower half) and a quantity (upper half) printed with known decimals, each right-aligned in 16 bytes.</summary>
internal readonly struct PairPattern
{
    /// <summary>'0' everywhere, the point at its place.</summary>
    public readonly Vector256<byte> Text;

    /// <summary>Largest difference from <see cref="Text"/>: 9 everywhere, 0 at the point.</summary>
    public readonly Vector256<byte> Largest;

    /// <summary>Byte shuffle that closes the gap of the point from the left.</summary>
    public readonly Vector256<byte> Order;

    /// <summary>Creates the pattern.</summary>
    /// <param name="priceDecimals">Decimals of the price, 0 to <see cref="NumberShape.DecimalsMax"/>.</param>
    /// <param name="qtyDecimals">Decimals of the quantity, the same range.</param>
    public PairPattern(int priceDecimals, int qtyDecimals)
    {
        for (int i = 0; i < 32; i++)
        {
            int decimals = i < 16 ? priceDecimals : qtyDecimals;
            int place = i % 16;
            int point = decimals == 0 ? -1 : 15 - decimals;
            Text = Text.WithElement(i, (byte)(place == point ? '.' : '0'));
            Largest = Largest.WithElement(i, (byte)(place == point ? 0 : 9));
            Order = Order.WithElement(i, (byte)(place > point ? place : place == 0 ? 0x80 : place - 1));
        }
    }
}
