using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LatencyEngine.Model;
using static LatencyEngine.Wire.FixedLayout;

namespace LatencyEngine.Wire;

/// <content>The fast reader of <c>orderbook.{depth}.{symbol}</c> (Bybit V5, 6.1).</content>
public sealed partial class BybitDecoder
{
    /// <summary>Most bytes from the end of the topic's symbol to the first level, and the 32 that a symbol's comparison touches.</summary>
    private const int BookHeadLength = TypeAndTimeLength + 14 + Wide + 8;

    /// <summary>Fewest bytes from the bracket that closes the asks to the frame's end: <c>],"u":1,"seq":2},"cts":1773386409404}</c>.</summary>
    private const int BookTailLength = 37;

    /// <summary>From <c>},"cts":</c> to the frame's end.</summary>
    private const int BookEndLength = 8 + MillisLength + 1;

    /// <summary>Bytes from a level's first digit that <see cref="ReadLevelPairs"/> touches: 64 hold the last quote of two levels, and 4 follow it.</summary>
    private const int PairReach = 64 + 4;

    /// <summary>Bytes from a level's first digit that <see cref="ReadUsualLevels"/> touches.</summary>
    private const int LevelReach = NumberShape.LengthMax + 3 + 16 + 5;

    private readonly QuoteMarks _quotes = new();

    private DecodeStatus ReadBookFast(ReadOnlySpan<byte> frame)
    {
        ref byte head = ref MemoryMarshal.GetReference(frame);
        nint length = frame.Length;
        if (NumberQuad.IsSupported) _quotes.Start(frame);
        nint position = BookTopicDepth(ref head, out int depth);
        if (!_symbols.TryFind(ref At(ref head, position), out Vector256<byte> symbol, out nint symbolLength, out int instrument)) return Doubt;
        position += symbolLength;
        if (position > length - BookHeadLength || !TryReadTypeAndTime(ref head, ref position, out bool isSnapshot, out nint pushTimeEnd)) return Doubt;
        ulong difference = Differs(ref At(ref head, position), ",\"data\":{\"s\":\""u8);
        position += 14;
        if (!SymbolIndex.IsAt(ref At(ref head, position), symbol, symbolLength)) return Doubt;
        position += symbolLength;
        difference |= Differs(ref At(ref head, position), "\",\"b\":["u8);
        position += 7;
        if (difference != 0 || (depth == 1 && !isSnapshot)) return Doubt;

        BookDelta book = Book;
        ref PairShape shape = ref _shapes[(instrument * ShapesPerInstrument) + (depth == 1 ? DepthOneShape : UsualShape)];
        position = ReadSide(frame, position, ref shape, book.Bids, out book.BidCount);
        if ((nuint)position > (nuint)(length - BookTailLength) || Differs(ref At(ref head, position), "],\"a\":["u8) != 0) return Doubt;
        position = ReadSide(frame, position + 7, ref shape, book.Asks, out book.AskCount);
        if ((nuint)position > (nuint)(length - BookTailLength)) return Doubt;

        nint updateIdStart = position + 6;
        nint updateIdEnd = updateIdStart + Distance16(ref At(ref head, updateIdStart), (byte)',');
        nint sequenceStart = updateIdEnd + 7;
        nint sequenceEnd = length - BookEndLength;
        nint updateIdLength = updateIdEnd - updateIdStart;
        nint sequenceLength = sequenceEnd - sequenceStart;
        if ((nuint)(updateIdLength - 1) >= 15 || (nuint)(sequenceLength - 1) >= NumberPair.IntegerLengthMax) return Doubt;
        difference = Differs(ref At(ref head, position), "],\"u\":"u8)
            | Differs(ref At(ref head, updateIdEnd), ",\"seq\":"u8)
            | Differs(ref At(ref head, sequenceEnd), "},\"cts\":"u8)
            | (uint)(At(ref head, length - 1) ^ (byte)'}');
        if (difference != 0 || At(ref head, updateIdStart) == (byte)'0' || At(ref head, sequenceStart) == (byte)'0') return Doubt;
        if (!NumberPair.TryReadIntegers(ref At(ref head, updateIdEnd), updateIdLength, ref At(ref head, sequenceEnd), sequenceLength, out book.UpdateId, out book.Sequence)) return Doubt;
        if (!NumberPair.TryReadIntegers(ref At(ref head, pushTimeEnd), MillisLength, ref At(ref head, length - 1), MillisLength, out book.PushMillis, out book.MatchMillis)) return Doubt;
        if (!IsMillis(book.PushMillis) || !IsMillis(book.MatchMillis)) return Doubt;
        book.Instrument = new InstrumentId(instrument);
        book.Depth = depth;
        book.IsSnapshot = isSnapshot;
        return DecodeStatus.Book;
    }

    /// <summary>Position of the symbol in a topic that begins with <c>orderbook.</c>; for a depth that V5 does not offer, a place where no symbol can stand. Touches the first 25 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint BookTopicDepth(ref byte head, out int depth)
    {
        const int Start = 20;
        uint text = Load4(ref At(ref head, Start));
        if (text == Word("200."u8))
        {
            depth = 200;
            return Start + 4;
        }

        if ((text & 0xFF_FFFF) == Word("50."u8))
        {
            depth = 50;
            return Start + 3;
        }

        if ((text & 0xFFFF) == Word("1."u8))
        {
            depth = 1;
            return Start + 2;
        }

        depth = 1_000;
        return text == Word("1000"u8) && At(ref head, Start + 4) == (byte)'.' ? Start + 5 : 0;
    }

    /// <summary>Reads the levels of one side.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="position">Behind the side's opening bracket.</param>
    /// <param name="shape">How the numbers are printed; learns.</param>
    /// <param name="levels">Receives the levels.</param>
    /// <param name="count">How many.</param>
    /// <returns>Where the side's closing bracket should stand; -1 when something else than levels stands there, or more than the output holds.</returns>
    private nint ReadSide(ReadOnlySpan<byte> frame, nint position, ref PairShape shape, BookLevel[] levels, out int count)
    {
        ref byte head = ref MemoryMarshal.GetReference(frame);
        count = 0;
        if (Load2(ref At(ref head, position)) != Word("[\""u8)) return position;
        nint at = position + 2;
        while (!shape.IsDecimal
            || !((NumberQuad.IsSupported && ReadMarkedLevels(frame, ref at, in shape, levels, ref count))
                || (NumberPair.IsSupported && ReadUsualLevels(ref head, ref at, frame.Length - LevelReach, in shape, levels, ref count))))
        {
            // Prices of another length from here on; or one level that is printed in another way, or too close to the end.
            if (NumberPair.IsSupported && at <= frame.Length - Wide && shape.TryFindPriceLength(ref At(ref head, at))) continue;
            if (count == levels.Length) return -1;
            at = FindPair(frame, at, "\",\""u8, out ReadOnlySpan<byte> price, out ReadOnlySpan<byte> qty);
            if (at < 0 || !shape.TryReadPrice(price, out long ticks) || !shape.TryReadQty(qty, out long lots)) return -1;
            levels[count++] = new BookLevel(new PriceTicks(ticks), new QtyLots(lots));
            if (!frame[(int)at..].StartsWith("\"],[\""u8)) break;
            at += 5;
        }

        return at <= frame.Length - 2 && Load2(ref At(ref head, at)) == Word("\"]"u8) ? at + 2 : -1;
    }

    /// <summary>Reads levels that are printed as the shape says, up to the side's last one. False at a level that is not: the position is then its first character, and it is not counted.</summary>
    /// <param name="head">The frame's first byte.</param>
    /// <param name="position">In: the first digit of a level's price. Out, when true: the closing quote of the last level's quantity.</param>
    /// <param name="positionMax">Last position from which <see cref="LevelReach"/> bytes can be read.</param>
    /// <param name="shape">How the numbers are printed.</param>
    /// <param name="levels">Receives the levels.</param>
    /// <param name="count">Levels so far.</param>
    private static bool ReadUsualLevels(ref byte head, ref nint position, nint positionMax, in PairShape shape, BookLevel[] levels, ref int count)
    {
        if (position > positionMax) return false;
        PairPattern pattern = shape.Pattern;
        nint priceLength = shape.PriceLength;
        nint qtyLengthMin = shape.Qty.LengthMin;
        long ticksMax = shape.Price.CountMax;
        long lotsMax = shape.Qty.CountMax;
        ref byte price = ref At(ref head, position);
        ref byte priceMax = ref At(ref head, positionMax);
        ref BookLevel level = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(levels), count);
        ref BookLevel levelsEnd = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(levels), levels.Length);
        bool isComplete = false;
        while (Unsafe.IsAddressLessThan(ref level, ref levelsEnd) && !Unsafe.IsAddressGreaterThan(ref price, ref priceMax))
        {
            // The price is taken to be as long as the last one; that it is follows from the separator behind it and from its characters.
            // The high half of the quantity's first character belongs to the separator: a quantity does not begin with a point.
            ref byte priceEnd = ref At(ref price, priceLength);
            if ((Load4(ref priceEnd) & 0xF0FF_FFFF) != (uint)Word("\",\"0"u8)) break;
            nint qtyLength = Distance16(ref At(ref priceEnd, 3), (byte)'"');
            if ((nuint)(qtyLength - 1) >= NumberShape.LengthMax) break;
            ref byte qtyEnd = ref At(ref priceEnd, qtyLength + 3);
            if (!NumberPair.TryReadCounts(ref priceEnd, priceLength, ref qtyEnd, qtyLength, in pattern, out long ticks, out long lots)) break;

            // A quantity without its decimals must be zero, which is zero at any scale.
            long allowedMax = lotsMax & ~((qtyLength - qtyLengthMin) >> 63);
            if ((ulong)(ticks - 1) >= (ulong)ticksMax || lots > allowedMax) break;
            level = new BookLevel(new PriceTicks(ticks), new QtyLots(lots));
            level = ref Unsafe.Add(ref level, 1);
            if (Load4(ref At(ref qtyEnd, 1)) != (uint)Word("],[\""u8))
            {
                isComplete = true;
                price = ref qtyEnd;
                break;
            }

            price = ref At(ref qtyEnd, 5);
        }

        position = Unsafe.ByteOffset(ref head, ref price);
        count = (int)((nuint)Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(levels), ref level) / (nuint)Unsafe.SizeOf<BookLevel>());
        return isComplete;
    }

    /// <summary>Reads levels as <see cref="ReadUsualLevels"/> does, with the places of the quotes found before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ReadMarkedLevels(ReadOnlySpan<byte> frame, ref nint position, ref readonly PairShape shape, BookLevel[] levels, ref int count)
    {
        do
        {
            nint positionMax = Math.Min(_quotes.PlaceMax, frame.Length - PairReach);
            if (position <= positionMax && ReadLevelPairs(ref MemoryMarshal.GetReference(frame), ref position, positionMax, ref _quotes.Bits, in shape, levels, ref count)) return true;
        }
        while (position > _quotes.PlaceMax && _quotes.TryContinue(frame));
        return false;
    }

    /// <summary>Reads levels as <see cref="ReadUsualLevels"/> does, two at a time, and a last one that has no partner twice.</summary>
    /// <param name="head">The frame's first byte.</param>
    /// <param name="position">As there.</param>
    /// <param name="positionMax">Last position that has <see cref="QuoteMarks.Window"/> marks and <see cref="PairReach"/> bytes.</param>
    /// <param name="quotes">The frame's marks.</param>
    /// <param name="shape">How the numbers are printed.</param>
    /// <param name="levels">Receives the levels.</param>
    /// <param name="count">Levels so far.</param>
    private static bool ReadLevelPairs(ref byte head, ref nint position, nint positionMax, ref byte quotes, ref readonly PairShape shape, BookLevel[] levels, ref int count)
    {
        var quad = new NumberQuad(in shape);
        nint priceLength = shape.PriceLength;
        nint at = position;
        ref BookLevel level = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(levels), count);
        ref BookLevel levelMax = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(levels), levels.Length - 2);
        bool isComplete = false;
        while (at <= positionMax && !Unsafe.IsAddressGreaterThan(ref level, ref levelMax))
        {
            // The third quote ends the first quantity, the seventh the second one, if the separators stand where they should.
            ulong marks = QuoteMarks.From(ref quotes, at);
            ulong seventhQuote = Bmi2.X64.ParallelBitDeposit(1UL << 6, marks);
            if (seventhQuote == 0) break;
            nint qty1End = (nint)Bmi1.X64.TrailingZeroCount(Bmi2.X64.ParallelBitDeposit(1UL << 2, marks));
            nint next = (nint)Bmi1.X64.TrailingZeroCount(seventhQuote);

            // All bits when a second level follows; else the first one takes its place, without a branch that half of all sides would mispredict.
            ref byte price = ref At(ref head, at);
            nint hasPartner = ((nint)(Load4(ref At(ref price, qty1End + 1)) ^ (uint)Word("],[\""u8)) - 1) >> 63;
            nint price2End = priceLength + ((qty1End + 5) & hasPartner);
            nint qty2End = qty1End + ((next - qty1End) & hasPartner);
            nint qty1Length = qty1End - (priceLength + 3);
            nint qty2Length = qty2End - (price2End + 3);
            if ((nuint)((qty1Length - 1) | (qty2Length - 1)) >= NumberShape.LengthMax) break;
            uint difference = (Load4(ref At(ref price, priceLength)) ^ (uint)Word("\",\"0"u8)) | (Load4(ref At(ref price, price2End)) ^ (uint)Word("\",\"0"u8));
            if ((difference & 0xF0FF_FFFF) != 0) break;
            if (!quad.TryReadLevels(ref At(ref price, priceLength), ref At(ref price, qty1End), qty1Length, ref At(ref price, price2End), ref At(ref price, qty2End), qty2Length, ref level)) break;
            level = ref Unsafe.Subtract(ref Unsafe.Add(ref level, 1), hasPartner);
            if (Load4(ref At(ref price, qty2End + 1)) != (uint)Word("],[\""u8))
            {
                isComplete = true;
                at += qty2End;
                break;
            }

            at += next + 5;
        }

        position = at;
        count = (int)((nuint)Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(levels), ref level) / (nuint)Unsafe.SizeOf<BookLevel>());
        return isComplete;
    }
}
