using System.IO.Compression;
using System.Text;
using LatencyEngine.TestData;

namespace LatencyEngine.Wire.Tests;

/// <summary>The three sockets a frame can come from.</summary>
internal enum Socket
{
    Public,
    Private,
    Trade,
}

/// <summary>Real and documented frames (Bybit V5, 6 to 8), and recordings.</summary>
internal static class Frames
{
    public const string GenuineRecording = "bybit-linear-btc-sol-20260809.frames.gz";
    public const string LongRecording = "v5shaped-btcusdt-20240808.frames.gz";

    public const string BookDepthOne = """{"topic":"orderbook.1.BTCUSDT","ts":1786639170499,"type":"snapshot","data":{"s":"BTCUSDT","b":[["63040.8","3.323"]],"a":[["63040.9","4.686"]],"u":31071061,"seq":763537012912},"cts":1786639170498}""";
    public const string BookSnapshot = """{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1773386409389,"data":{"s":"BTCUSDT","b":[["71423.80","0.557"],["71423.10","0.102"]],"a":[["71423.90","4.669"],["71424.00","0.001"]],"u":10132540,"seq":546137962055},"cts":1773386409385}""";
    public const string BookDelta = """{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1773386409407,"data":{"s":"BTCUSDT","b":[["71419.80","0"],["71418.20","0.159"]],"a":[["71427.90","0.006"],["71428.30","0"]],"u":10132541,"seq":546137962186},"cts":1773386409404}""";
    public const string Trade = """{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1774021164130,"data":[{"T":1774021164129,"s":"BTCUSDT","S":"Buy","v":"0.020","p":"69916.90","L":"ZeroMinusTick","i":"f60eae3c-d812-5c0b-ad26-8010c31c53aa","BT":false,"RPI":false,"seq":549792208812}]}""";
    public const string SpotTrade = """{"topic":"publicTrade.BTCUSDT","ts":1774021164130,"type":"snapshot","data":[{"i":"2290000000184479489","T":1774021164129,"p":"69916.90","v":"0.020","S":"Buy","seq":549792208812,"s":"BTCUSDT","BT":false,"RPI":true}]}""";
    public const string TickerSnapshot = """{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","tickDirection":"MinusTick","price24hPcnt":"-0.158315","lastPrice":"66666.60","prevPrice24h":"79206.20","highPrice24h":"79266.30","lowPrice24h":"65076.90","prevPrice1h":"66666.60","markPrice":"66666.63","indexPrice":"115418.19","openInterest":"492373.72","openInterestValue":"32824881841.75","turnover24h":"4936790807.6521","volume24h":"73191.3870","fundingIntervalHour":"8","fundingCap":"0.005","nextFundingTime":"1760342400000","fundingRate":"-0.005","bid1Price":"66666.60","bid1Size":"23789.165","ask1Price":"66666.70","ask1Size":"23775.469","preOpenPrice":"","preQty":"","curPreListingPhase":""},"cs":9532239429,"ts":1760325052630}""";
    public const string TickerDelta = """{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","markPrice":"86716.30","indexPrice":"86756.70","openInterestValue":"5250990127.10","singleOpenInterestValue":"2625495106.91"},"cs":814547789569,"ts":1790134712383}""";
    public const string Kline = """{"topic":"kline.5.BTCUSDT","data":[{"start":1672324800000,"end":1672325099999,"interval":"5","open":"16649.5","close":"16677","high":"16677","low":"16608","volume":"2.081","turnover":"34666.4005","confirm":false,"timestamp":1672324988882}],"ts":1672324988882,"type":"snapshot"}""";

    public const string Liquidations = """{"topic":"allLiquidation.ESPORTSUSDT","type":"snapshot","ts":1739502303204,"data":[{"T":1739502302929,"s":"ESPORTSUSDT","S":"Sell","v":"20000","p":"0.04499"},{"T":1739502302930,"s":"ESPORTSUSDT","S":"Buy","v":"1","p":"0.04499123"}]}""";

    public const string OrderFilled = """{"topic":"order","id":"505077818_SOLUSDT_227170130491","creationTime":1759432560943,"data":[{"category":"linear","symbol":"SOLUSDT","orderId":"373b6927-71ff-4bde-a8a6-c3de21838f20","orderLinkId":"1759432560816495533","blockTradeId":"","side":"Buy","positionIdx":0,"orderStatus":"Filled","cancelType":"UNKNOWN","rejectReason":"EC_NoError","timeInForce":"FOK","isLeverage":"","price":"240","qty":"0.2","avgPrice":"233.02","leavesQty":"0","leavesValue":"0","cumExecQty":"0.2","cumExecValue":"46.604","cumExecFee":"0.0256322","orderType":"Limit","stopOrderType":"","orderIv":"","triggerPrice":"","takeProfit":"","stopLoss":"","triggerBy":"","tpTriggerBy":"","slTriggerBy":"","triggerDirection":0,"placeType":"","lastPriceOnCreated":"233.02","closeOnTrigger":false,"reduceOnly":false,"smpGroup":0,"smpType":"None","smpOrderId":"","slLimitPrice":"0","tpLimitPrice":"0","tpslMode":"UNKNOWN","createType":"CreateByUser","marketUnit":"","createdTime":"1759432560940","updatedTime":"1759432560942","feeCurrency":"","closedPnl":"0","slippageTolerance":"0","slippageToleranceType":"UNKNOWN","cumFeeDetail":{"USDT":"0.0256322"}}]}""";
    public const string OrderOurs = """{"topic":"order.linear","id":"1_BTCUSDT_7","creationTime":1727433749096,"data":[{"category":"linear","symbol":"BTCUSDT","orderId":"f38c5e38-46ef-4a8a-b115-fd3392d4f144","orderLinkId":"le0000000a0000002f","side":"Sell","positionIdx":0,"orderStatus":"Cancelled","cancelType":"CancelByUser","rejectReason":"EC_PerCancelRequest","timeInForce":"PostOnly","price":"61800.2","qty":"0.010","avgPrice":"61800.2","leavesQty":"0","cumExecQty":"0.003","reduceOnly":true,"updatedTime":"1727433749095"}]}""";
    public const string OrderWithParent = """{"topic":"order","id":"1_BTCUSDT_8","creationTime":1764403866842,"data":[{"category":"linear","symbol":"BTCUSDT","orderId":"f38c5e38-46ef-4a8a-b115-fd3392d4f144","orderLinkId":"le0000000a0000002f","blockTradeId":"","side":"Buy","positionIdx":0,"orderStatus":"New","cancelType":"UNKNOWN","rejectReason":"EC_NoError","timeInForce":"PostOnly","isLeverage":"","price":"61800.2","qty":"0.01","avgPrice":"","leavesQty":"0.01","leavesValue":"618.002","cumExecQty":"0","cumExecValue":"0","cumExecFee":"0","orderType":"Limit","stopOrderType":"","orderIv":"","triggerPrice":"","takeProfit":"","stopLoss":"","triggerBy":"","tpTriggerBy":"","slTriggerBy":"","triggerDirection":0,"placeType":"","lastPriceOnCreated":"61800.3","closeOnTrigger":false,"reduceOnly":false,"smpGroup":0,"smpType":"None","smpOrderId":"","slLimitPrice":"0","tpLimitPrice":"0","tpslMode":"UNKNOWN","createType":"CreateByUser","marketUnit":"","createdTime":"1764403866840","updatedTime":"1764403866840","feeCurrency":"","closedPnl":"0","parentOrderLinkId":"","slippageTolerance":"0","slippageToleranceType":"UNKNOWN","cumFeeDetail":{}}]}""";
    public const string Execution = """{"topic":"execution","id":"505077818_SOLUSDT_227170130491","creationTime":1759432560943,"data":[{"category":"linear","symbol":"SOLUSDT","closedSize":"0","execFee":"0.0256322","execId":"3fb94d67-8482-58a5-91a4-154777511c1c","execPrice":"233.02","execQty":"0.2","execType":"Trade","execValue":"46.604","feeRate":"0.00055","tradeIv":"","markIv":"","blockTradeId":"","markPrice":"233.029","indexPrice":"","underlyingPrice":"","leavesQty":"0","orderId":"373b6927-71ff-4bde-a8a6-c3de21838f20","orderLinkId":"1759432560816495533","orderPrice":"240","orderQty":"0.2","orderType":"Limit","stopOrderType":"UNKNOWN","side":"Buy","execTime":"1759432560940","isLeverage":"0","isMaker":false,"seq":227170130491,"marketUnit":"","execPnl":"0","createType":"CreateByUser","extraFees":[{"feeCoin":"USDT","feeType":"GST","subFeeType":"IND_GST","feeRate":"0.000099","fee":"0.004613796"}],"feeCurrency":"USDT"}]}""";
    public const string FastExecution = """{"topic":"execution.fast","creationTime":1716800399338,"data":[{"category":"linear","symbol":"ICPUSDT","execId":"3510f361-0add-5c7b-a2e7-9679810944fc","execPrice":"12.015","execQty":"3000","orderId":"443d63fa-b4c3-4297-b7b1-23bca88b04dc","isMaker":false,"orderLinkId":"test-00001","side":"Sell","execTime":"1716800399334","seq":34771365464}]}""";
    public const string Position = """{"id":"505077818_position_1759432560944","topic":"position","creationTime":1759432560944,"data":[{"positionIdx":0,"tradeMode":0,"riskId":281,"riskLimitValue":"50000","symbol":"SOLUSDT","side":"Buy","size":"0.2","entryPrice":"233.02","sessionAvgPrice":"","leverage":"10","positionValue":"46.604","positionBalance":"0","markPrice":"233.029","positionIM":"4.6876214","positionMM":"0.2602414","positionIMByMp":"4.68780139","positionMMByMp":"0.26025039","takeProfit":"0","stopLoss":"0","trailingStop":"0","unrealisedPnl":"0.0018","cumRealisedPnl":"1.24634526","curRealisedPnl":"-0.03024599","createdTime":"1758826877748","updatedTime":"1759432560942","tpslMode":"Full","liqPrice":"176.89650029","bustPrice":"","category":"linear","positionStatus":"Normal","adlRankIndicator":2,"autoAddMargin":0,"leverageSysUpdatedTime":"","mmrSysUpdatedTime":"","seq":227170130491,"isReduceOnly":false}]}""";
    public const string Wallet = """{"id":"505077818_wallet_1759432560944","topic":"wallet","creationTime":1759432560944,"data":[{"accountIMRate":"0.4083","accountMMRate":"0.0226","totalEquity":"11.48691986","coin":[{"coin":"BTC","equity":"0.1","walletBalance":"0.1","totalPositionIM":"","totalOrderIM":""},{"coin":"USDT","equity":"11.47904524","usdValue":"11.48691986","walletBalance":"11.47724524","availableToWithdraw":"","availableToBorrow":"","borrowAmount":"0","accruedInterest":"0","totalOrderIM":"0","totalPositionIM":"4.6876214","totalPositionMM":"0.2602414","unrealisedPnl":"0.0018","cumRealisedPnl":"1.25916611","bonus":"0","collateralSwitch":true,"marginCollateral":true,"locked":"0","spotHedgingQty":"0","spotBorrow":"0"}],"accountLTV":"0","accountType":"UNIFIED"}]}""";

    public const string AckCreated = """{"reqId":"r0000000a00000003","retCode":0,"retMsg":"OK","op":"order.create","data":{"orderId":"a4c1718e-fe53-4659-a118-1f6ecce04ad9","orderLinkId":"le0000000a00000001"},"retExtInfo":{},"header":{"X-Bapi-Limit":"10","X-Bapi-Limit-Status":"9","X-Bapi-Limit-Reset-Timestamp":"1711001595208","Traceid":"38b7977b430f9bd228f4b19724794dfd","Timenow":"1711001595209"},"connId":"cnt5leec0hvan15eukcg-2v"}""";
    public const string AckAmendRefused = """{"reqId":"r0000000a00000004","retCode":110001,"retMsg":"order not exists or too late to replace","op":"order.amend","data":{},"retExtInfo":{},"header":{"Traceid":"73a4b4c565baf0dc76cdbc1d6dffe1a8","Timenow":"1764403866842","X-Bapi-Limit":"10","X-Bapi-Limit-Status":"8","X-Bapi-Limit-Reset-Timestamp":"1764403866841"},"connId":"d4al7m6c0hv96a0jimg0-b9wz"}""";

    public static readonly (Socket Socket, string Frame)[] All =
    [
        (Socket.Public, BookDepthOne), (Socket.Public, BookSnapshot), (Socket.Public, BookDelta), (Socket.Public, Trade),
        (Socket.Public, TickerSnapshot), (Socket.Public, TickerDelta), (Socket.Public, Kline), (Socket.Public, Liquidations),
        (Socket.Private, OrderFilled), (Socket.Private, OrderOurs), (Socket.Private, Execution), (Socket.Private, FastExecution), (Socket.Private, Position), (Socket.Private, Wallet),
        (Socket.Trade, AckCreated), (Socket.Trade, AckAmendRefused),
    ];

    /// <summary>The bytes of a frame written as ASCII text.</summary>
    public static byte[] Bytes(string frame) => Encoding.Latin1.GetBytes(frame);

    /// <summary>The frames of a recording in <c>samples/</c>: <c>recv_ns</c>, one space, frame, newline.</summary>
    public static IEnumerable<byte[]> Recorded(string name)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(ReferenceFiles.Sample(name)), CompressionMode.Decompress), Encoding.Latin1);
        while (lines.ReadLine() is { } line) yield return Encoding.Latin1.GetBytes(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
    }
}
