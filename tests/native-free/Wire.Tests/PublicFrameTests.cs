using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

public sealed class PublicFrameTests
{
    private readonly BybitDecoder _decoder = new(Instruments.Table);

    [Fact]
    public void A_depth_50_delta_gives_levels_in_ticks_and_lots_and_zero_deletes()
    {
        Assert.Equal(DecodeStatus.Book, Public(Frames.BookDelta));

        BookDelta book = _decoder.Book;
        Assert.Equal((50, false, 10132541L, 546137962186L), (book.Depth, book.IsSnapshot, book.UpdateId, book.Sequence));
        Assert.Equal((1773386409404L, 1773386409407L), (book.MatchMillis, book.PushMillis));
        Assert.Equal([new BookLevel(new(714198), new(0)), new BookLevel(new(714182), new(159))], book.Bids[..book.BidCount]);
        Assert.Equal([new BookLevel(new(714279), new(6)), new BookLevel(new(714283), new(0))], book.Asks[..book.AskCount]);
    }

    [Fact]
    public void Padded_and_trimmed_prices_are_the_same_price()
    {
        Assert.Equal(DecodeStatus.Book, Public(Frames.BookDepthOne));
        Assert.Equal(new BookLevel(new(630408), new(3323)), _decoder.Book.Bids[0]);

        Assert.Equal(DecodeStatus.Book, Public(Frames.BookDepthOne.Replace("63040.8\"", "63040.80000\"", StringComparison.Ordinal)));
        Assert.Equal(new BookLevel(new(630408), new(3323)), _decoder.Book.Bids[0]);
    }

    [Theory]
    [InlineData("\"b\":[]", 0, 2)]
    [InlineData("\"b\":[ ]", 0, 2)]
    public void A_side_may_be_empty(string bids, int bidCount, int askCount)
    {
        Assert.Equal(DecodeStatus.Book, Public(Frames.BookDelta.Replace("\"b\":[[\"71419.80\",\"0\"],[\"71418.20\",\"0.159\"]]", bids, StringComparison.Ordinal)));
        Assert.Equal((bidCount, askCount), (_decoder.Book.BidCount, _decoder.Book.AskCount));
    }

    [Theory]
    [InlineData("71419.80", "71419.85")] // between two ticks
    [InlineData("71419.80", "0")]
    [InlineData("71419.80", "-71419.80")]
    [InlineData("71419.80", "+71419.80")]
    [InlineData("71419.80", "71419.")]
    [InlineData("71419.80", ".8")]
    [InlineData("71419.80", "7.141980e4")]
    [InlineData("71419.80", " 71419.80")]
    [InlineData("71419.80", "")]
    [InlineData("71419.80", "99999999999999999999")]
    [InlineData("71419.80", "92233720368.6")] // more than 64 bits at 1e-8
    [InlineData("0.159", "0.1595")] // between two lots
    [InlineData("0.159", "-0.159")]
    [InlineData("0.159", "9007199254740.992")] // 2^53 lots
    [InlineData("\"71418.20\",\"0.159\"", "\"71418.20\",\"0.159\",\"0\"")]
    [InlineData("\"71418.20\",\"0.159\"", "\"71418.20\"")]
    [InlineData("\"71418.20\",\"0.159\"", "71418.20,0.159")]
    [InlineData("\"71418.20\",\"0.159\"", "\"71418.20\",null")]
    [InlineData("\"s\":\"BTCUSDT\"", "\"s\":\"SOLUSDT\"")]
    [InlineData("\"s\":\"BTCUSDT\",", "")]
    [InlineData("\"u\":10132541,", "")]
    [InlineData("\"u\":10132541", "\"u\":1013254e1")]
    [InlineData("\"u\":10132541", "\"u\":10132541.5")]
    [InlineData("\"u\":10132541", "\"u\":10132541,\"u\":10132542")]
    [InlineData("\"a\":[", "\"b\":[],\"a\":[")]
    [InlineData("\"cts\":1773386409404", "\"cts\":-1")]
    [InlineData("\"cts\":1773386409404", "\"cts\":9223372036855")] // beyond the nanosecond clock
    [InlineData(",\"cts\":1773386409404", "")]
    [InlineData("\"ts\":1773386409407,", "")]
    [InlineData("\"type\":\"delta\",", "")]
    [InlineData("\"type\":\"delta\"", "\"type\":\"Delta\"")]
    [InlineData("orderbook.50.", "orderbook.1.")] // depth 1 has snapshots only
    [InlineData("\"topic\":\"orderbook.50.BTCUSDT\",", "")]
    [InlineData("\"data\":{", "\"topic\":\"orderbook.50.BTCUSDT\",\"data\":{")]
    public void A_book_message_that_is_not_what_V5_says_is_malformed(string was, string becomes)
    {
        Assert.Contains(was, Frames.BookDelta, StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Malformed, Public(Frames.BookDelta.Replace(was, becomes, StringComparison.Ordinal)));
    }

    [Fact]
    public void Steps_that_are_not_powers_of_ten_count_in_whole_steps()
    {
        const string Frame = """{"topic":"orderbook.50.ODDUSDT","type":"delta","ts":1,"data":{"s":"ODDUSDT","b":[["100.5","0.75"]],"a":[],"u":2,"seq":3},"cts":1}""";
        Assert.Equal(DecodeStatus.Book, Public(Frame));
        Assert.Equal(new BookLevel(new(201), new(3)), _decoder.Book.Bids[0]);

        Assert.Equal(DecodeStatus.Malformed, Public(Frame.Replace("100.5", "100.4", StringComparison.Ordinal)));
        Assert.Equal(DecodeStatus.Malformed, Public(Frame.Replace("0.75", "0.80", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1_000, DecodeStatus.Book)]
    [InlineData(BookDelta.LevelsPerSideMax, DecodeStatus.Book)]
    [InlineData(BookDelta.LevelsPerSideMax + 1, DecodeStatus.TooLarge)]
    public void The_deepest_topic_fits_and_more_levels_than_the_output_holds_are_refused(int levels, DecodeStatus expected)
    {
        string side = string.Join(',', Enumerable.Range(1, levels).Select(i => $"[\"{600_000 + i}.0\",\"{i}.001\"]"));
        Assert.Equal(expected, Public($"{{\"topic\":\"orderbook.1000.BTCUSDT\",\"type\":\"snapshot\",\"ts\":5,\"data\":{{\"s\":\"BTCUSDT\",\"b\":[{side}],\"a\":[{side}],\"u\":1,\"seq\":2}},\"cts\":4}}"));
        if (expected != DecodeStatus.Book) return;
        Assert.Equal((1_000, levels, levels), (_decoder.Book.Depth, _decoder.Book.BidCount, _decoder.Book.AskCount));
        Assert.Equal(new BookLevel(new(((600_000 + levels) * 10)), new((levels * 1_000) + 1)), _decoder.Book.Asks[levels - 1]);
    }

    [Fact]
    public void A_trade_keeps_its_id_as_a_place_in_the_frame()
    {
        Assert.Equal(DecodeStatus.Trades, Public(Frames.Trade));

        TradeBatch batch = _decoder.Trades;
        Assert.Equal((1, 1774021164130L), (batch.Count, batch.PushMillis));
        Trade trade = batch.Trades[0];
        Assert.Equal((new PriceTicks(699169), new QtyLots(20), Side.Buy, 1774021164129L, 549792208812L), (trade.Price, trade.Qty, trade.TakerSide, trade.MatchMillis, trade.Sequence));
        Assert.Equal("f60eae3c-d812-5c0b-ad26-8010c31c53aa", Frames.Trade.Substring(trade.IdOffset, trade.IdLength));
        Assert.False(trade.IsBlockTrade || trade.IsRpi);
    }

    [Theory]
    [InlineData("\"v\":\"0.020\"", "\"v\":\"0\"")]
    [InlineData("\"S\":\"Buy\"", "\"S\":\"buy\"")]
    [InlineData("\"BT\":false", "\"BT\":\"false\"")]
    [InlineData("\"i\":\"f60eae3c", "\"i\":\"\\u0066f60eae3")]
    [InlineData("\"s\":\"BTCUSDT\"", "\"s\":\"SOLUSDT\"")]
    [InlineData("\"p\":\"69916.90\"", "\"p\":\"69916.95\"")]
    [InlineData("\"seq\":549792208812", "\"seq\":null")]
    public void A_trade_that_is_not_what_V5_says_is_malformed(string was, string becomes)
    {
        Assert.Contains(was, Frames.Trade, StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Malformed, Public(Frames.Trade.Replace(was, becomes, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(TradeBatch.TradesMax, DecodeStatus.Trades)]
    [InlineData(TradeBatch.TradesMax + 1, DecodeStatus.TooLarge)]
    public void A_trade_message_holds_1024_trades(int trades, DecodeStatus expected)
    {
        int start = Frames.Trade.IndexOf("{\"T\"", StringComparison.Ordinal);
        string row = Frames.Trade[start..^2];
        Assert.Equal(expected, Public(Frames.Trade[..start] + string.Join(',', Enumerable.Repeat(row, trades)) + "]}"));
    }

    [Fact]
    public void A_ticker_names_the_fields_it_carries()
    {
        Assert.Equal(DecodeStatus.Ticker, Public(Frames.TickerSnapshot));
        Ticker ticker = _decoder.Ticker;
        Assert.True(ticker.IsSnapshot);
        Assert.Equal((TickerFields)1023, ticker.Fields);
        Assert.Equal((new PriceTicks(666666), new PriceE8(66666_63000000), new PriceE8(115418_19000000)), (ticker.LastPrice, ticker.MarkPrice, ticker.IndexPrice));
        Assert.Equal((-500_000L, 1760342400000L, 49237372000000L), (ticker.FundingRateE8, ticker.NextFundingMillis, ticker.OpenInterestE8));
        Assert.Equal((new PriceTicks(666666), new QtyLots(23789165), new PriceTicks(666667), new QtyLots(23775469)), (ticker.BidPrice, ticker.BidQty, ticker.AskPrice, ticker.AskQty));
        Assert.Equal((9532239429L, 1760325052630L), (ticker.Sequence, ticker.PushMillis));

        Assert.Equal(DecodeStatus.Ticker, Public(Frames.TickerDelta));
        Assert.False(_decoder.Ticker.IsSnapshot);
        Assert.Equal(TickerFields.MarkPrice | TickerFields.IndexPrice, _decoder.Ticker.Fields);
    }

    [Fact]
    public void An_empty_ticker_field_and_an_open_interest_that_cannot_be_held_are_left_out()
    {
        string frame = Frames.TickerSnapshot.Replace("\"fundingRate\":\"-0.005\"", "\"fundingRate\":\"\"", StringComparison.Ordinal)
            .Replace("\"openInterest\":\"492373.72\"", "\"openInterest\":\"92233720369\"", StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Ticker, Public(frame));
        Assert.Equal((TickerFields)1023 & ~(TickerFields.FundingRate | TickerFields.OpenInterest), _decoder.Ticker.Fields);
    }

    [Fact]
    public void A_candle_gives_prices_at_1e8_and_sums_at_1e4()
    {
        Assert.Equal(DecodeStatus.Klines, Public(Frames.Kline));

        Kline row = Assert.Single(_decoder.Klines.ToArray());
        Assert.Equal((Instruments.Btc.Id, KlineInterval.FiveMinutes, false), (row.Instrument, row.Interval, row.IsClosed));
        Assert.Equal((1672324800000L, 1672325099999L, 1672324988882L, 1672324988882L), (row.StartMillis, row.EndMillis, row.LastTradeMillis, row.PushMillis));
        Assert.Equal((1664950000000L, 1667700000000L, 1660800000000L, 1667700000000L), (row.Open.Units, row.High.Units, row.Low.Units, row.Close.Units));
        Assert.Equal((20_810L, 346_664_005L), (row.VolumeE4, row.TurnoverE4));
    }

    [Fact]
    public void At_the_end_of_a_candle_one_message_holds_the_closed_and_the_next()
    {
        int start = Frames.Kline.IndexOf("{\"start\"", StringComparison.Ordinal);
        int end = Frames.Kline.IndexOf("}]", StringComparison.Ordinal) + 1;
        string open = Frames.Kline[start..end];
        string closed = open.Replace("\"confirm\":false", "\"confirm\":true", StringComparison.Ordinal).Replace("34666.4005", "800000000000000.00005", StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Klines, Public(Frames.Kline.Replace(open, closed + "," + open, StringComparison.Ordinal)));
        Assert.Equal([true, false], _decoder.Klines.ToArray().Select(row => row.IsClosed));
        Assert.Equal(8_000_000_000_000_000_000, _decoder.Klines[0].TurnoverE4);
        Assert.Equal(0UL, _decoder.UnknownEnumValues);

        string many = string.Join(',', Enumerable.Repeat(open, BybitDecoder.KlinesMax));
        Assert.Equal(DecodeStatus.Klines, Public(Frames.Kline.Replace(open, many, StringComparison.Ordinal)));
        Assert.Equal(BybitDecoder.KlinesMax, _decoder.Klines.Length);
        Assert.Equal(DecodeStatus.TooLarge, Public(Frames.Kline.Replace(open, many + "," + open, StringComparison.Ordinal)));
    }

    [Fact]
    public void An_interval_that_V5_does_not_document_is_counted()
    {
        string frame = Frames.Kline.Replace("kline.5.", "kline.7.", StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Malformed, Public(frame));
        Assert.Equal(DecodeStatus.Klines, Public(frame.Replace("\"interval\":\"5\"", "\"interval\":\"7\"", StringComparison.Ordinal)));
        Assert.Equal(KlineInterval.Other, _decoder.Klines[0].Interval);
        Assert.Equal(1UL, _decoder.UnknownEnumValues);
    }

    [Theory]
    [InlineData("\"start\":1672324800000,", "")]
    [InlineData("\"interval\":\"5\",", "")]
    [InlineData("\"interval\":\"5\"", "\"interval\":\"15\"")]
    [InlineData("\"open\":\"16649.5\",", "")]
    [InlineData("\"high\":\"16677\"", "\"high\":16677")]
    [InlineData("\"low\":\"16608\"", "\"low\":\"-16608\"")]
    [InlineData("\"volume\":\"2.081\"", "\"volume\":\"\"")]
    [InlineData("34666.4005", "922337203685477.58075")]
    [InlineData("\"confirm\":false", "\"confirm\":\"false\"")]
    [InlineData("\"timestamp\":1672324988882", "\"timestamp\":-1")]
    [InlineData("\"ts\":1672324988882,", "")]
    public void A_candle_that_lacks_a_value_is_malformed(string was, string becomes)
    {
        Assert.Contains(was, Frames.Kline, StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Malformed, Public(Frames.Kline.Replace(was, becomes, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_liquidation_gives_the_side_of_the_position_and_the_bankruptcy_price()
    {
        Assert.Equal(DecodeStatus.Liquidations, Public(Frames.Liquidations));

        Assert.Equal(2, _decoder.Liquidations.Length);
        Liquidation row = _decoder.Liquidations[0];
        Assert.Equal((Instruments.Table[new InstrumentId(4)].Id, Side.Sell, 20_000L, 4_499_000L), (row.Instrument, row.PositionSide, row.Qty.Lots, row.BankruptcyPrice.Units));
        Assert.Equal((1739502302929L, 1739502303204L), (row.LiquidatedMillis, row.PushMillis));
        Assert.Equal((Side.Buy, 1L, 4_499_123L), (_decoder.Liquidations[1].PositionSide, _decoder.Liquidations[1].Qty.Lots, _decoder.Liquidations[1].BankruptcyPrice.Units));
    }

    [Theory]
    [InlineData("\"S\":\"Sell\"", "\"S\":\"Long\"")]
    [InlineData("\"v\":\"20000\"", "\"v\":\"0\"")]
    [InlineData("\"v\":\"20000\"", "\"v\":\"0.5\"")]
    [InlineData("\"p\":\"0.04499\"", "\"p\":\"\"")]
    [InlineData("\"T\":1739502302929,", "")]
    [InlineData("\"s\":\"ESPORTSUSDT\",\"S\":\"Sell\"", "\"s\":\"BTCUSDT\",\"S\":\"Sell\"")]
    [InlineData("\"ts\":1739502303204,", "")]
    public void A_liquidation_that_lacks_a_value_is_malformed(string was, string becomes)
    {
        Assert.Contains(was, Frames.Liquidations, StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Malformed, Public(Frames.Liquidations.Replace(was, becomes, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("orderbook.500.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("orderbook.rpi.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("orderbook.full.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("orderbook.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("orderbook", DecodeStatus.Unused)]
    [InlineData("priceLimit.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("kline.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("kline.5.NOPEUSDT", DecodeStatus.UnknownSymbol)]
    [InlineData("allLiquidation.NOPEUSDT", DecodeStatus.UnknownSymbol)]
    [InlineData("order", DecodeStatus.Unused)]
    [InlineData("", DecodeStatus.Unused)]
    [InlineData("orderbook.050.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("orderbook.50.NOPEUSDT", DecodeStatus.UnknownSymbol)]
    [InlineData("orderbook.50.btcusdt", DecodeStatus.UnknownSymbol)]
    [InlineData("orderbook.50.", DecodeStatus.UnknownSymbol)]
    [InlineData("tickers.NOPEUSDT", DecodeStatus.UnknownSymbol)]
    public void Topics_that_are_not_traded_on_are_told_apart_from_malformed_ones(string topic, DecodeStatus expected) =>
        Assert.Equal(expected, Public(Frames.BookDelta.Replace("orderbook.50.BTCUSDT", topic, StringComparison.Ordinal)));

    [Theory]
    [InlineData("""{"success":true,"ret_msg":"","conn_id":"d6ki1eae0cl5msgggj7g-1uoz2","req_id":"","op":"subscribe"}""")]
    [InlineData("""{"success":false,"ret_msg":"args size \u003e10","conn_id":"d7u3lt5c9enav1at3iug-1yimq","req_id":"2000001","op":"subscribe"}""")]
    [InlineData("""{"success":true,"ret_msg":"pong","conn_id":"465772b1-7630-4fdc-a492-e003e6f0f260","req_id":"","op":"ping"}""")]
    [InlineData("""{"args":["1672916271846"],"op":"pong"}""")]
    [InlineData("""{"success":false,"ret_msg":"Failed to decode incoming data"}""")]
    public void Replies_are_control(string frame)
    {
        Assert.Equal(DecodeStatus.Control, Public(frame));
        Assert.Equal(DecodeStatus.Control, _decoder.DecodePrivate(Frames.Bytes(frame)));
    }

    private DecodeStatus Public(string frame) => _decoder.DecodePublic(Encoding.Latin1.GetBytes(frame));
}
