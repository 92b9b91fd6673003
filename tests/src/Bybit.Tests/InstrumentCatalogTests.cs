using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Bybit.Tests;

public sealed class InstrumentCatalogTests
{
    private const string FullList = "data/bybit-rest/instruments-info-linear-20260809.json.gz";

    private static readonly string Sample = ReferenceFiles.Sample("instruments-linear-20260809.json");

    [Fact]
    public void BTCUSDT_of_the_shipped_list_has_the_venues_own_scales_and_filters()
    {
        InstrumentSpec spec = InstrumentCatalog.Load(Sample).Select(["BTCUSDT"])[new InstrumentId(0)];

        Assert.Equal("BTCUSDT", spec.Symbol);
        Assert.Equal((1, 1L, 10_000_000L), (spec.PriceDecimals, spec.TickMantissa, spec.TickE8));
        Assert.Equal((3, 1L, 100_000L), (spec.QtyDecimals, spec.LotMantissa, spec.LotE8));
        Assert.Equal(new PriceTicks(1), spec.MinPrice);
        Assert.Equal(new PriceTicks(19_999_998), spec.MaxPrice);
        Assert.Equal(new QtyLots(1), spec.MinOrderQty);
        Assert.Equal(new QtyLots(1_500_000), spec.MaxOrderQty);
        Assert.Equal(new MoneyE8(5 * MoneyE8.One), spec.MinNotional);
        Assert.Equal(10_000, spec.MaxLeverageE2);
        Assert.Equal(1_000_000, spec.PriceLimitRatioE8);
    }

    [Fact]
    public void A_row_without_a_price_limit_has_none_and_one_of_no_use_is_a_fault()
    {
        Assert.Equal(0, Select(Row()).PriceLimitRatioE8);
        Assert.Equal(0, Select(WithRatio("null")).PriceLimitRatioE8);
        Assert.Equal(2_500_000, Select(WithRatio("""{"priceLimitRatioX":"0.025","priceLimitRatioY":"0.05"}""")).PriceLimitRatioE8);
        Assert.Equal("list.json: BTCUSDT: priceLimitRatioX must be a fraction below 1, was 1", Assert.Throws<InstrumentException>(() => Select(WithRatio("""{"priceLimitRatioX":"1"}"""))).Message);

        static string WithRatio(string risk) => $"{Row().TrimEnd()[..^1]},\"riskParameters\":{risk}}}";
    }

    [Fact]
    public void Ids_follow_the_order_of_the_request_not_of_the_list()
    {
        InstrumentTable table = InstrumentCatalog.Load(Sample).Select(["SOLUSDT", "BTCUSDT"]);

        Assert.Equal(2, table.Count);
        Assert.Equal("SOLUSDT", table[new InstrumentId(0)].Symbol);
        Assert.Equal("BTCUSDT", table[new InstrumentId(1)].Symbol);
    }

    [Theory]
    [InlineData("0.10", "0.1", 1, 1)]
    [InlineData("0.1", "0.10", 1, 1)]
    [InlineData("0.5", "0.50000", 1, 5)]
    [InlineData("0.00010", "0.0001", 4, 1)]
    [InlineData("0.00000001", "0.000000010", 8, 1)]
    [InlineData("1", "1.000", 0, 1)]
    [InlineData("100", "100.0", 0, 100)]
    [InlineData("0.025", "0.0250", 3, 25)]
    public void A_step_means_the_same_however_many_zeros_it_is_printed_with(string printed, string padded, int decimals, long mantissa)
    {
        foreach (string step in new[] { printed, padded })
        {
            InstrumentSpec spec = Select(Row(tickSize: step, minPrice: step, maxPrice: step, qtyStep: step, minQty: step, maxQty: step));

            Assert.Equal((decimals, mantissa), (spec.PriceDecimals, spec.TickMantissa));
            Assert.Equal((decimals, mantissa), (spec.QtyDecimals, spec.LotMantissa));
            Assert.Equal(new PriceTicks(1), spec.MaxPrice);
        }
    }

    [Fact]
    public void The_smaller_of_both_order_maxima_counts()
    {
        Assert.Equal(new QtyLots(500), Select(Row(maxQty: "1.000", postOnlyMaxQty: "0.500")).MaxOrderQty);
        Assert.Equal(new QtyLots(1_000), Select(Row(maxQty: "1.000", postOnlyMaxQty: "2.000")).MaxOrderQty);
    }

    [ReferenceFact(FullList)]
    public void Every_USDT_perpetual_of_the_venues_full_list_converts_without_loss()
    {
        byte[] body = Unzip(ReferenceFiles.TryReference(FullList)!);
        InstrumentCatalog catalog = InstrumentCatalog.Parse(body, "full list");
        Assert.Equal(800, catalog.Symbols.Count);

        using JsonDocument document = JsonDocument.Parse(body);
        int converted = 0;
        foreach (JsonElement row in document.RootElement.GetProperty("result").GetProperty("list").EnumerateArray())
        {
            string symbol = row.GetProperty("symbol").GetString()!;
            bool tradable = row.GetProperty("contractType").GetString() == "LinearPerpetual" && row.GetProperty("settleCoin").GetString() == "USDT";
            if (!tradable)
            {
                Assert.Throws<InstrumentException>(() => catalog.Select([symbol]));
                continue;
            }

            InstrumentSpec spec = catalog.Select([symbol])[new InstrumentId(0)];
            Assert.Equal(Venue(row, "priceFilter", "tickSize"), spec.TickE8 / 1e8m);
            Assert.Equal(Venue(row, "priceFilter", "maxPrice"), spec.MaxPrice.Ticks * spec.TickE8 / 1e8m);
            Assert.Equal(Venue(row, "lotSizeFilter", "qtyStep"), spec.LotE8 / 1e8m);
            Assert.Equal(Venue(row, "lotSizeFilter", "minOrderQty"), spec.MinOrderQty.Lots * spec.LotE8 / 1e8m);
            Assert.Equal(Venue(row, "leverageFilter", "maxLeverage"), spec.MaxLeverageE2 / 100m);
            Assert.Equal(Venue(row, "riskParameters", "priceLimitRatioX"), spec.PriceLimitRatioE8 / 1e8m);
            converted++;
        }

        Assert.Equal(692, converted);
    }

    [ReferenceFact(FullList)]
    public void An_unknown_symbol_of_a_long_list_brings_its_nearest_names()
    {
        InstrumentCatalog catalog = InstrumentCatalog.Parse(Unzip(ReferenceFiles.TryReference(FullList)!), "full list");

        string message = Assert.Throws<InstrumentException>(() => catalog.Select(["SOLUSD"])).Message;

        Assert.StartsWith("full list: SOLUSD is unknown; the nearest of the 800 it holds: ", message, StringComparison.Ordinal);
        Assert.Contains("SOLUSDT", message, StringComparison.Ordinal);
        AssertOneLine(message);
    }

    [Fact]
    public void An_unknown_symbol_of_a_short_list_brings_the_whole_list()
    {
        string message = Assert.Throws<InstrumentException>(() => InstrumentCatalog.Load(Sample).Select(["BTCUSDT", "DOGEUSDT"])).Message;

        Assert.Equal($"{Sample}: DOGEUSDT is unknown; the list holds BTCUSDT, ETHUSDT, SOLUSDT", message);
    }

    [Fact]
    public void Only_USDT_perpetuals_in_trading_are_selected()
    {
        AssertRefused(Row(contractType: "LinearFutures"), "BTCUSDT is a LinearFutures settled in USDT; this engine trades LinearPerpetual settled in USDT only");
        AssertRefused(Row(settleCoin: "USDC"), "BTCUSDT is a LinearPerpetual settled in USDC");
        AssertRefused(Row(status: "PreLaunch"), "its status is PreLaunch");
    }

    [Fact]
    public void A_symbol_selected_twice_and_an_empty_selection_are_refused()
    {
        InstrumentCatalog catalog = InstrumentCatalog.Load(Sample);

        Assert.Contains("listed twice", Assert.Throws<InstrumentException>(() => catalog.Select(["BTCUSDT", "BTCUSDT"])).Message, StringComparison.Ordinal);
        Assert.Throws<InstrumentException>(() => catalog.Select([]));
    }

    [Theory]
    [InlineData("", "not JSON (line 1)")]
    [InlineData("{\"retCode\":0,\n\n\"result\":", "not JSON (line 3)")]
    [InlineData("[]", "the document is not an object")]
    [InlineData("{\"retCode\":10001,\"retMsg\":\"params error\",\"result\":{}}", "it is an error answer, retCode 10001")]
    [InlineData("{\"retCode\":0}", "result is missing")]
    [InlineData("{\"retCode\":0,\"result\":{\"category\":\"spot\",\"list\":[]}}", "result.category is \"spot\"")]
    [InlineData("{\"retCode\":0,\"result\":{\"category\":\"linear\"}}", "result.list is missing")]
    [InlineData("{\"retCode\":0,\"result\":{\"category\":\"linear\",\"list\":[]}}", "result.list is empty")]
    [InlineData("{\"retCode\":0,\"result\":{\"category\":\"linear\",\"list\":[7]}}", "row 1: symbol is missing or not a string")]
    public void A_body_that_is_no_instrument_list_is_named_in_one_line(string body, string expected)
    {
        string message = Assert.Throws<InstrumentException>(() => InstrumentCatalog.Parse(Encoding.UTF8.GetBytes(body), "list.json")).Message;

        Assert.StartsWith("list.json: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        AssertOneLine(message);
    }

    [Fact]
    public void A_bad_number_names_symbol_key_and_value()
    {
        AssertRefused(Row(tickSize: "abc"), "BTCUSDT: tickSize must be a plain decimal of 0 to 1000000000000, was \"abc\"");
        AssertRefused(Row(tickSize: "-0.1"), "BTCUSDT: tickSize must be a plain decimal of 0 to 1000000000000, was \"-0.1\"");
        AssertRefused(Row(tickSize: "1e1"), "was \"1e1\"");
        AssertRefused(Row(tickSize: "0.00"), "BTCUSDT: tickSize must be above 0");
        AssertRefused(Row(tickSize: "0.000000001"), "with at most 8 decimals, was 0.000000001");
        AssertRefused(Row(qtyStep: "79228162514264337593543950335"), "qtyStep must be a plain decimal");
        AssertRefused(Row(maxPrice: "10.05"), "BTCUSDT: maxPrice must be a whole number of steps of 0.1, was 10.05");
        AssertRefused(Row(minQty: "0.0015"), "BTCUSDT: minOrderQty must be a whole number of steps of 0.001, was 0.0015");
    }

    [Fact]
    public void A_missing_section_names_the_symbol_to_whoever_selects_it()
    {
        string body = Body(Row()).Replace("lotSizeFilter", "lotFilter", StringComparison.Ordinal);

        string message = Assert.Throws<InstrumentException>(() => InstrumentCatalog.Parse(Encoding.UTF8.GetBytes(body), "list.json").Select(["BTCUSDT"])).Message;

        Assert.Equal("list.json: BTCUSDT: lotSizeFilter is missing", message);
    }

    [Fact]
    public void A_damaged_row_of_another_symbol_is_in_nobodys_way()
    {
        string damaged = Row(tickSize: "abc").Replace("BTCUSDT", "ODDUSDT", StringComparison.Ordinal);

        Assert.Equal("BTCUSDT", Select($"{damaged},{Row()}").Symbol);
    }

    [Fact]
    public void A_row_given_twice_is_refused() =>
        AssertRefused($"{Row()},{Row()}", "BTCUSDT is listed twice");

    [Fact]
    public void A_missing_file_says_what_it_should_hold()
    {
        string message = Assert.Throws<InstrumentException>(() => InstrumentCatalog.Load("/nowhere/instruments.json")).Message;

        Assert.StartsWith("/nowhere/instruments.json: no such file; ", message, StringComparison.Ordinal);
        AssertOneLine(message);
    }

    private static void AssertRefused(string rows, string expected)
    {
        string message = Assert.Throws<InstrumentException>(() => Select(rows)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        AssertOneLine(message);
    }

    private static void AssertOneLine(string message) => Assert.DoesNotContain('\n', message);

    private static InstrumentSpec Select(string rows) =>
        InstrumentCatalog.Parse(Encoding.UTF8.GetBytes(Body(rows)), "list.json").Select(["BTCUSDT"])[new InstrumentId(0)];

    private static string Body(string rows) => $$$"""{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[{{{rows}}}]}}""";

    private static string Row(
        string contractType = "LinearPerpetual",
        string status = "Trading",
        string settleCoin = "USDT",
        string tickSize = "0.10",
        string minPrice = "0",
        string maxPrice = "1000",
        string qtyStep = "0.001",
        string minQty = "0",
        string maxQty = "1000",
        string? postOnlyMaxQty = null) =>
        $$$"""
        {"symbol":"BTCUSDT","contractType":"{{{contractType}}}","status":"{{{status}}}","settleCoin":"{{{settleCoin}}}",
        "leverageFilter":{"minLeverage":"1","maxLeverage":"100.00","leverageStep":"0.01"},
        "priceFilter":{"minPrice":"{{{minPrice}}}","maxPrice":"{{{maxPrice}}}","tickSize":"{{{tickSize}}}"},
        "lotSizeFilter":{"maxOrderQty":"{{{maxQty}}}","minOrderQty":"{{{minQty}}}","qtyStep":"{{{qtyStep}}}","postOnlyMaxOrderQty":"{{{postOnlyMaxQty ?? maxQty}}}","minNotionalValue":"5"}}
        """;

    private static decimal Venue(JsonElement row, string section, string key) =>
        decimal.Parse(row.GetProperty(section).GetProperty(key).GetString()!, CultureInfo.InvariantCulture);

    private static byte[] Unzip(string path)
    {
        using var zip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var body = new MemoryStream();
        zip.CopyTo(body);
        return body.ToArray();
    }
}
