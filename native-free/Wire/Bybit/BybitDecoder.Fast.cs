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
        if (Differs(ref head, "{\"topic\":\"orderbook."u8) == 0) return ReadBookFast(frame);
        return Differs(ref head, "{\"topic\":\"publicTrade."u8) == 0 ? ReadTradesFast(frame) : DecodeStreamFast(frame, isPrivate: false);
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
        if (Differs(ref start, "\",\"type\":\"delta\",\"ts\":"u8) == 0)
        {
            position += 22 + MillisLength;
            pushTimeEnd = position;
            return true;
        }

        isSnapshot = true;
        if (Differs(ref start, "\",\"type\":\"snapshot\",\"ts\":"u8) == 0)
        {
            position += 25 + MillisLength;
            pushTimeEnd = position;
            return true;
        }

        pushTimeEnd = position + 7 + MillisLength;
        position = pushTimeEnd + 18;
        return Differs(ref start, "\",\"ts\":"u8) == 0 && Differs(ref At(ref head, pushTimeEnd), ",\"type\":\"snapshot\""u8) == 0;
    }

    /// <summary>A time as <see cref="TryMillis"/> allows it; the lower bound excludes a leading zero, which JSON forbids.</summary>
    private static bool IsMillis(long value) => value is >= MillisMin and <= MillisMax;

    /// <summary>Reads the price and the quantity of one level or trade in any print. False when one is not what its grid allows, or has no end.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="position">In: the first character of the first number. Out: the closing quote of the second.</param>
    /// <param name="separator">What stands between them, from the first one's closing quote to the second one's opening quote.</param>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    private static bool TryFindPair(ReadOnlySpan<byte> frame, ref nint position, ReadOnlySpan<byte> separator, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        first = default;
        second = default;
        if (position > frame.Length) return false;
        ReadOnlySpan<byte> rest = frame[(int)position..];
        int firstEnd = rest.IndexOf((byte)'"');
        if (firstEnd < 0) return false;
        first = rest[..firstEnd];
        rest = rest[firstEnd..];
        if (!rest.StartsWith(separator)) return false;
        rest = rest[separator.Length..];
        int secondEnd = rest.IndexOf((byte)'"');
        if (secondEnd < 0) return false;
        second = rest[..secondEnd];
        position += firstEnd + separator.Length + secondEnd;
        return true;
    }
}
