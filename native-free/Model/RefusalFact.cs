using System.Buffers.Binary;

namespace LatencyEngine.Model;

/// <summary>A request that the venue has refused, in its own words (Bybit V5, 18.2: the text tells what the code does not). On the outbound ring: the code in four bytes, little-endian, the action in one, then the text.</summary>
public readonly ref struct RefusalFact
{
    /// <summary>More of a text is cut off.</summary>
    public const int TextBytesMax = 120;

    private const int HeadBytes = sizeof(int) + sizeof(OrderAction);

    /// <summary>A refusal.</summary>
    /// <param name="returnCode"><c>retCode</c>, not 0.</param>
    /// <param name="action">What was refused.</param>
    /// <param name="text"><c>retMsg</c>, UTF-8; the first <see cref="TextBytesMax"/> bytes count.</param>
    public RefusalFact(int returnCode, OrderAction action, ReadOnlySpan<byte> text)
    {
        ReturnCode = returnCode;
        Action = action;
        Text = text[..Math.Min(text.Length, TextBytesMax)];
    }

    /// <summary><c>retCode</c>.</summary>
    public int ReturnCode { get; }

    /// <summary>What was refused.</summary>
    public OrderAction Action { get; }

    /// <summary><c>retMsg</c>, UTF-8, at most <see cref="TextBytesMax"/> bytes.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public int LengthBytes => HeadBytes + Text.Length;

    /// <summary>Writes it to a span of <see cref="LengthBytes"/>.</summary>
    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(payload, ReturnCode);
        payload[sizeof(int)] = (byte)Action;
        Text.CopyTo(payload[HeadBytes..]);
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    public static RefusalFact Read(ReadOnlySpan<byte> payload) => new(BinaryPrimitives.ReadInt32LittleEndian(payload), (OrderAction)payload[sizeof(int)], payload[HeadBytes..]);
}
