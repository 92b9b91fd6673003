using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LatencyEngine.Model;
using static LatencyEngine.Wire.FixedLayout;

namespace LatencyEngine.Wire;

/// <content>The fast reader of <c>publicTrade.{symbol}</c> (Bybit V5, 6.4).</content>
public sealed partial class BybitDecoder
{
    /// <summary>Most bytes from the end of the topic's symbol to the first trade.</summary>
    private const int TradesHeadLength = TypeAndTimeLength + 9;

    /// <summary>From <c>{"T":</c> to the first character of the symbol.</summary>
    private const int TradeSymbol = 5 + MillisLength + 6;

    /// <summary>Most bytes from the end of the symbol that are touched before the tick direction: the side, the quantity, and 32 bytes from the price's first digit.</summary>
    private const int TradeNumbersReach = 7 + 4 + 7 + NumberShape.LengthMax + 7 + Wide;

    /// <summary>From a trade id's closing quote to the first digit of <c>seq</c>, where both flags are false.</summary>
    private const int TradeFlagsLength = 31;

    /// <summary>From the last digit of the last <c>seq</c> to the frame's end.</summary>
    private const int TradesEndLength = 3;

    private DecodeStatus ReadTradesFast(ReadOnlySpan<byte> frame)
    {
        ref byte head = ref MemoryMarshal.GetReference(frame);
        nint length = frame.Length;
        nint position = 22;
        if (!_symbols.TryFind(ref At(ref head, position), out Vector256<byte> symbol, out nint symbolLength, out int instrument)) return Doubt;
        position += symbolLength;
        if (position > length - TradesHeadLength || !TryReadTypeAndTime(ref head, ref position, out _, out nint pushTimeEnd)) return Doubt;
        if (Differs(ref At(ref head, position), ",\"data\":["u8) != 0) return Doubt;
        position += 9;

        TradeBatch batch = Trades;
        ref PairShape shape = ref _shapes[(instrument * ShapesPerInstrument) + UsualShape];
        int count = 0;
        do
        {
            if (count == TradeBatch.TradesMax || !TryReadTradeFast(frame, ref position, symbol, symbolLength, ref shape, out batch.Trades[count])) return Doubt;
            count++;
        }
        while (At(ref head, position++) == (byte)',');

        // Behind the last trade's brace.
        if (position != length - 1 || Load2(ref At(ref head, position - 1)) != Word("]}"u8)) return Doubt;
        ref byte pushTime = ref At(ref head, pushTimeEnd);
        if (!NumberPair.TryReadIntegers(ref pushTime, MillisLength, ref pushTime, MillisLength, out batch.PushMillis, out _) || !IsMillis(batch.PushMillis)) return Doubt;
        batch.Instrument = new InstrumentId(instrument);
        batch.Count = count;
        return DecodeStatus.Trades;
    }

    /// <summary>Reads one trade. False in doubt.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="position">In: the opening brace. Out: behind the closing brace, inside the frame.</param>
    /// <param name="symbol">The topic's symbol.</param>
    /// <param name="symbolLength">Its characters.</param>
    /// <param name="shape">How the numbers are printed; learns.</param>
    /// <param name="trade">Receives the trade.</param>
    private static bool TryReadTradeFast(ReadOnlySpan<byte> frame, ref nint position, Vector256<byte> symbol, nint symbolLength, ref PairShape shape, out Trade trade)
    {
        trade = default;
        ref byte head = ref MemoryMarshal.GetReference(frame);
        nint length = frame.Length;
        nint at = position;
        nint matchTimeEnd = at + 5 + MillisLength;
        nint symbolEnd = at + TradeSymbol + symbolLength;
        if (symbolEnd > length - TradeNumbersReach) return false;
        ulong difference = Differs(ref At(ref head, at), "{\"T\":"u8) | Differs(ref At(ref head, matchTimeEnd), ",\"s\":\""u8);
        if (!SymbolIndex.IsAt(ref At(ref head, at + TradeSymbol), symbol, symbolLength)) return false;

        // Which side took is as good as random, so it is not branched on: the lowest bit of the first character tells.
        difference |= Differs(ref At(ref head, symbolEnd), "\",\"S\":\""u8);
        uint sideText = Load4(ref At(ref head, symbolEnd + 7));
        uint isSell = sideText & 1;
        difference |= sideText ^ (Word("Buy\""u8) ^ ((Word("Buy\""u8) ^ Word("Sell"u8)) & (0UL - isSell)));
        at = symbolEnd + 7 + 3 + (nint)isSell;
        difference |= Differs(ref At(ref head, at), "\",\"v\":\""u8);
        at += 7;
        if (difference != 0 || !TryReadTradeNumbers(frame, ref at, ref shape, out long ticks, out long lots) || at > length - 7) return false;

        difference = Differs(ref At(ref head, at), "\",\"L\":\""u8);
        at += 7;
        nint directionLength = TextLength(ref At(ref head, at), length - at);
        if (difference != 0 || directionLength < 0) return false;
        at += directionLength;
        if (at > length - 7 || Differs(ref At(ref head, at), "\",\"i\":\""u8) != 0) return false;
        nint idStart = at + 7;
        nint idLength = TextLength(ref At(ref head, idStart), length - idStart);
        at = idStart + idLength;
        if (idLength <= 0 || !TryReadTradeFlags(ref head, ref at, length, out bool isBlockTrade, out bool isRpi)) return false;

        // The last trade's seq can end closer than 16 bytes to the frame's end.
        nint sequenceStart = at;
        nint scanned = Math.Min(sequenceStart, length - 16);
        uint braces = Vector128.Equals(Load16(ref At(ref head, scanned)), Vector128.Create((byte)'}')).ExtractMostSignificantBits() >> (int)(sequenceStart - scanned);
        nint sequenceLength = BitOperations.TrailingZeroCount(braces);
        nint sequenceEnd = sequenceStart + sequenceLength;
        if ((nuint)(sequenceLength - 1) >= NumberPair.IntegerLengthMax || sequenceEnd > length - TradesEndLength || At(ref head, sequenceStart) == (byte)'0') return false;
        if (!NumberPair.TryReadIntegers(ref At(ref head, matchTimeEnd), MillisLength, ref At(ref head, sequenceEnd), sequenceLength, out long matchMillis, out long sequence)) return false;
        position = sequenceEnd + 1;
        trade = new Trade(new PriceTicks(ticks), new QtyLots(lots), (Side)((uint)Side.Buy + isSell), matchMillis, sequence, (int)idStart, (int)idLength, isBlockTrade, isRpi);
        return IsMillis(matchMillis);
    }

    /// <summary>Reads a quantity and a price, both above zero. False in doubt. Touches, before it reads one by one, <see cref="NumberShape.LengthMax"/> + 7 + 32 bytes.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="position">In: the quantity's first character. Out: the price's closing quote.</param>
    /// <param name="shape">How the numbers are printed; learns.</param>
    /// <param name="ticks">The price.</param>
    /// <param name="lots">The quantity.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadTradeNumbers(ReadOnlySpan<byte> frame, ref nint position, ref PairShape shape, out long ticks, out long lots)
    {
        ref byte qty = ref At(ref MemoryMarshal.GetReference(frame), position);
        nint qtyLength = BitOperations.TrailingZeroCount(Quotes(ref qty));
        if (NumberPair.IsSupported && qtyLength <= NumberShape.LengthMax && qtyLength >= shape.Qty.LengthMin)
        {
            ref byte price = ref At(ref qty, qtyLength + 7);
            nint priceLength = BitOperations.TrailingZeroCount(Quotes(ref price));
            bool isUsual = priceLength <= NumberShape.LengthMax && priceLength >= shape.Price.LengthMin;
            if (isUsual && NumberPair.TryReadDigits(ref At(ref price, priceLength), priceLength, ref At(ref qty, qtyLength), qtyLength, in shape.Pattern, out ulong priceDigits, out ulong qtyDigits))
            {
                ticks = (long)shape.Price.Count(priceDigits);
                lots = (long)shape.Qty.Count(qtyDigits);
                position += qtyLength + 7 + priceLength;
                if (Differs(ref At(ref qty, qtyLength), "\",\"p\":\""u8) == 0 && (ulong)ticks - 1 < shape.Price.CountMax && (ulong)lots - 1 < shape.Qty.CountMax) return true;
                position -= qtyLength + 7 + priceLength;
            }
        }

        return TryReadOddTradeNumbers(frame, ref position, ref shape, out ticks, out lots);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadOddTradeNumbers(ReadOnlySpan<byte> frame, ref nint position, ref PairShape shape, out long ticks, out long lots)
    {
        ticks = 0;
        lots = 0;
        return TryFindPair(frame, ref position, "\",\"p\":\""u8, out ReadOnlySpan<byte> qty, out ReadOnlySpan<byte> price)
            && shape.TryReadPrice(price, out ticks)
            && shape.TryReadQty(qty, out lots)
            && lots != 0;
    }

    /// <summary>Reads what stands between the trade id and the digits of <c>seq</c>: the block and the RPI flag, the latter of which older messages lack. False in doubt.</summary>
    /// <param name="head">The frame's first byte.</param>
    /// <param name="position">In: the id's closing quote. Out: the first digit of <c>seq</c>.</param>
    /// <param name="length">The frame's length.</param>
    /// <param name="isBlockTrade">The member <c>BT</c>.</param>
    /// <param name="isRpi">The member <c>RPI</c>; false where it is not sent.</param>
    private static bool TryReadTradeFlags(ref byte head, ref nint position, nint length, out bool isBlockTrade, out bool isRpi)
    {
        isBlockTrade = false;
        isRpi = false;
        nint at = position;
        if (at > length - TradeFlagsLength) return false;
        if (Differs(ref At(ref head, at), "\",\"BT\":false,\"RPI\":false,\"seq\":"u8) == 0)
        {
            position += TradeFlagsLength;
            return true;
        }

        if (Differs(ref At(ref head, at), "\",\"BT\":"u8) != 0) return false;
        at += 7;
        if (!TryReadFlag(ref At(ref head, at), ref at, out isBlockTrade)) return false;
        if (Differs(ref At(ref head, at), ",\"RPI\":"u8) == 0)
        {
            at += 7;
            if (!TryReadFlag(ref At(ref head, at), ref at, out isRpi)) return false;
        }

        position = at + 7;
        return Differs(ref At(ref head, at), ",\"seq\":"u8) == 0;
    }

    /// <summary>Reads <c>true</c> or <c>false</c>. Touches 5 bytes.</summary>
    private static bool TryReadFlag(ref byte start, ref nint position, out bool flag)
    {
        flag = Load4(ref start) == Word("true"u8);
        position += flag ? 4 : 5;
        return flag || Differs(ref start, "false"u8) == 0;
    }
}
