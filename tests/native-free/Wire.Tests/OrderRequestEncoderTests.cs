using System.Globalization;
using System.Text;
using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

public sealed class OrderRequestEncoderTests
{
    private const int LongestRequestBytes = 399;

    private static readonly OrderIntent Place = new(
        OrderAction.Place, Instruments.Btc.Id, Side.Buy, new PriceTicks(618_002), new QtyLots(1), default, default, new ClientOrderId(1, 1), TimeInForce.PostOnly, ReduceOnly: false);

    private readonly OrderRequestEncoder _encoder = new(Instruments.Table, recvWindowMillis: 5_000);
    private readonly byte[] _destination = new byte[OrderRequestEncoder.RequestBytesMax];

    [Fact]
    public void A_place_is_a_create_with_a_post_only_limit_order() => Assert.Equal(
        """{"reqId":"r0000000100000002","header":{"X-BAPI-TIMESTAMP":"1711001595207","X-BAPI-RECV-WINDOW":"5000"},"op":"order.create","args":[{"category":"linear","symbol":"BTCUSDT","side":"Buy","positionIdx":0,"orderType":"Limit","qty":"0.001","price":"61800.2","timeInForce":"PostOnly","orderLinkId":"le0000000100000001","reduceOnly":false}]}""",
        Encode(Place));

    [Fact]
    public void An_amend_names_the_order_and_its_new_quantity_and_price() => Assert.Equal(
        """{"reqId":"r0000000100000002","header":{"X-BAPI-TIMESTAMP":"1711001595207","X-BAPI-RECV-WINDOW":"5000"},"op":"order.amend","args":[{"category":"linear","symbol":"SOLUSDT","orderLinkId":"le000000ff0000abcd","qty":"12.0","price":"0.01"}]}""",
        Encode(Place with { Action = OrderAction.Amend, Instrument = Instruments.Sol.Id, Price = new PriceTicks(1), Qty = new QtyLots(120), ClientOrderId = new ClientOrderId(255, 0xabcd) }));

    [Fact]
    public void A_cancel_names_the_order_only() => Assert.Equal(
        """{"reqId":"r0000000100000002","header":{"X-BAPI-TIMESTAMP":"1711001595207","X-BAPI-RECV-WINDOW":"5000"},"op":"order.cancel","args":[{"category":"linear","symbol":"BTCUSDT","orderLinkId":"le0000000100000001"}]}""",
        Encode(Place with { Action = OrderAction.Cancel }));

    [Fact]
    public void Random_intents_come_back_from_a_JSON_reader_as_they_went_in()
    {
        const int Seed = 20261120;
        var random = new Random(Seed);
        InstrumentSpec[] specs = [Instruments.Btc, Instruments.Sol, Instruments.Odd];
        for (int i = 0; i < 5_000; i++)
        {
            InstrumentSpec spec = specs[random.Next(specs.Length)];
            var id = new ClientOrderId((uint)random.NextInt64(uint.MaxValue), (uint)random.NextInt64(1, uint.MaxValue));
            var intent = new OrderIntent(
                (OrderAction)random.Next(1, 4), spec.Id, (Side)random.Next(1, 3), new PriceTicks(random.NextInt64(1, 1L << random.Next(1, 34))), new QtyLots(random.NextInt64(1, 1L << random.Next(1, 34))),
                default, default, id, (TimeInForce)random.Next(1, 5), random.Next(2) == 1);
            var requestId = new RequestId((uint)random.NextInt64(uint.MaxValue), (uint)random.NextInt64(1, uint.MaxValue));
            long millis = random.NextInt64(0, long.MaxValue);
            int length = _encoder.Encode(in intent, requestId, millis, _destination);

            using JsonDocument document = JsonDocument.Parse(_destination.AsMemory(0, length));
            JsonElement root = document.RootElement;
            Assert.Equal($"r{requestId.Session:x8}{requestId.Number:x8}", root.GetProperty("reqId").GetString());
            Assert.Equal(millis.ToString(CultureInfo.InvariantCulture), root.GetProperty("header").GetProperty("X-BAPI-TIMESTAMP").GetString());
            JsonElement order = Assert.Single(root.GetProperty("args").EnumerateArray());
            Assert.Equal(spec.Symbol, order.GetProperty("symbol").GetString());
            Assert.Equal($"le{id.Session:x8}{id.Number:x8}", order.GetProperty("orderLinkId").GetString());
            Assert.Equal(intent.Action switch { OrderAction.Place => "order.create", OrderAction.Amend => "order.amend", _ => "order.cancel" }, root.GetProperty("op").GetString());
            if (intent.Action == OrderAction.Cancel) continue;
            Assert.Equal(intent.Price.Ticks * (spec.TickE8 / 1e8m), Number(order, "price"));
            Assert.Equal(intent.Qty.Lots * (spec.LotE8 / 1e8m), Number(order, "qty"));
            if (intent.Action == OrderAction.Amend) continue;
            Assert.Equal(intent.Side.ToString(), order.GetProperty("side").GetString());
            Assert.Equal(intent.ReduceOnly, order.GetProperty("reduceOnly").GetBoolean());
            string timeInForce = intent.TimeInForce switch { TimeInForce.GoodTillCancel => "GTC", TimeInForce.PostOnly => "PostOnly", TimeInForce.ImmediateOrCancel => "IOC", _ => "FOK" };
            Assert.Equal(timeInForce, order.GetProperty("timeInForce").GetString());
        }
    }

    [Fact]
    public void Any_request_has_the_bytes_of_an_interpolated_string_with_decimal_numbers()
    {
        const int Seed = 20261121;
        var random = new Random(Seed);
        InstrumentTable table = EveryScale();
        long[] times = [0, 9, 10, 99_999_999, 100_000_000, 999_999_999_999, 1_000_000_000_000, 1711001595207, 9_999_999_999_999, 10_000_000_000_000, 9_999_999_999_999_999, 10_000_000_000_000_000, long.MaxValue];
        foreach (int window in new[] { 1, 5_000, int.MaxValue })
        {
            var encoder = new OrderRequestEncoder(table, window);
            for (int i = 0; i < 20_000; i++)
            {
                InstrumentSpec spec = table[new InstrumentId(random.Next(table.Count))];
                var intent = new OrderIntent(
                    (OrderAction)random.Next(1, 4), spec.Id, (Side)random.Next(1, 3), new PriceTicks(Steps(random, spec.TickMantissa)), new QtyLots(Steps(random, spec.LotMantissa)),
                    default, default, new ClientOrderId(Word(random), Word(random)), (TimeInForce)random.Next(1, 5), random.Next(2) == 1);
                var requestId = new RequestId(Word(random), Word(random));
                long millis = random.Next(2) == 0 ? times[random.Next(times.Length)] : random.NextInt64(1_700_000_000_000, 1_900_000_000_000);

                AssertPlain(encoder, in intent, requestId, millis, spec, window);
            }
        }
    }

    [Fact]
    public void Numbers_around_every_power_of_ten_are_written_with_every_number_of_decimals()
    {
        InstrumentTable table = EveryScale();
        var encoder = new OrderRequestEncoder(table, recvWindowMillis: 5_000);
        foreach (int decimals in Enumerable.Range(0, 9))
        {
            InstrumentSpec spec = Enumerable.Range(0, table.Count).Select(i => table[new InstrumentId(i)]).First(s => s.PriceDecimals == decimals && s.TickMantissa == 1 && s.QtyDecimals == decimals && s.LotMantissa == 1);
            for (long power = 1; power > 0 && power <= 1_000_000_000_000_000_000; power *= 10)
            {
                foreach (long value in new[] { power - 1, power, power + 1, (power * 5) - 1 })
                {
                    OrderIntent intent = Place with { Instrument = spec.Id, Price = new PriceTicks(value), Qty = new QtyLots(value) };
                    AssertPlain(encoder, in intent, new RequestId(1, 2), value, spec, 5_000);
                }
            }
        }
    }

    [Fact]
    public void Every_group_of_four_digits_is_written_in_either_half_of_a_number()
    {
        InstrumentSpec spec = Instruments.Btc;
        for (int i = 0; i < 10_000; i++)
        {
            OrderIntent intent = Place with { Price = new PriceTicks((i * 10_000L) + (i * 7_919L % 10_000)), Qty = new QtyLots((i * 7_919L % 10_000 * 10_000) + i) };
            AssertPlain(_encoder, in intent, new RequestId((uint)i, 2), 1711001595207, spec, 5_000);
        }
    }

    [Fact]
    public void Nothing_is_written_beyond_the_room_of_a_request()
    {
        byte[] destination = new byte[2 * OrderRequestEncoder.RequestBytesMax];
        destination.AsSpan().Fill(0xcc);
        InstrumentTable table = EveryScale();
        InstrumentSpec spec = Enumerable.Range(0, table.Count).Select(i => table[new InstrumentId(i)]).First(s => s.Symbol.Length == 32 && s.TickMantissa == 1 && s.LotMantissa == 1);
        var encoder = new OrderRequestEncoder(table, int.MaxValue);
        foreach (OrderAction action in new[] { OrderAction.Place, OrderAction.Amend, OrderAction.Cancel })
        {
            OrderIntent intent = Place with { Action = action, Instrument = spec.Id, Price = new PriceTicks(long.MaxValue), Qty = new QtyLots(long.MaxValue) };
            Assert.NotEqual(0, encoder.Encode(in intent, new RequestId(uint.MaxValue, uint.MaxValue), long.MaxValue, destination));
        }

        Assert.All(destination[OrderRequestEncoder.RequestBytesMax..], value => Assert.Equal(0xcc, value));
    }

    [Fact]
    public void The_longest_request_fits()
    {
        var spec = new InstrumentSpec(new InstrumentId(0), new string('X', 32), priceDecimals: 8, tickMantissa: 1, qtyDecimals: 8, lotMantissa: 1)
        {
            MinOrderQty = default, MaxOrderQty = default, MinNotional = default, MinPrice = default, MaxPrice = default, MaxLeverageE2 = 100,
        };
        var encoder = new OrderRequestEncoder(new InstrumentTable([spec]), int.MaxValue);
        OrderIntent longest = Place with { Side = Side.Sell, Price = new PriceTicks(long.MaxValue), Qty = new QtyLots(long.MaxValue) };

        int length = encoder.Encode(in longest, new RequestId(uint.MaxValue, uint.MaxValue), long.MaxValue, _destination);

        Assert.Equal(LongestRequestBytes, length);
        Assert.EndsWith("\"reduceOnly\":false}]}", Encoding.ASCII.GetString(_destination, 0, length), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_sent_is_zero_bytes()
    {
        Assert.Equal(0, Length(Place with { Action = OrderAction.Unset }));
        Assert.Equal(0, Length(Place with { Side = Side.Unset }));
        Assert.Equal(0, Length(Place with { TimeInForce = TimeInForce.Unset }));
        Assert.Equal(0, Length(Place with { Instrument = new InstrumentId(Instruments.Table.Count) }));
        Assert.Equal(0, Length(Place with { Instrument = new InstrumentId(-1) }));
        Assert.Equal(0, _encoder.Encode(in Place, default, 0, new byte[OrderRequestEncoder.RequestBytesMax - 1]));
    }

    [Fact]
    public void A_window_that_is_not_positive_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new OrderRequestEncoder(Instruments.Table, recvWindowMillis: 0));

    /// <summary>As many instruments as an engine holds, from the shortest symbol to the longest, with every number of decimals and steps of other sizes.</summary>
    private static InstrumentTable EveryScale() => new(
    [
        .. Enumerable.Range(0, InstrumentTable.CountMax).Select(i => new InstrumentSpec(
            new InstrumentId(i), $"{i % 8}{i / 8}".PadRight(2 + (i * 2 % 31), 'X'), priceDecimals: i % 9, tickMantissa: i < 18 ? 1 : 1 + (i * 7 % 50), qtyDecimals: i < 9 ? i : i * 5 % 9, lotMantissa: i < 18 ? 1 : 1 + (i * 3 % 40))
        {
            MinOrderQty = default, MaxOrderQty = default, MinNotional = default, MinPrice = default, MaxPrice = default, MaxLeverageE2 = 100,
        }),
    ]);

    private static long Steps(Random random, long stepMantissa) => random.Next(20) switch
    {
        0 => 0,
        1 => long.MaxValue / stepMantissa,
        2 => 1,
        _ => random.NextInt64(1L << random.Next(1, 63)) / stepMantissa,
    };

    private static uint Word(Random random) => random.Next(5) switch { 0 => 0, 1 => uint.MaxValue, 2 => (uint)random.Next(100), _ => (uint)random.NextInt64(1L << 32) };

    private static void AssertPlain(OrderRequestEncoder encoder, in OrderIntent intent, RequestId requestId, long millis, InstrumentSpec spec, int windowMillis)
    {
        byte[] destination = new byte[OrderRequestEncoder.RequestBytesMax];
        int length = encoder.Encode(in intent, requestId, millis, destination);
        Assert.Equal(Plain(in intent, requestId, millis, spec, windowMillis), Encoding.ASCII.GetString(destination, 0, length));
    }

    private static string Plain(in OrderIntent intent, RequestId requestId, long millis, InstrumentSpec spec, int windowMillis)
    {
        string head = $$"""{"reqId":"r{{requestId.Session:x8}}{{requestId.Number:x8}}","header":{"X-BAPI-TIMESTAMP":"{{millis}}","X-BAPI-RECV-WINDOW":"{{windowMillis}}"},"op":"order.""";
        string symbol = $$"""{"category":"linear","symbol":"{{spec.Symbol}}",""";
        string link = $"\"orderLinkId\":\"le{intent.ClientOrderId.Session:x8}{intent.ClientOrderId.Number:x8}\"";
        string numbers = $"\"qty\":\"{Decimal(intent.Qty.Lots, spec.LotMantissa, spec.QtyDecimals)}\",\"price\":\"{Decimal(intent.Price.Ticks, spec.TickMantissa, spec.PriceDecimals)}\"";
        string timeInForce = intent.TimeInForce switch { TimeInForce.GoodTillCancel => "GTC", TimeInForce.PostOnly => "PostOnly", TimeInForce.ImmediateOrCancel => "IOC", _ => "FOK" };
        return intent.Action switch
        {
            OrderAction.Place => $$"""{{head}}create","args":[{{symbol}}"side":"{{intent.Side}}","positionIdx":0,"orderType":"Limit",{{numbers}},"timeInForce":"{{timeInForce}}",{{link}},"reduceOnly":{{(intent.ReduceOnly ? "true" : "false")}}}]}""",
            OrderAction.Amend => $$"""{{head}}amend","args":[{{symbol}}{{link}},{{numbers}}}]}""",
            _ => $$"""{{head}}cancel","args":[{{symbol}}{{link}}}]}""",
        };

        static string Decimal(long steps, long mantissa, int decimals) => (steps * (mantissa / (decimal)Math.Pow(10, decimals))).ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }

    private static decimal Number(JsonElement order, string key) => decimal.Parse(order.GetProperty(key).GetString()!, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private int Length(OrderIntent intent) => _encoder.Encode(in intent, new RequestId(1, 2), 1711001595207, _destination);

    private string Encode(OrderIntent intent) => Encoding.ASCII.GetString(_destination, 0, Length(intent));
}
