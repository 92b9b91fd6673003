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

    [Theory]
    [InlineData("orderbook.500.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("orderbook.rpi.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("orderbook.full.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("orderbook.BTCUSDT", DecodeStatus.Unused)]
    [InlineData("orderbook", DecodeStatus.Unused)]
    [InlineData("allLiquidation.BTCUSDT", DecodeStatus.Unused)]
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
