using System.Runtime.Intrinsics;

namespace LatencyEngine.Wire;

/// <summary>The characters of a price (lower half) and a quantity (upper half) printed in known shapes, each right-aligned in 16 bytes.</summary>
internal readonly struct PairPattern
{
    /// <summary>'0' everywhere, the point at its place.</summary>
    public readonly Vector256<byte> Text;

    /// <summary>Largest difference from <see cref="Text"/>: 9 for a digit that counts, 0 for the point and the zeros behind.</summary>
    public readonly Vector256<byte> Largest;

    /// <summary>Byte shuffle that right-aligns the digits that count.</summary>
    public readonly Vector256<byte> Order;

    /// <summary>Creates the pattern.</summary>
    public PairPattern(in NumberShape price, in NumberShape qty)
    {
        (Vector128<byte> priceText, Vector128<byte> priceLargest, Vector128<byte> priceOrder) = Half(in price);
        (Vector128<byte> qtyText, Vector128<byte> qtyLargest, Vector128<byte> qtyOrder) = Half(in qty);
        Text = Vector256.Create(priceText, qtyText);
        Largest = Vector256.Create(priceLargest, qtyLargest);
        Order = Vector256.Create(priceOrder, qtyOrder);
    }

    private static (Vector128<byte> Text, Vector128<byte> Largest, Vector128<byte> Order) Half(in NumberShape shape)
    {
        const byte Cleared = 0x80;
        Vector128<byte> text = Vector128.Create((byte)'0');
        Vector128<byte> largest = Vector128<byte>.Zero;
        Vector128<byte> order = Vector128.Create(Cleared);
        int point = shape.Decimals == 0 ? -1 : 15 - shape.Decimals;
        if (point >= 0) text = text.WithElement(point, (byte)'.');
        int zeros = shape.Zeros;
        int to = 15;
        for (int from = 15; from >= 0; from--)
        {
            if (from == point || zeros-- > 0) continue;
            largest = largest.WithElement(from, (byte)9);
            order = order.WithElement(to--, (byte)from);
        }

        return (text, largest, order);
    }
}
