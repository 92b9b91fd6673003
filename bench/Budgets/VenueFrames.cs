namespace LatencyEngine.Budgets;

/// <summary>The venue's private messages and acknowledgements, with every member that captured ones have (Bybit V5, 7 and 8.3).</summary>
internal static class VenueFrames
{
    /// <summary>The answer to a request: code 0.</summary>
    public static byte[] Ack(string requestId, string operation, VenueOrder order, long nowMillis) => Market.Latin1(
        $$$"""{"reqId":"{{{requestId}}}","retCode":0,"retMsg":"OK","op":"{{{operation}}}","data":{"orderId":"{{{OrderId(order)}}}","orderLinkId":"{{{order.LinkId}}}"},"retExtInfo":{},"header":{"X-Bapi-Limit":"10","X-Bapi-Limit-Status":"9","X-Bapi-Limit-Reset-Timestamp":"{{{nowMillis}}}","Traceid":"505e2284d27bf2611898da734151119a","Timenow":"{{{nowMillis}}}"},"connId":"d2skksbfh6ke97cc05f0-6lyui"}""");

    /// <summary>An order that rests.</summary>
    public static byte[] OpenOrder(VenueOrder order, long nowMillis) => Order(order, nowMillis, "New", "UNKNOWN", "EC_NoError", leaves: order.Qty, filled: "0");

    /// <summary>An order cancelled by request.</summary>
    public static byte[] CancelledOrder(VenueOrder order, long nowMillis) => Order(order, nowMillis, "Cancelled", "CancelByUser", "EC_PerCancelRequest", leaves: "0", filled: "0");

    /// <summary>An order filled whole.</summary>
    public static byte[] FilledOrder(VenueOrder order, long nowMillis) => Order(order, nowMillis, "Filled", "UNKNOWN", "EC_NoError", leaves: "0", filled: order.Qty);

    /// <summary>The execution of an order filled whole.</summary>
    public static byte[] Execution(VenueOrder order, int number, long nowMillis) => Market.Latin1(
        $$"""{"topic":"execution","id":"505077818_{{order.Symbol}}_{{227170130491 + number}}","creationTime":{{nowMillis}},"data":[{"category":"linear","symbol":"{{order.Symbol}}","closedSize":"0","execFee":"0.0123456","execId":"3fb94d67-8482-58a5-91a4-{{number:x12}}","execPrice":"{{order.Price}}","execQty":"{{order.Qty}}","execType":"Trade","execValue":"618.002","feeRate":"0.00002","tradeIv":"","markIv":"","blockTradeId":"","markPrice":"{{order.Price}}","indexPrice":"","underlyingPrice":"","leavesQty":"0","orderId":"{{OrderId(order)}}","orderLinkId":"{{order.LinkId}}","orderPrice":"{{order.Price}}","orderQty":"{{order.Qty}}","orderType":"Limit","stopOrderType":"UNKNOWN","side":"{{order.Side}}","execTime":"{{nowMillis}}","isLeverage":"0","isMaker":true,"seq":{{227170130491 + number}},"marketUnit":"","execPnl":"0","createType":"CreateByUser","extraFees":[{"feeCoin":"USDT","feeType":"GST","subFeeType":"IND_GST","feeRate":"0.000099","fee":"0.004613796"}],"feeCurrency":"USDT"}]}""");

    /// <summary>A long position of the order's quantity and price.</summary>
    public static byte[] Position(VenueOrder order, int number, long nowMillis) => Market.Latin1(
        $$"""{"id":"140894896_position_{{nowMillis}}","topic":"position","creationTime":{{nowMillis}},"data":[{"positionIdx":0,"tradeMode":0,"riskId":10001,"riskLimitValue":"100000","symbol":"{{order.Symbol}}","side":"{{order.Side}}","size":"{{order.Qty}}","entryPrice":"{{order.Price}}","sessionAvgPrice":"{{order.Price}}","leverage":"10","positionValue":"66.4735","positionBalance":"0","markPrice":"66472.02","positionIM":"6.70702815","positionMM":"0.32571423","positionIMByMp":"6.70702815","positionMMByMp":"0.32571423","takeProfit":"0","stopLoss":"0","trailingStop":"0","unrealisedPnl":"-0.00148","cumRealisedPnl":"-0.0664735","curRealisedPnl":"-0.0664735","createdTime":"1774779321716","updatedTime":"{{nowMillis}}","tpslMode":"Full","liqPrice":"10736.47573672","bustPrice":"","category":"linear","positionStatus":"Normal","adlRankIndicator":2,"autoAddMargin":0,"leverageSysUpdatedTime":"","mmrSysUpdatedTime":"","seq":{{37449201146 + number}},"breakEvenPrice":"66606.58008008","isReduceOnly":false}]}""");

    /// <summary>A wallet of one coin, USDT.</summary>
    public static byte[] Wallet(int number, long nowMillis) => Market.Latin1(
        $$$"""{"id":"140894896_wallet_{{{nowMillis}}}","topic":"wallet","creationTime":{{{nowMillis}}},"data":[{"accountIMRate":"0.3521","accountMMRate":"0.02","accountIMRateByMp":"0.3521","accountMMRateByMp":"0.02","totalEquity":"59.24728891","totalWalletBalance":"95.49571699","totalMarginBalance":"59.14951406","totalAvailableBalance":"38.32154203","totalPerpUPL":"-36.34620293","totalInitialMargin":"20.82797202","totalMaintenanceMargin":"1.18454802","totalInitialMarginByMp":"20.82797202","totalMaintenanceMarginByMp":"1.18454802","coin":[{"coin":"USDT","equity":"10011.{{{40_000_000 + number}}}","usdValue":"10011.48691986","walletBalance":"10010.{{{47_000_000 + number}}}","availableToWithdraw":"","availableToBorrow":"","borrowAmount":"0","accruedInterest":"0","totalOrderIM":"12.36004","totalPositionIM":"6.70702815","totalPositionMM":"0.32571423","unrealisedPnl":"-0.00148","cumRealisedPnl":"-0.0664735","bonus":"0","collateralSwitch":true,"marginCollateral":true,"locked":"0","spotHedgingQty":"0","spotBorrow":"0"}],"accountLTV":"0.0011","accountType":"UNIFIED"}]}""");

    private static byte[] Order(VenueOrder order, long nowMillis, string status, string cancelType, string rejectReason, string leaves, string filled) => Market.Latin1(
        $$"""{"topic":"order","id":"505077818_{{order.Symbol}}_{{nowMillis}}","creationTime":{{nowMillis}},"data":[{"category":"linear","symbol":"{{order.Symbol}}","orderId":"{{OrderId(order)}}","orderLinkId":"{{order.LinkId}}","blockTradeId":"","side":"{{order.Side}}","positionIdx":0,"orderStatus":"{{status}}","cancelType":"{{cancelType}}","rejectReason":"{{rejectReason}}","timeInForce":"PostOnly","isLeverage":"","price":"{{order.Price}}","qty":"{{order.Qty}}","avgPrice":"","leavesQty":"{{leaves}}","leavesValue":"0","cumExecQty":"{{filled}}","cumExecValue":"0","cumExecFee":"0","orderType":"Limit","stopOrderType":"","orderIv":"","triggerPrice":"","takeProfit":"","stopLoss":"","triggerBy":"","tpTriggerBy":"","slTriggerBy":"","triggerDirection":0,"placeType":"","lastPriceOnCreated":"{{order.Price}}","closeOnTrigger":false,"reduceOnly":false,"smpGroup":0,"smpType":"None","smpOrderId":"","slLimitPrice":"0","tpLimitPrice":"0","tpslMode":"UNKNOWN","createType":"CreateByUser","marketUnit":"","createdTime":"{{nowMillis}}","updatedTime":"{{nowMillis}}","feeCurrency":"","closedPnl":"0","slippageTolerance":"0","slippageToleranceType":"UNKNOWN"}]}""");

    private static string OrderId(VenueOrder order) => $"373b6927-71ff-4bde-a8a6-{order.LinkId[^12..]}";
}
