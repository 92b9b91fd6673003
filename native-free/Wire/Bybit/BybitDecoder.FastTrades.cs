using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using LatencyEngine.Model;
using static LatencyEngine.Wire.FixedLayout;

namespace LatencyEngine.Wire;

/// <content>The fast reader of <c>publicTrade.{symbol}</c> (Bybit V5, 6.4).</content>
public sealed partial class BybitDecoder
{
    /// <summary>Most bytes from the end of the topic's symbol to the first trade.</summary>
    private const int TradesHeadLength = TypeAndTimeLength + 9;

    /// <summary>From <c>{"T":</c> to the end of the match time.</summary>
    private const int TradeTimeLength = 5 + MillisLength;

    /// <summary>Most bytes from the end of the match time that are touched before the tick direction: the side's key, the side, a literal, two numbers with what stands between and behind them.</summary>
    private const int TradeNumbersReach = Wide + 4 + 7 + NumberShape.LengthMax + 7 + Wide;

    /// <summary>From the price's closing quote to the trade id, and what is touched there.</summary>
    private const int TradeDirectionReach = 7 + Wide;

    /// <summary>What stands between the match time and the side, without the symbol in it: <c>,"s":"</c> and <c>","S":"</c>.</summary>
    private const int TradeSideKeyLength = 6 + 7;

    /// <summary>From a trade id's closing quote to the first digit of <c>seq</c>, where both flags are false.</summary>
    private const int TradeFlagsLength = 31;

    /// <summary>From the end of the last <c>seq</c> to the frame's end.</summary>
    private const int TradesEndLength = 3;

    /// <summary>The tick directions with <c>","i":"</c> behind them, by their length; elsewhere what no frame matches (Bybit V5, 15).</summary>
    private static readonly Vector256<byte>[] TickDirections = CreateTickDirections();

    private TradeLengths _tradeLengths = new();

    private DecodeStatus ReadTradesFast(ReadOnlySpan<byte> frame)
    {
        ref byte head = ref MemoryMarshal.GetReference(frame);
        nint length = frame.Length;
        nint position = 22;
        if (!_symbols.TryFind(ref At(ref head, position), out _, out nint symbolLength, out int instrument)) return Doubt;
        position += symbolLength;
        if (position > length - TradesHeadLength || !TryReadTypeAndTime(ref head, ref position, out _, out nint pushTimeEnd)) return Doubt;
        if (Differs(ref At(ref head, position), ",\"data\":["u8) != 0) return Doubt;
        position += 9;

        TradeBatch batch = Trades;
        ref PairShape shape = ref _shapes[(instrument * ShapesPerInstrument) + UsualShape];
        Vector256<byte> sideKey = _tradeSideKeys[instrument];
        nint sideKeyLength = symbolLength + TradeSideKeyLength;
        int count = 0;
        do
        {
            if (count == TradeBatch.TradesMax) return Doubt;
            position = ReadTradeFast(frame, position, sideKey, sideKeyLength, ref shape, ref _tradeLengths, out batch.Trades[count]);
            if (position < 0) return Doubt;
            count++;
        }
        while (At(ref head, position++) == (byte)',');

        // Behind the bracket that closes the trades.
        if (position != length - 1 || Load2(ref At(ref head, position - 1)) != Word("]}"u8)) return Doubt;
        ref byte pushTime = ref At(ref head, pushTimeEnd);
        if (!NumberPair.TryReadIntegers(ref pushTime, MillisLength, ref pushTime, MillisLength, out batch.PushMillis, out _) || !IsMillis(batch.PushMillis)) return Doubt;
        batch.Instrument = new InstrumentId(instrument);
        batch.Count = count;
        return DecodeStatus.Trades;
    }

    /// <summary>Reads one trade.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="position">The opening brace.</param>
    /// <param name="sideKey">What stands between the match time and the side, padded with zeros.</param>
    /// <param name="sideKeyLength">Its bytes.</param>
    /// <param name="shape">How the numbers are printed; learns.</param>
    /// <param name="lengths">Lengths of the last trade's texts; learns.</param>
    /// <param name="trade">Receives the trade.</param>
    /// <returns>The position behind the closing brace, where at least two more bytes are; -1 in doubt.</returns>
    private static nint ReadTradeFast(ReadOnlySpan<byte> frame, nint position, Vector256<byte> sideKey, nint sideKeyLength, ref PairShape shape, ref TradeLengths lengths, out Trade trade)
    {
        Unsafe.SkipInit(out trade);
        ref byte head = ref MemoryMarshal.GetReference(frame);
        nint length = frame.Length;
        nint matchTimeEnd = position + TradeTimeLength;
        if (matchTimeEnd > length - TradeNumbersReach) return -1;
        ulong difference = Differs(ref At(ref head, position), "{\"T\":"u8);
        if (sideKeyLength > Wide || Prefix(Load32(ref At(ref head, matchTimeEnd)), sideKeyLength) != sideKey) return -1;

        // Which side took is as good as random, so it is not branched on: the lowest bit of the first character tells.
        nint at = matchTimeEnd + sideKeyLength;
        uint sideText = Load4(ref At(ref head, at));
        uint isSell = sideText & 1;
        difference |= sideText ^ (uint)Word("Buy\""u8) ^ ((uint)(Word("Buy\""u8) ^ Word("Sell"u8)) & (0 - isSell));
        at += 3 + (nint)isSell;
        difference |= Differs(ref At(ref head, at), "\",\"v\":\""u8);
        if (difference != 0) return -1;

        at = ReadTradeNumbers(frame, at + 7, ref shape, out long ticks, out long lots);
        if ((nuint)at > (nuint)(length - TradeDirectionReach)) return -1;
        difference = Differs(ref At(ref head, at), "\",\"L\":\""u8);
        at += 7;
        nint directionLength = BitOperations.TrailingZeroCount(Quotes(ref At(ref head, at))) & (TickDirections.Length - 1);
        if (difference != 0 || Prefix(Load32(ref At(ref head, at)), directionLength + 7) != TickDirections[directionLength]) return -1;
        nint idStart = at + directionLength + 7;
        nint idLength = TextLength(ref At(ref head, idStart), length - idStart);
        if (idLength != lengths.Id)
        {
            if (idLength <= 0) return -1;
            lengths.Id = idLength;
        }

        at = idStart + lengths.Id;
        if (at > length - TradeFlagsLength) return -1;

        TradeFlags flags = default;
        nint sequenceStart = at + TradeFlagsLength;
        if (!IsAt(ref At(ref head, at), "\",\"BT\":false,\"RPI\":false,\"seq\":"u8))
        {
            sequenceStart = ReadTradeFlags(ref head, at, out flags);
            if (sequenceStart < 0) return -1;
        }

        // The last trade's seq can end closer than 16 bytes to the frame's end.
        nint scanned = Math.Min(sequenceStart, length - 16);
        uint braces = Vector128.Equals(Load16(ref At(ref head, scanned)), Vector128.Create((byte)'}')).ExtractMostSignificantBits() >> (int)(sequenceStart - scanned);
        nint sequenceLength = BitOperations.TrailingZeroCount(braces);
        if (sequenceLength != lengths.Sequence)
        {
            if ((nuint)(sequenceLength - 1) >= NumberPair.IntegerLengthMax) return -1;
            lengths.Sequence = sequenceLength;
        }

        nint sequenceEnd = sequenceStart + lengths.Sequence;
        if (sequenceEnd > length - TradesEndLength || At(ref head, sequenceStart) == (byte)'0') return -1;
        if (!NumberPair.TryReadIntegers(ref At(ref head, matchTimeEnd), MillisLength, ref At(ref head, sequenceEnd), lengths.Sequence, out long matchMillis, out long sequence)) return -1;
        if (!IsMillis(matchMillis)) return -1;
        trade = new Trade(
            new PriceTicks(ticks),
            new QtyLots(lots),
            (Side)((uint)Side.Buy + isSell),
            matchMillis,
            sequence,
            (int)idStart,
            (int)lengths.Id,
            (flags & TradeFlags.BlockTrade) != 0,
            (flags & TradeFlags.Rpi) != 0);
        return sequenceEnd + 1;
    }

    /// <summary>Reads a quantity and a price, both above zero. Touches, before it reads them one by one, <see cref="NumberShape.LengthMax"/> + 7 + 32 bytes.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="position">The quantity's first character.</param>
    /// <param name="shape">How the numbers are printed; learns.</param>
    /// <param name="ticks">The price.</param>
    /// <param name="lots">The quantity.</param>
    /// <returns>The position of the price's closing quote; -1 in doubt.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint ReadTradeNumbers(ReadOnlySpan<byte> frame, nint position, ref PairShape shape, out long ticks, out long lots)
    {
        if (NumberPair.IsSupported && shape.IsDecimal)
        {
            ref byte qty = ref At(ref MemoryMarshal.GetReference(frame), position);
            nint qtyLength = BitOperations.TrailingZeroCount(Quotes(ref qty));
            ref byte price = ref At(ref qty, qtyLength + 7);
            if (qtyLength >= shape.Qty.LengthMin
                && qtyLength <= NumberShape.LengthMax
                && Differs(ref At(ref qty, qtyLength), "\",\"p\":\""u8) == 0
                && (At(ref price, shape.PriceLength) == (byte)'"' || shape.TryFindPriceLength(ref price))
                && NumberPair.TryReadCounts(ref At(ref price, shape.PriceLength), shape.PriceLength, ref At(ref qty, qtyLength), qtyLength, in shape.Pattern, out ticks, out lots)
                && (ulong)(ticks - 1) < (ulong)shape.Price.CountMax
                && (ulong)(lots - 1) < (ulong)shape.Qty.CountMax)
            {
                return position + qtyLength + 7 + shape.PriceLength;
            }
        }

        position = ReadOddTradeNumbers(frame, position, ref shape, out long oddTicks, out long oddLots);
        ticks = oddTicks;
        lots = oddLots;
        return position;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint ReadOddTradeNumbers(ReadOnlySpan<byte> frame, nint position, ref PairShape shape, out long ticks, out long lots)
    {
        ticks = 0;
        lots = 0;
        position = FindPair(frame, position, "\",\"p\":\""u8, out ReadOnlySpan<byte> qty, out ReadOnlySpan<byte> price);
        return position >= 0 && shape.TryReadPrice(price, out ticks) && shape.TryReadQty(qty, out lots) && lots != 0 ? position : -1;
    }

    /// <summary>Reads what stands between the trade id and the digits of <c>seq</c>: the block and the RPI flag, the latter of which older messages lack. Touches <see cref="TradeFlagsLength"/> bytes.</summary>
    /// <param name="head">The frame's first byte.</param>
    /// <param name="position">The id's closing quote.</param>
    /// <param name="flags">The flags.</param>
    /// <returns>The position of the first digit of <c>seq</c>; -1 in doubt.</returns>
    private static nint ReadTradeFlags(ref byte head, nint position, out TradeFlags flags)
    {
        flags = TradeFlags.None;
        if (Differs(ref At(ref head, position), "\",\"BT\":"u8) != 0) return -1;
        nint at = position + 7;
        int length = FlagLength(ref At(ref head, at), out bool isBlockTrade);
        if (length == 0) return -1;
        if (isBlockTrade) flags |= TradeFlags.BlockTrade;
        at += length;
        if (Differs(ref At(ref head, at), ",\"RPI\":"u8) == 0)
        {
            at += 7;
            length = FlagLength(ref At(ref head, at), out bool isRpi);
            if (length == 0) return -1;
            if (isRpi) flags |= TradeFlags.Rpi;
            at += length;
        }

        return Differs(ref At(ref head, at), ",\"seq\":"u8) == 0 ? at + 7 : -1;
    }

    /// <summary>Bytes of <c>true</c> or <c>false</c>; 0 for anything else. Touches 5 bytes.</summary>
    private static int FlagLength(ref byte start, out bool flag)
    {
        flag = Load4(ref start) == Word("true"u8);
        if (flag) return 4;
        return Differs(ref start, "false"u8) == 0 ? 5 : 0;
    }

    private static Vector256<byte> CreateTradeSideKey(ReadOnlySpan<byte> symbol) => Padded([.. ",\"s\":\""u8, .. symbol, .. "\",\"S\":\""u8]);

    private static Vector256<byte>[] CreateTickDirections()
    {
        var directions = new Vector256<byte>[16];
        Array.Fill(directions, Vector256<byte>.AllBitsSet);
        foreach (string name in (string[])["PlusTick", "MinusTick", "ZeroPlusTick", "ZeroMinusTick"]) directions[name.Length] = Padded([.. Encoding.ASCII.GetBytes(name), .. "\",\"i\":\""u8]);
        return directions;
    }

    /// <summary>Lengths that the last trade's texts had; those of the next one are nearly always the same. Where a length is only compared with the expected one, the processor reads on behind the text before it has found its end.</summary>
    private struct TradeLengths
    {
        /// <summary>Characters of the trade id, never zero: at first those of a UUID.</summary>
        public nint Id = 36;

        /// <summary>Digits of <c>seq</c>, never zero: at first today's.</summary>
        public nint Sequence = 12;

        public TradeLengths()
        {
        }
    }

    [Flags]
    private enum TradeFlags
    {
        None = 0,
        BlockTrade = 1,
        Rpi = 2,
    }
}
