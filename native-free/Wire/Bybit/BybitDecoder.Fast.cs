using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LatencyEngine.Model;
using static LatencyEngine.Wire.FixedLayout;

namespace LatencyEngine.Wire;

/// <content>The fast readers: a frame is compared with the layout that V5 writes, and only its numbers are read.</content>
/// <remarks>
/// A fast reader either gives exactly what the complete reader would give for the same bytes, or doubts; then the complete reader reads the frame from its start and overwrites every output.
/// It doubts whatever it does not know: another key order, white space, an escape, a number that is not one, a frame that ends early.
/// </remarks>
public sealed partial class BybitDecoder
{
    /// <summary>The answer of a fast reader that leaves a frame to the complete one.</summary>
    private const DecodeStatus Doubt = DecodeStatus.Unset;

    /// <summary>Depth 1 is printed differently from the other public messages (Bybit V5, 6.1), so an instrument has two shapes.</summary>
    private const int ShapesPerInstrument = 2;

    private const int UsualShape = 0;
    private const int DepthOneShape = 1;

    /// <summary>Digits of a time in ms: from September 2001 to November 2286.</summary>
    private const int MillisLength = 13;

    private const long MillisMin = 1_000_000_000_000;
    private const long MillisMax = long.MaxValue / EpochNanos.PerMillisecond;

    /// <summary>Bytes that every frame of a topic has: all of them up to the first 32 of the symbol.</summary>
    private const int TopicLengthMin = 64;

    /// <summary>Most bytes from the end of the topic's symbol to the end of what <see cref="TryReadTypeAndTime"/> reads.</summary>
    private const int TypeAndTimeLength = 38;

    private DecodeStatus DecodePublicFast(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < TopicLengthMin) return Doubt;
        ref byte head = ref MemoryMarshal.GetReference(frame);
        if (IsAt(ref head, "{\"topic\":\"orderbook."u8)) return ReadBookFast(frame);
        return IsAt(ref head, "{\"topic\":\"publicTrade."u8) ? ReadTradesFast(frame) : DecodeStreamFast(frame, isPrivate: false);
    }

    /// <summary>Passes <c>","type":"…","ts":</c> and the time, in either order: the depth 1 book has the time first. False when neither stands there. Touches <see cref="TypeAndTimeLength"/> bytes.</summary>
    /// <param name="head">The frame's first byte.</param>
    /// <param name="position">In: the quote that ends the topic. Out: behind the time, or the type's closing quote where the type comes last.</param>
    /// <param name="isSnapshot">The type: snapshot or delta.</param>
    /// <param name="pushTimeEnd">The byte behind the time's digits, which are not checked here.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadTypeAndTime(ref byte head, ref nint position, out bool isSnapshot, out nint pushTimeEnd)
    {
        ref byte start = ref At(ref head, position);
        isSnapshot = false;
        if (IsAt(ref start, "\",\"type\":\"delta\",\"ts\":"u8))
        {
            position += 22 + MillisLength;
            pushTimeEnd = position;
            return true;
        }

        isSnapshot = true;
        if (IsAt(ref start, "\",\"type\":\"snapshot\",\"ts\":"u8))
        {
            position += 25 + MillisLength;
            pushTimeEnd = position;
            return true;
        }

        pushTimeEnd = position + 7 + MillisLength;
        position = pushTimeEnd + 18;
        return Differs(ref start, "\",\"ts\":"u8) == 0 && IsAt(ref At(ref head, pushTimeEnd), ",\"type\":\"snapshot\""u8);
    }

    /// <summary>A time as <see cref="TryMillis"/> allows it; the lower bound excludes a leading zero, which JSON forbids.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsMillis(long value) => (ulong)(value - MillisMin) <= MillisMax - MillisMin;

    /// <summary>Finds two texts, a price and a quantity, that are not where the shape says. Behind them stands a quote; what is between their quotes is not checked.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="position">The first character of the first text.</param>
    /// <param name="separator">What stands between the texts, from the first one's closing quote to the second one's opening quote.</param>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <returns>The position of the second text's closing quote; -1 when the frame ends before.</returns>
    private static nint FindPair(ReadOnlySpan<byte> frame, nint position, ReadOnlySpan<byte> separator, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        second = default;
        int firstEnd = IndexOfQuote(frame, (int)position, out first);
        if (firstEnd < 0 || !frame[firstEnd..].StartsWith(separator)) return -1;
        return IndexOfQuote(frame, firstEnd + separator.Length, out second);
    }

    private static int IndexOfQuote(ReadOnlySpan<byte> frame, int start, out ReadOnlySpan<byte> text)
    {
        text = frame[start..];
        int length = text.IndexOf((byte)'"');
        if (length < 0) return -1;
        text = text[..length];
        return start + length;
    }
}
