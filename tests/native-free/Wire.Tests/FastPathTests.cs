using System.Globalization;
using System.Text;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Wire.Tests;

/// <summary>The fast path is an optimisation of the slow one: what it takes, it reads alike, whatever the bytes.</summary>
public sealed class FastPathTests
{
    private const string Ob1000 = "data/bybit-ws/linear-ob1000-btc-20260213.ndjson.gz";
    private const string Spot = "data/bybit-ws/spot-btc-20260809.frames.gz";
    private const string TradeOfTwo = """{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1774021164130,"data":[{"T":1774021164129,"s":"BTCUSDT","S":"Buy","v":"0.020","p":"69916.90","L":"ZeroMinusTick","i":"f60eae3c-d812-5c0b-ad26-8010c31c53aa","BT":false,"RPI":true,"seq":549792208812},{"T":1774021164130,"s":"BTCUSDT","S":"Sell","v":"1.020","p":"69916.80","L":"MinusTick","i":"5266583940","BT":false,"RPI":false,"seq":549792208813}]}""";
    private const string OneSided = """{"topic":"orderbook.200.SOLUSDT","type":"delta","ts":1773386409407,"data":{"s":"SOLUSDT","b":[],"a":[["152.770","0"],["1152.780","15.2"]],"u":10132541,"seq":546137962186},"cts":1773386409404}""";

    // More than the run of quotes that is marked at a time; prices that grow by a character, quantities of every length, an odd and an even number of levels.
    private static readonly string Long = Encoding.Latin1.GetString(Book("BTCUSDT", 50, Side(27), Side(28)));

    private static readonly string[] Prints =
    [
        "", "0", "00", "000", "0000", "5", "05", "50", ".", ".0", ".5", ".00", ".000", "0.", "5.", "0.0", "0.00", "0.000", "0.0000", "0.1", "0.10", "0.100", "0.1000", "0.05", "0.050", "0.001", "0.0010", "0.25", "0.75",
        "1.5", "10.5", "100.5", "100.50", "100.500", "100.25", "714198", "71419.8", "71419.80", "71419.800", "71419.8000", "71419.85", "-1", "-0", "+1", "1e5", "1.2.3", "1..2", " 1", "1 ", "\\u0030", "a", "0x1", "/1", ":1", "1/", "1:",
        "9007199254740991", "9007199254740992", "900719925474099.1", "900719925474099.2", "9007199254740.991", "9007199254740.992", "9999999999999999", "999999999999999.9", "99999999999999.99", "9999999999999.999", "99999999999.9999",
        "92233720368.5", "92233720368.6", "92233720368.54", "92233720369", "12345678901234567", "1234567890123456.0", "123456789012345678.90", "0000000000000001", "00000000000001.0", "000000000000001.0", "0000000000000001.0",
        "0.00000000000000", "0.000000000000000", "1.00000000000000", "1.000000000000000", "1.0000000000000000", "1.50000000000000", "1.5000000000000000000",
    ];

    private readonly FastAndSlow _decoders = new(Instruments.Table);

    /// <summary>Two levels of this fill the 64 bytes that are read at once, so what follows them lies behind; cut there, it lies behind the frame.</summary>
    private const string WidePairs =
        """{"topic":"orderbook.200.BTCUSDT","type":"delta","ts":1772000000000,"data":{"s":"BTCUSDT","b":[["10001151141.3","123456789.001"],["10001151141.2","123456788.001"],["10001151141.1","123456787.001"],["10001151141.0","123456786.001"]],"a":[],"u":12,"seq":34},"cts":1772000000001}""";

    public static TheoryData<string> LayoutFrames => [Frames.BookDelta, Frames.BookDepthOne, Frames.BookSnapshot, Frames.Trade, OneSided, TradeOfTwo, Long, WidePairs];

    [Theory]
    [InlineData(Frames.GenuineRecording)]
    [InlineData(Frames.LongRecording)]
    public void Every_book_and_trade_frame_of_a_recording_takes_the_fast_path_and_reads_alike(string recording)
    {
        int read = 0;
        foreach (byte[] frame in Frames.Recorded(recording).Where(IsBookOrTrade))
        {
            Assert.True(_decoders.FastStatus(frame) is DecodeStatus.Book or DecodeStatus.Trades);
            read++;
        }

        Assert.True(read > 800, $"only {read} frames");
    }

    [ReferenceFact(Ob1000)]
    public void Thousand_levels_a_side_take_the_fast_path()
    {
        foreach (byte[] frame in ReferenceFiles.CompressedLines(ReferenceFiles.TryReference(Ob1000)!)) Assert.Equal(DecodeStatus.Book, _decoders.FastStatus(frame));
    }

    [ReferenceFact(Spot)]
    public void Frames_of_the_spot_socket_read_alike()
    {
        foreach (byte[] line in ReferenceFiles.CompressedLines(ReferenceFiles.TryReference(Spot)!)) _decoders.Status(ReferenceFiles.FrameOf(line));
    }

    [Theory]
    [MemberData(nameof(LayoutFrames))]
    public void A_documented_frame_takes_the_fast_path(string frame)
    {
        ScalarPathTests.RequireSwitchedOff();
        Assert.True(_decoders.FastStatus(Frames.Bytes(frame)) is DecodeStatus.Book or DecodeStatus.Trades);
    }

    [Theory]
    [MemberData(nameof(LayoutFrames))]
    public void A_frame_cut_at_any_byte_is_malformed_on_both_paths(string frame)
    {
        byte[] bytes = Frames.Bytes(frame);
        for (int length = 0; length < bytes.Length; length++) Assert.Equal(DecodeStatus.Malformed, _decoders.Status(bytes[..length]));
    }

    [Theory]
    [MemberData(nameof(LayoutFrames))]
    public void Any_byte_at_any_place_reads_alike(string frame)
    {
        byte[] bytes = Frames.Bytes(frame);
        for (int place = 0; place < bytes.Length; place++)
        {
            byte original = bytes[place];
            for (int value = 0; value <= byte.MaxValue; value++)
            {
                bytes[place] = (byte)value;
                _decoders.Status(bytes);
            }

            bytes[place] = original;
        }

        Assert.True(_decoders.FastFrames > (ulong)bytes.Length, "digits were changed too, so that many frames are still good");
    }

    [Theory]
    [MemberData(nameof(LayoutFrames))]
    public void A_byte_left_out_or_put_in_reads_alike(string frame)
    {
        byte[] bytes = Frames.Bytes(frame);
        for (int place = 0; place < bytes.Length; place++)
        {
            _decoders.Status([.. bytes[..place], .. bytes[(place + 1)..]]);
            foreach (byte added in "\"[]{},:.0-9 \\e\0"u8) _decoders.Status([.. bytes[..place], added, .. bytes[place..]]);
        }
    }

    [Fact]
    public void A_number_in_any_print_reads_alike()
    {
        foreach (string symbol in (string[])["BTCUSDT", "SOLUSDT", "ESPORTSUSDT", "ODDUSDT"])
        {
            foreach (int depth in (int[])[1, 50])
            {
                foreach (string price in Prints)
                {
                    foreach (string qty in Prints)
                    {
                        string levels = $"[[\"{price}\",\"{qty}\"]]";
                        _decoders.Status(Book(symbol, depth, levels, "[]"));
                    }
                }
            }
        }

        Assert.True(_decoders.FastFrames > 1_000, $"only {_decoders.FastFrames} frames by the fast path");
    }

    [Fact]
    public void A_number_in_any_print_reads_alike_where_a_step_is_more_than_one_unit_or_has_all_decimals()
    {
        InstrumentSpec[] specs =
        [
            Spec(0, "TENUSDT", priceDecimals: 8, tick: 1, qtyDecimals: 0, lot: 10),
            Spec(1, "HUNDREDUSDT", priceDecimals: 0, tick: 1, qtyDecimals: 0, lot: 100),
            Spec(2, "THOUSANDUSDT", priceDecimals: 0, tick: 1_000_000, qtyDecimals: 1, lot: 1_000),
        ];
        var decoders = new FastAndSlow(new InstrumentTable(specs));
        string[] prints = [.. Prints, "10", "20", "110", "1000", "100", "100.0", "120.00", "1230", "500", "1000000", "2000000.0", "3000000.000", "123456789012340", "12345678901234.0", "0.12345678", "1.12345678", "1.123456780", "123456.12345678", "1234567.12345678", "0.00000001"];
        foreach (InstrumentSpec spec in specs)
        {
            foreach (string price in prints)
            {
                foreach (string qty in prints) decoders.Status(Book(spec.Symbol, 50, $"[[\"{price}\",\"{qty}\"]]", "[]"));
            }
        }

        foreach ((string symbol, string price, string qty, long ticks, long lots) in ((string, string, string, long, long)[])[("TENUSDT", "0.00001230", "1230", 1_230, 123), ("HUNDREDUSDT", "17", "1200", 17, 12), ("THOUSANDUSDT", "7000000.00", "300.0", 7, 3)])
        {
            Assert.Equal(DecodeStatus.Book, decoders.FastStatus(Book(symbol, 50, $"[[\"{price}\",\"{qty}\"],[\"{price}\",\"{qty}\"]]", "[]")));
            Assert.Equal([new BookLevel(new(ticks), new(lots)), new BookLevel(new(ticks), new(lots))], decoders.LastBook.Bids[..decoders.LastBook.BidCount]);
        }
    }

    [Fact]
    public void A_stream_that_changes_its_print_stays_on_the_fast_path()
    {
        string[] levels = ["[\"71419.80\",\"0\"]", "[\"71419.8\",\"0.5\"]", "[\"71419\",\"1\"]", "[\"71419.800\",\"0.5000\"]", "[\"71419.80\",\"0.000\"]", "[\"00071419.80\",\"00000000000000000000000.5\"]"];
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++)
        {
            string side = string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => levels[random.Next(levels.Length)]));
            Assert.Equal(DecodeStatus.Book, _decoders.FastStatus(Book("BTCUSDT", 50, $"[{side}]", $"[{side}]")));
        }
    }

    [Fact]
    public void Any_number_of_levels_reads_alike()
    {
        for (int levels = 0; levels <= 1_000; levels = levels < 40 ? levels + 1 : levels + 97)
        {
            string side = string.Join(',', Enumerable.Range(1, levels).Select(i => $"[\"{600_000 + i}.00\",\"{i % 7}.001\"]"));
            Assert.Equal(DecodeStatus.Book, _decoders.FastStatus(Book("BTCUSDT", 1000, $"[{side}]", "[]")));
            Assert.Equal(DecodeStatus.Book, _decoders.FastStatus(Book("BTCUSDT", 1000, "[]", $"[{side}]")));
            Assert.Equal(DecodeStatus.Book, _decoders.FastStatus(Book("BTCUSDT", 1000, $"[{side}]", $"[{side}]")));
        }
    }

    [Fact]
    public void A_frame_that_is_longer_than_what_is_marked_takes_the_fast_path()
    {
        byte[] frame = Book("BTCUSDT", 1000, Side(1_999), Side(2_000));
        Assert.True(frame.Length > 1 << 16, $"only {frame.Length} bytes");
        Assert.Equal(DecodeStatus.Book, _decoders.FastStatus(frame));
        foreach (int levels in (int[])[1_300, 1_400, 1_450, 1_500]) Assert.Equal(DecodeStatus.Book, _decoders.FastStatus(Book("BTCUSDT", 1000, Side(levels), Side(levels))));
    }

    [Fact]
    public void The_second_level_of_a_pair_in_any_print_reads_alike()
    {
        foreach (string price in Prints)
        {
            foreach (string qty in Prints)
            {
                _decoders.Status(Book("BTCUSDT", 50, $"[[\"71419.80\",\"0.100\"],[\"{price}\",\"{qty}\"],[\"71419.80\",\"0\"]]", "[]"));
                _decoders.Status(Book("SOLUSDT", 50, "[]", $"[[\"152.770\",\"0.1\"],[\"152.780\",\"{qty}\"],[\"{price}\",\"{qty}\"],[\"152.790\",\"0\"]]"));
            }
        }

        Assert.True(_decoders.FastFrames > 1_000, $"only {_decoders.FastFrames} frames by the fast path");
    }

    [Theory]
    [InlineData(BookDelta.LevelsPerSideMax, DecodeStatus.Book)]
    [InlineData(BookDelta.LevelsPerSideMax + 1, DecodeStatus.TooLarge)]
    public void More_levels_than_the_output_holds_are_refused_by_both(int levels, DecodeStatus expected)
    {
        string side = "[" + string.Join(',', Enumerable.Repeat("[\"71419.80\",\"0.001\"]", levels)) + "]";
        Assert.Equal(expected, _decoders.Status(Book("BTCUSDT", 1000, side, "[]")));
        Assert.Equal(expected, _decoders.Status(Book("BTCUSDT", 1000, "[]", side)));
    }

    [Theory]
    [InlineData("\"u\":10132541", "\"u\":010132541")]
    [InlineData("\"u\":10132541", "\"u\":0")]
    [InlineData("\"u\":10132541", "\"u\":-1")]
    [InlineData("\"u\":10132541", "\"u\":\"10132541\"")]
    [InlineData("\"u\":10132541", "\"u\":9223372036854775807")]
    [InlineData("\"u\":10132541", "\"u\":9223372036854775808")]
    [InlineData("\"seq\":546137962186", "\"seq\":0546137962186")]
    [InlineData("\"seq\":546137962186", "\"seq\":1234567890123456")]
    [InlineData("\"seq\":546137962186", "\"seq\":12345678901234567")]
    [InlineData("\"seq\":546137962186", "\"seq\":1e3")]
    [InlineData("\"ts\":1773386409407", "\"ts\":0773386409407")]
    [InlineData("\"ts\":1773386409407", "\"ts\":9223372036854")]
    [InlineData("\"ts\":1773386409407", "\"ts\":9223372036855")]
    [InlineData("\"cts\":1773386409404", "\"cts\":177338640940")]
    [InlineData("\"cts\":1773386409404", "\"cts\":17733864094040")]
    [InlineData("\"b\":[[", "\"b\":[[\"\"]],\"a\":[[")]
    [InlineData("\"b\":[[\"71419.80\",\"0\"],[\"71418.20\",\"0.159\"]]", "\"b\":[[\"\"]]")]
    [InlineData("\"b\":[[\"71419.80\",\"0\"],[\"71418.20\",\"0.159\"]]", "\"b\":[[\"\"]],\"a\":[],\"b\":[]")]
    [InlineData("\"b\":[[\"71419.80\",\"0\"],[\"71418.20\",\"0.159\"]]", "\"b\":[[]]")]
    [InlineData("\"b\":[[\"71419.80\",\"0\"],[\"71418.20\",\"0.159\"]]", "\"b\":[[\"71419.80\",\"0\"],[\"71418.20\",\"0.159\"],]")]
    [InlineData("\"b\":[[\"71419.80\",\"0\"],[\"71418.20\",\"0.159\"]]", "\"b\":[[\"71419.80\",\"0\",\"1\"]]")]
    [InlineData("BTCUSDT\",\"type", "BTCUSDT\0\0\",\"type")]
    [InlineData("BTCUSDT\",\"b", "BTCUSDT\0\",\"b")]
    [InlineData("BTCUSDT\",\"type", "BTCUSDT\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\",\"type")]
    [InlineData("orderbook.50.", "orderbook.1.")]
    [InlineData("orderbook.50.", "orderbook.500.")]
    [InlineData("orderbook.50.", "orderbook.1000")]
    [InlineData("}", "}\n")]
    [InlineData("}", "} ")]
    public void What_the_layout_does_not_show_is_left_to_the_slow_path_or_reads_alike(string was, string becomes)
    {
        Assert.Contains(was, Frames.BookDelta, StringComparison.Ordinal);
        _decoders.Status(Frames.Bytes(Frames.BookDelta.Replace(was, becomes, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("f60eae3c-d812-5c0b-ad26-8010c31c53aa", "")]
    [InlineData("f60eae3c-d812-5c0b-ad26-8010c31c53aa", "f60eae3c\\u002dd812")]
    [InlineData("f60eae3c-d812-5c0b-ad26-8010c31c53aa", "f60\"")]
    [InlineData("f60eae3c-d812-5c0b-ad26-8010c31c53aa", "f60\u0001")]
    [InlineData("f60eae3c-d812-5c0b-ad26-8010c31c53aa", "é\u007f")]
    [InlineData("\"RPI\":false,", "")]
    [InlineData("\"RPI\":false", "\"RPI\":true")]
    [InlineData("\"RPI\":false", "\"RPI\":null")]
    [InlineData("\"BT\":false", "\"BT\":true")]
    [InlineData("\"BT\":false", "\"BT\":falsy")]
    [InlineData("\"BT\":false,", "")]
    [InlineData("ZeroMinusTick", "")]
    [InlineData("ZeroMinusTick", "Zero\\\"Tick")]
    [InlineData("ZeroMinusTick", "a tick direction that is longer than thirty-two characters of text")]
    [InlineData("\"v\":\"0.020\"", "\"v\":\"0.02\"")]
    [InlineData("\"v\":\"0.020\"", "\"v\":\"0\"")]
    [InlineData("\"v\":\"0.020\"", "\"v\":\"0.000\"")]
    [InlineData("\"v\":\"0.020\"", "\"v\":\"00000000000000000000000000000.020\"")]
    [InlineData("\"p\":\"69916.90\"", "\"p\":\"69916.9\"")]
    [InlineData("\"p\":\"69916.90\"", "\"p\":\"0.00\"")]
    [InlineData("\"seq\":549792208812", "\"seq\":0")]
    [InlineData("\"seq\":549792208812", "\"seq\":01")]
    [InlineData("\"seq\":549792208812", "\"seq\":1")]
    [InlineData("\"seq\":549792208812", "\"seq\":123456789012345")]
    [InlineData("\"seq\":549792208812", "\"seq\":1234567890123456")]
    [InlineData("\"T\":1774021164129", "\"T\":0774021164129")]
    [InlineData("\"T\":1774021164129", "\"T\":9999999999999")]
    [InlineData("}]}", "}],\"x\":1}")]
    [InlineData("}]}", "},]}")]
    [InlineData("}]}", "}]")]
    public void A_trade_with_another_member_reads_alike(string was, string becomes)
    {
        Assert.Contains(was, Frames.Trade, StringComparison.Ordinal);
        _decoders.Status(Frames.Bytes(Frames.Trade.Replace(was, becomes, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_trade_id_of_any_length_reads_alike()
    {
        for (int length = 0; length < 200; length++)
        {
            string id = string.Concat(Enumerable.Range(0, length).Select(i => (i % 10).ToString(CultureInfo.InvariantCulture)));
            Assert.Equal(length == 0 ? DecodeStatus.Malformed : DecodeStatus.Trades, _decoders.Status(Frames.Bytes(Frames.Trade.Replace("f60eae3c-d812-5c0b-ad26-8010c31c53aa", id, StringComparison.Ordinal))));
        }
    }

    [Fact]
    public void Every_instrument_of_a_full_table_is_found_by_its_symbol_and_no_other_is()
    {
        string[] symbols = [.. Enumerable.Range(1, InstrumentTable.CountMax).Select(length => length <= 32 ? new string('A', length) : new string('B', length - 32))];
        var decoder = new BybitDecoder(new InstrumentTable([.. symbols.Select((symbol, i) => Spec(i, symbol, priceDecimals: 1, tick: 1, qtyDecimals: 3, lot: 1))]));
        for (int i = 0; i < symbols.Length; i++)
        {
            Assert.Equal(DecodeStatus.Book, decoder.DecodePublic(Book(symbols[i], 50, "[[\"1.0\",\"2.000\"]]", "[]")));
            Assert.Equal(i, decoder.Book.Instrument.Index);
            Assert.Equal(DecodeStatus.UnknownSymbol, decoder.DecodePublic(Book("Z" + symbols[i][1..], 50, "[]", "[]")));
        }

        Assert.Equal((62UL, 66UL), (decoder.FastFrames, decoder.SlowFrames)); // 32 characters, two symbols of these, are one too many for the fast path
    }

    private static byte[] Book(string symbol, int depth, string bids, string asks) =>
        Encoding.Latin1.GetBytes($"{{\"topic\":\"orderbook.{depth}.{symbol}\",\"type\":\"snapshot\",\"ts\":1773386409407,\"data\":{{\"s\":\"{symbol}\",\"b\":{bids},\"a\":{asks},\"u\":10132541,\"seq\":546137962186}},\"cts\":1773386409404}}");

    private static string Side(int levels) => "[" + string.Join(',', Enumerable.Range(0, levels).Select(i => $"[\"{99_990 + i}.{i % 10}0\",\"{(i % 3 == 0 ? "0" : (Math.Pow(10, i % 7) / 1_000).ToString("F3", CultureInfo.InvariantCulture))}\"]")) + "]";

    private static InstrumentSpec Spec(int index, string symbol, int priceDecimals, long tick, int qtyDecimals, long lot) => new(new InstrumentId(index), symbol, priceDecimals, tick, qtyDecimals, lot)
    {
        MinOrderQty = new QtyLots(1),
        MaxOrderQty = new QtyLots(1_000),
        MinNotional = new MoneyE8(1),
        MinPrice = new PriceTicks(1),
        MaxPrice = new PriceTicks(1_000_000),
        MaxLeverageE2 = 100,
    };

    private static bool IsBookOrTrade(byte[] frame) => frame.AsSpan().StartsWith("{\"topic\":\"orderbook."u8) || frame.AsSpan().StartsWith("{\"topic\":\"publicTrade."u8);
}
