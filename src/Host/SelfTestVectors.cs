using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>What <c>self-test</c> gives to each stage of the hot path, and what must come out: written down, not computed by what is tested.</summary>
internal sealed record SelfTestVectors
{
    /// <summary>Those of the program.</summary>
    public static SelfTestVectors Shipped { get; } = new();

    /// <summary>A genuine snapshot of Bybit's, its best levels.</summary>
    public string Snapshot { get; init; } =
        """{"topic":"orderbook.200.SOLUSDT","type":"snapshot","ts":1786310819053,"data":{"s":"SOLUSDT","b":[["77.300","1347.2"],["77.290","4646.8"],["77.280","1628.1"]],"a":[["77.310","198.4"],["77.320","3316.9"]],"u":13783324,"seq":272903624001},"cts":1786310819045}""";

    /// <summary>The delta after it: a level anew, and one of each side gone.</summary>
    public string Delta { get; init; } =
        """{"topic":"orderbook.200.SOLUSDT","type":"delta","ts":1786310819154,"data":{"s":"SOLUSDT","b":[["77.300","0"],["77.290","5408.7"]],"a":[["77.310","0"]],"u":13783325,"seq":272903624865},"cts":1786310819145}""";

    /// <summary>Best bid and ask then: 77.29 and 77.32 in ticks of 0.01, lots of 0.1.</summary>
    public BookTop TopAfter { get; init; } = new(new PriceTicks(7_729), new QtyLots(54_087), new PriceTicks(7_732), new QtyLots(33_169));

    /// <summary>A genuine print of Bybit's.</summary>
    public string TradeFrame { get; init; } =
        """{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1786310819681,"data":[{"T":1786310819680,"s":"BTCUSDT","S":"Sell","v":"0.004","p":"65114.20","L":"MinusTick","i":"a9188a0a-82bc-50de-be60-03eedbe3cdd7","BT":false,"RPI":false,"seq":753843954913}]}""";

    /// <summary>Its price in ticks of 0.1.</summary>
    public PriceTicks TradePrice { get; init; } = new(651_142);

    /// <summary>Its quantity in lots of 0.001.</summary>
    public QtyLots TradeQty { get; init; } = new(4);

    /// <summary>Bid of Avellaneda and Stoikov's closed form for a mid of 100, 5 held, gamma 0.1, sigma 2, one unit of time left, k 1.5 (tests/golden/as_quotes.csv, case 1).</summary>
    public double QuoteBid { get; init; } = 97.15461478862429;

    /// <summary>Its ask.</summary>
    public double QuoteAsk { get; init; } = 98.84538521137571;

    /// <summary>Bybit's own example: 1 BTC long from 40,000 at 50x with 3,000 USDT added, 0.5 % maintenance, 0.055 % taker, is liquidated at 36,380.25 (tests/golden/liquidation_static.csv, case 0).</summary>
    public PriceE8 LiquidationPrice { get; init; } = new(3_638_025_034_372);

    /// <summary>The request of a post-only buy of 0.005 BTC at 65,114.2, with the members of docs/reference/bybit-v5.md, 8.1.</summary>
    public string Request { get; init; } =
        """{"reqId":"r0000000700000001","header":{"X-BAPI-TIMESTAMP":"1786310819720","X-BAPI-RECV-WINDOW":"5000"},"op":"order.create","args":[{"category":"linear","symbol":"BTCUSDT","side":"Buy","positionIdx":0,"orderType":"Limit","qty":"0.005","price":"65114.2","timeInForce":"PostOnly","orderLinkId":"le0000000700000001","reduceOnly":false}]}""";
}
