using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <content>Payloads of the public topics (Bybit V5, 6).</content>
public sealed partial class BybitDecoder
{
    private static readonly KeySet BookKeys = new("s", "b", "a", "u", "seq");
    private static readonly KeySet TradeKeys = new("T", "s", "S", "v", "p", "i", "BT", "RPI", "seq");
    private static readonly KeySet TickerKeys = new(
        "symbol", "lastPrice", "markPrice", "indexPrice", "fundingRate", "nextFundingTime", "bid1Price", "bid1Size", "ask1Price", "ask1Size", "openInterest");

    private static readonly KeySet KlineKeys = new("start", "end", "interval", "open", "close", "high", "low", "volume", "turnover", "confirm", "timestamp");
    private static readonly KeySet LiquidationKeys = new("T", "s", "S", "v", "p");

    private static class BookMember
    {
        public const int Symbol = 0, Bids = 1, Asks = 2, UpdateId = 3, Sequence = 4, Count = 5;
    }

    private static class TradeMember
    {
        public const int MatchTime = 0, Symbol = 1, Side = 2, Qty = 3, Price = 4, Id = 5, IsBlockTrade = 6, IsRpi = 7, Sequence = 8, Count = 9;
    }

    private static class TickerMember
    {
        public const int Symbol = 0, LastPrice = 1, MarkPrice = 2, IndexPrice = 3, FundingRate = 4, NextFundingTime = 5;
        public const int BidPrice = 6, BidQty = 7, AskPrice = 8, AskQty = 9, OpenInterest = 10, Count = 11;
    }

    private static class KlineMember
    {
        public const int Start = 0, End = 1, Interval = 2, Open = 3, Close = 4, High = 5, Low = 6, Volume = 7, Turnover = 8, IsClosed = 9, LastTradeTime = 10, Count = 11;
    }

    private static class LiquidationMember
    {
        public const int Time = 0, Symbol = 1, Side = 2, Qty = 3, Price = 4, Count = 5;
    }

    /// <summary><c>orderbook.{depth}.{symbol}</c>, <c>publicTrade.{symbol}</c>, <c>tickers.{symbol}</c>, <c>kline.{interval}.{symbol}</c>, <c>allLiquidation.{symbol}</c>; everything else is unused, the depths that V5 does not offer and the rpi and full books among it.</summary>
    private Topic PublicTopic(ReadOnlySpan<byte> topic)
    {
        int nameEnd = topic.IndexOf((byte)'.');
        if (nameEnd < 0) return new Topic(DecodeStatus.Unused);
        ReadOnlySpan<byte> name = topic[..nameEnd];
        ReadOnlySpan<byte> symbol = topic[(nameEnd + 1)..];
        DecodeStatus kind = DecodeStatus.Unused;
        int depth = 0;
        KlineInterval interval = KlineInterval.Unset;
        if (name.SequenceEqual("orderbook"u8))
        {
            int depthEnd = symbol.IndexOf((byte)'.');
            if (depthEnd < 0) return new Topic(DecodeStatus.Unused);
            depth = BookDepth(symbol[..depthEnd]);
            symbol = symbol[(depthEnd + 1)..];
            if (depth > 0) kind = DecodeStatus.Book;
        }
        else if (name.SequenceEqual("publicTrade"u8))
        {
            kind = DecodeStatus.Trades;
        }
        else if (name.SequenceEqual("tickers"u8))
        {
            kind = DecodeStatus.Ticker;
        }
        else if (name.SequenceEqual("kline"u8))
        {
            int intervalEnd = symbol.IndexOf((byte)'.');
            if (intervalEnd < 0) return new Topic(DecodeStatus.Unused);
            interval = ReadInterval(symbol[..intervalEnd]);
            symbol = symbol[(intervalEnd + 1)..];
            kind = DecodeStatus.Klines;
        }
        else if (name.SequenceEqual("allLiquidation"u8))
        {
            kind = DecodeStatus.Liquidations;
        }

        if (kind == DecodeStatus.Unused) return new Topic(kind);
        return _instruments.TryFind(symbol, out InstrumentSpec? instrument) ? new Topic(kind, instrument, depth, interval) : new Topic(DecodeStatus.UnknownSymbol);
    }

    private static int BookDepth(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("50"u8)) return 50;
        if (text.SequenceEqual("1"u8)) return 1;
        if (text.SequenceEqual("200"u8)) return 200;
        return text.SequenceEqual("1000"u8) ? 1_000 : 0;
    }

    private static KlineInterval ReadInterval(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("1"u8)) return KlineInterval.OneMinute;
        if (text.SequenceEqual("3"u8)) return KlineInterval.ThreeMinutes;
        if (text.SequenceEqual("5"u8)) return KlineInterval.FiveMinutes;
        if (text.SequenceEqual("15"u8)) return KlineInterval.FifteenMinutes;
        if (text.SequenceEqual("30"u8)) return KlineInterval.ThirtyMinutes;
        if (text.SequenceEqual("60"u8)) return KlineInterval.OneHour;
        if (text.SequenceEqual("120"u8)) return KlineInterval.TwoHours;
        if (text.SequenceEqual("240"u8)) return KlineInterval.FourHours;
        if (text.SequenceEqual("360"u8)) return KlineInterval.SixHours;
        if (text.SequenceEqual("720"u8)) return KlineInterval.TwelveHours;
        if (text.SequenceEqual("D"u8)) return KlineInterval.Day;
        if (text.SequenceEqual("W"u8)) return KlineInterval.Week;
        return text.SequenceEqual("M"u8) ? KlineInterval.Month : KlineInterval.Other;
    }

    private DecodeStatus ReadBook(ref JsonCursor cursor, InstrumentSpec instrument)
    {
        Span<JsonValue> members = stackalloc JsonValue[BookMember.Count];
        members.Clear();
        bool hasBids = false;
        bool hasAsks = false;
        BookDelta book = Book;
        cursor.EnterObject();
        while (cursor.NextMember(out JsonValue key))
        {
            int index = cursor.TryText(key, out ReadOnlySpan<byte> name) ? BookKeys.IndexOf(name) : -1;
            DecodeStatus levels = DecodeStatus.Book;
            switch (index)
            {
                case BookMember.Bids:
                    if (hasBids) return DecodeStatus.Malformed;
                    hasBids = true;
                    levels = ReadLevels(ref cursor, instrument.Id, book.Bids, out book.BidCount);
                    break;
                case BookMember.Asks:
                    if (hasAsks) return DecodeStatus.Malformed;
                    hasAsks = true;
                    levels = ReadLevels(ref cursor, instrument.Id, book.Asks, out book.AskCount);
                    break;
                case < 0:
                    cursor.Read();
                    break;
                default:
                    if (members[index].Kind != JsonKind.Absent) return DecodeStatus.Malformed;
                    members[index] = cursor.Read();
                    break;
            }

            if (levels != DecodeStatus.Book) return levels;
        }

        book.Instrument = instrument.Id;
        bool isComplete = !cursor.IsBroken
            && hasBids
            && hasAsks
            && IsSymbol(in cursor, members[BookMember.Symbol], instrument)
            && TryInteger(in cursor, members[BookMember.UpdateId], out book.UpdateId)
            && TryInteger(in cursor, members[BookMember.Sequence], out book.Sequence);
        return isComplete ? DecodeStatus.Book : DecodeStatus.Malformed;
    }

    /// <summary>Pairs of price and quantity. A quantity of zero deletes (Bybit V5, 6.1); a price of zero does not exist.</summary>
    private DecodeStatus ReadLevels(ref JsonCursor cursor, InstrumentId instrument, BookLevel[] levels, out int count)
    {
        ref readonly DecimalScale priceScale = ref _priceScales[instrument.Index];
        ref readonly DecimalScale qtyScale = ref _qtyScales[instrument.Index];
        count = 0;
        cursor.EnterArray();
        while (cursor.NextElement())
        {
            if (count == levels.Length) return DecodeStatus.TooLarge;
            cursor.EnterArray();
            if (!cursor.NextElement() || !TryCount(in cursor, cursor.Read(), in priceScale, out long ticks) || ticks == 0) return DecodeStatus.Malformed;
            if (!cursor.NextElement() || !TryCount(in cursor, cursor.Read(), in qtyScale, out long lots)) return DecodeStatus.Malformed;
            if (cursor.NextElement()) return DecodeStatus.Malformed;
            levels[count++] = new BookLevel(new PriceTicks(ticks), new QtyLots(lots));
        }

        return cursor.IsBroken ? DecodeStatus.Malformed : DecodeStatus.Book;
    }

    private DecodeStatus ReadTrades(ref JsonCursor cursor, InstrumentSpec instrument)
    {
        Span<JsonValue> members = stackalloc JsonValue[TradeMember.Count];
        TradeBatch batch = Trades;
        batch.Instrument = instrument.Id;
        batch.Count = 0;
        cursor.EnterArray();
        while (cursor.NextElement())
        {
            if (batch.Count == TradeBatch.TradesMax) return DecodeStatus.TooLarge;
            if (!cursor.TryReadMembers(TradeKeys, members) || !TryReadTrade(in cursor, members, instrument, out batch.Trades[batch.Count])) return DecodeStatus.Malformed;
            batch.Count++;
        }

        return cursor.IsBroken ? DecodeStatus.Malformed : DecodeStatus.Trades;
    }

    private bool TryReadTrade(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, InstrumentSpec instrument, out Trade trade)
    {
        trade = default;
        JsonValue id = members[TradeMember.Id];

        // The id is handed on as it lies in the frame, so one with escapes would name another trade.
        if (id.Kind != JsonKind.Text || id.Length == 0) return false;
        if (!IsSymbol(in cursor, members[TradeMember.Symbol], instrument)) return false;
        if (!TryCount(in cursor, members[TradeMember.Price], in _priceScales[instrument.Id.Index], out long ticks) || ticks == 0) return false;
        if (!TryCount(in cursor, members[TradeMember.Qty], in _qtyScales[instrument.Id.Index], out long lots) || lots == 0) return false;
        if (!TrySide(in cursor, members[TradeMember.Side], out Side takerSide)) return false;
        if (!TryMillis(in cursor, members[TradeMember.MatchTime], out long matchMillis)) return false;
        if (!TryInteger(in cursor, members[TradeMember.Sequence], out long sequence)) return false;
        if (!TryFlag(members[TradeMember.IsBlockTrade], out bool isBlockTrade) || !TryFlag(members[TradeMember.IsRpi], out bool isRpi)) return false;
        trade = new Trade(new PriceTicks(ticks), new QtyLots(lots), takerSide, matchMillis, sequence, id.Start, id.Length, isBlockTrade, isRpi);
        return true;
    }

    private DecodeStatus ReadTicker(ref JsonCursor cursor, InstrumentSpec instrument)
    {
        Span<JsonValue> members = stackalloc JsonValue[TickerMember.Count];
        return cursor.TryReadMembers(TickerKeys, members) ? ReadTicker(in cursor, members, instrument) : DecodeStatus.Malformed;
    }

    private DecodeStatus ReadTicker(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, InstrumentSpec instrument)
    {
        if (!IsSymbol(in cursor, members[TickerMember.Symbol], instrument)) return DecodeStatus.Malformed;
        _ticker = default;
        _ticker.Instrument = instrument.Id;
        return TryReadTickerPrices(in cursor, members, instrument) && TryReadTickerRates(in cursor, members) ? DecodeStatus.Ticker : DecodeStatus.Malformed;
    }

    private bool TryReadTickerPrices(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, InstrumentSpec instrument)
    {
        ref readonly DecimalScale priceScale = ref _priceScales[instrument.Id.Index];
        ref readonly DecimalScale qtyScale = ref _qtyScales[instrument.Id.Index];
        if (Carries(members[TickerMember.LastPrice], TickerFields.LastPrice))
        {
            if (!TryCount(in cursor, members[TickerMember.LastPrice], in priceScale, out long ticks)) return false;
            _ticker.LastPrice = new PriceTicks(ticks);
        }

        if (Carries(members[TickerMember.BidPrice], TickerFields.BidPrice))
        {
            if (!TryCount(in cursor, members[TickerMember.BidPrice], in priceScale, out long ticks)) return false;
            _ticker.BidPrice = new PriceTicks(ticks);
        }

        if (Carries(members[TickerMember.BidQty], TickerFields.BidQty))
        {
            if (!TryCount(in cursor, members[TickerMember.BidQty], in qtyScale, out long lots)) return false;
            _ticker.BidQty = new QtyLots(lots);
        }

        if (Carries(members[TickerMember.AskPrice], TickerFields.AskPrice))
        {
            if (!TryCount(in cursor, members[TickerMember.AskPrice], in priceScale, out long ticks)) return false;
            _ticker.AskPrice = new PriceTicks(ticks);
        }

        if (Carries(members[TickerMember.AskQty], TickerFields.AskQty))
        {
            if (!TryCount(in cursor, members[TickerMember.AskQty], in qtyScale, out long lots)) return false;
            _ticker.AskQty = new QtyLots(lots);
        }

        return true;
    }

    private bool TryReadTickerRates(in JsonCursor cursor, ReadOnlySpan<JsonValue> members)
    {
        if (Carries(members[TickerMember.MarkPrice], TickerFields.MarkPrice) && !TryPrice(in cursor, members[TickerMember.MarkPrice], out _ticker.MarkPrice)) return false;
        if (Carries(members[TickerMember.IndexPrice], TickerFields.IndexPrice) && !TryPrice(in cursor, members[TickerMember.IndexPrice], out _ticker.IndexPrice)) return false;
        if (Carries(members[TickerMember.NextFundingTime], TickerFields.NextFundingTime) && !TryMillis(in cursor, members[TickerMember.NextFundingTime], out _ticker.NextFundingMillis)) return false;
        if (Carries(members[TickerMember.FundingRate], TickerFields.FundingRate))
        {
            if (!TryMoney(in cursor, members[TickerMember.FundingRate], out MoneyE8 rate)) return false;
            _ticker.FundingRateE8 = rate.Units;
        }

        // Of coins with many zeros the open interest can exceed 92 billion; nothing is traded on it, so it is left out and the mark price beside it kept.
        if (TryPrice(in cursor, members[TickerMember.OpenInterest], out PriceE8 openInterest))
        {
            _ticker.Fields |= TickerFields.OpenInterest;
            _ticker.OpenInterestE8 = openInterest.Units;
        }

        return true;
    }

    private bool TryReadKline(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, in Topic topic, out Kline row)
    {
        row = default;
        row.Instrument = topic.Instrument!.Id;
        row.Interval = topic.Interval;
        if (!TryText(in cursor, members[KlineMember.Interval], out ReadOnlySpan<byte> interval) || ReadInterval(interval) != topic.Interval) return false;
        if (row.Interval == KlineInterval.Other) UnknownEnumValues++;
        if (!TryMillis(in cursor, members[KlineMember.Start], out row.StartMillis)) return false;
        if (!TryMillis(in cursor, members[KlineMember.End], out row.EndMillis)) return false;
        if (!TryPrice(in cursor, members[KlineMember.Open], out row.Open)) return false;
        if (!TryPrice(in cursor, members[KlineMember.High], out row.High)) return false;
        if (!TryPrice(in cursor, members[KlineMember.Low], out row.Low)) return false;
        if (!TryPrice(in cursor, members[KlineMember.Close], out row.Close)) return false;
        if (!TryE4(in cursor, members[KlineMember.Volume], out row.VolumeE4)) return false;
        if (!TryE4(in cursor, members[KlineMember.Turnover], out row.TurnoverE4)) return false;
        return TryFlag(members[KlineMember.IsClosed], out row.IsClosed) && TryMillis(in cursor, members[KlineMember.LastTradeTime], out row.LastTradeMillis);
    }

    private bool TryReadLiquidation(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, InstrumentSpec instrument, out Liquidation row)
    {
        row = default;
        row.Instrument = instrument.Id;
        if (!IsSymbol(in cursor, members[LiquidationMember.Symbol], instrument)) return false;
        if (!TrySide(in cursor, members[LiquidationMember.Side], out row.PositionSide)) return false;
        if (!TryCount(in cursor, members[LiquidationMember.Qty], in _qtyScales[instrument.Id.Index], out long lots) || lots == 0) return false;
        row.Qty = new QtyLots(lots);
        return TryPrice(in cursor, members[LiquidationMember.Price], out row.BankruptcyPrice) && TryMillis(in cursor, members[LiquidationMember.Time], out row.LiquidatedMillis);
    }

    /// <summary>Notes a ticker field that the message carries. An empty text carries nothing (Bybit V5, 2).</summary>
    private bool Carries(JsonValue value, TickerFields field)
    {
        if (value.IsNothing) return false;
        _ticker.Fields |= field;
        return true;
    }

    private static bool IsSymbol(in JsonCursor cursor, JsonValue value, InstrumentSpec instrument) =>
        TryText(in cursor, value, out ReadOnlySpan<byte> symbol) && symbol.SequenceEqual(instrument.SymbolUtf8);
}
