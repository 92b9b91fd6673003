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

    private static decimal Number(JsonElement order, string key) => decimal.Parse(order.GetProperty(key).GetString()!, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private int Length(OrderIntent intent) => _encoder.Encode(in intent, new RequestId(1, 2), 1711001595207, _destination);

    private string Encode(OrderIntent intent) => Encoding.ASCII.GetString(_destination, 0, Length(intent));
}
