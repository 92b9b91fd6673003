namespace LatencyEngine.Simulator.Tests;

/// <summary>What is done with each message of the reference collection: which request is made in whose place, which message of the venue is held against which example, and what may differ, each with its reason.</summary>
internal static class MessageTable
{
    private const string OtherProduct = "another product than linear";
    private const string NotOffered = "not offered by the dry-run venue (docs/reference/venue.md)";

    private static readonly (string From, string To)[] Linear =
    [
        ("=inverse", "=linear"), ("=spot", "=linear"), ("\"inverse\"", "\"linear\""), ("\"spot\"", "\"linear\""), ("\"option\"", "\"linear\""),
        ("BTCUSDH23", "BTCUSDT"), ("ETHPERP", "BTCUSDT"), ("BTCPERP", "BTCUSDT"), ("XRPUSDT", "BTCUSDT"), ("ATOMUSDT", "BTCUSDT"), ("SOLUSDT", "BTCUSDT"),
        ("ETHUSDT", "BTCUSDT"), ("\"ETHUSD\"", "\"BTCUSDT\""), ("=BTCUSD&", "=BTCUSDT&"), ("=BTCUSD ", "=BTCUSDT "),
        ("ETH-30DEC22-500-C", "BTCUSDT"), ("ETH-30DEC22-700-C", "BTCUSDT"),
    ];

    /// <summary>Requests and examples that the venue does not serve, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> OutOfScope { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["public.orderbook.rpi.subscribe.doc"] = $"RPI orders are for designated market makers: {NotOffered}",
        ["public.orderbook.rpi.subscribe.ok.doc"] = $"RPI orders are for designated market makers: {NotOffered}",
        ["public.orderbook.rpi.delta.doc"] = $"RPI orders are for designated market makers: {NotOffered}",
        ["public.orderbook.full.delta.doc"] = $"spot only on mainnet: {NotOffered}",
        ["public.insurance.subscribe.doc"] = $"the insurance pool is a ledger book, not a stream: {NotOffered}",
        ["public.insurance.doc"] = $"the insurance pool is a ledger book, not a stream: {NotOffered}",
        ["public.adlAlert.doc"] = "auto-deleveraging comes later",
        ["public.system.status.subscribe.doc"] = $"maintenance notices are on a socket of their own: {NotOffered}",
        ["public.system.status.doc"] = $"maintenance notices are on a socket of their own: {NotOffered}",
        ["public.priceLimit.subscribe.doc"] = $"the limits are told over REST: {NotOffered}",
        ["public.priceLimit.doc"] = $"the limits are told over REST: {NotOffered}",
        ["public.allLiquidation.doc"] = "told by the feed of a flow market, byte for byte: PublicFeedTests, FlowMarketTests",
        ["public.pong.option.doc"] = OtherProduct,
        ["public.subscribe.fail.argsize.spot.captured"] = "ten topics a request are a limit of spot",
        ["private.order.option-example.doc"] = "an option order, in another order of keys than every captured linear one",
        ["rest.market.open-interest.request.doc"] = $"no open interest is kept: {NotOffered}",
        ["rest.market.open-interest.response.doc"] = $"no open interest is kept: {NotOffered}",
        ["rest.order.pre-check.request.doc"] = $"what an order would do to the margin is not told: {NotOffered}",
        ["rest.order.pre-check.response.doc"] = $"what an order would do to the margin is not told: {NotOffered}",
        ["rest.market.insurance.request.doc"] = NotOffered,
        ["rest.market.insurance.response.doc"] = NotOffered,
        ["rest.response-headers.ratelimit.doc"] = "HTTP headers, not a message: VenueServerRestTests",
    };

    /// <summary>How a message of the venue may differ from its example, by example: what <see cref="MessageShape"/> says, with the reason on the line above.</summary>
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        // the linear socket sends an id even where none was sent (Bybit V5, 5.1)
        ["public.pong.spot.doc"] = ["+req_id"],
        // the order of the header varies between real messages (Bybit V5, 8.2)
        ["trade.order.cancel.110001.captured"] = ["order of header"],
        // the order of the header varies between real messages (Bybit V5, 8.2)
        ["trade.order.amend.110001.captured"] = ["order of header"],
        // the order of the header varies between real messages (Bybit V5, 8.2)
        ["trade.order.create.110003.captured"] = ["order of header"],
        // the field set of 2023, and its order
        ["private.order.linear.new.2023.captured"] =
        [
            "-data[].tpSlMode", "+data[].tpslMode", "+data[].createType", "+data[].marketUnit", "+data[].feeCurrency",
            "+data[].closedPnl", "+data[].parentOrderLinkId", "+data[].slippageTolerance", "+data[].slippageToleranceType",
            "+data[].cumFeeDetail", "order of data[]",
        ],
        // the fields of Bybit V5, 12.8; permissions for products that are not offered are left out
        ["rest.user.query-api.response.doc"] =
        [
            "-result.userIDInt64", "-result.inviterIDInt64", "-result.affiliateIDInt64", "-result.permissions.FiatP2P",
            "-result.permissions.FiatConvertBroker", "-result.permissions.FiatGlobalPay", "-result.permissions.FiatBitPay",
            "-result.permissions.BitCard", "-result.permissions.ByXPost",
        ],
        // this example lacks members of the envelope (Bybit V5, 9.2)
        ["rest.account.info.response.doc"] = ["+retExtInfo", "+time"],
        // older field set; this answer lacks members of the envelope (Bybit V5, 9.2)
        ["rest.account.info.captured"] = ["+retExtInfo", "+time", "+result.isMasterTrader", "+result.spotHedgingStatus"],
        // the field set of 2023, and its order
        ["rest.account.wallet-balance.captured"] = ["+result.list[].coin[].spotBorrow", "order of result.list[].coin[]", "order of result.list[]"],
        // this example lacks members of the envelope (Bybit V5, 9.2)
        ["rest.account.set-margin-mode.fail.response.doc"] = ["+retExtInfo", "+time"],
        // the example lacks a key of the table (Bybit V5, 12.7)
        ["rest.account.user-setting-config.response.doc"] = ["+result.deltaEnable"],
        // this example lacks members of the envelope (Bybit V5, 9.2)
        ["rest.order.disconnected-cancel-all.response.doc"] = ["+result", "+retExtInfo", "+time"],
        // the newer fields of the table of that page, which its example lacks (Bybit V5, 10.6)
        ["rest.order.realtime.response.doc"] = ["+result.list[].createType", "+result.list[].parentOrderLinkId"],
        // the fields that the documentation adds since (Bybit V5, 10.6)
        ["rest.order.realtime.linear.captured"] =
        [
            "+result.list[].tpslMode", "+result.list[].tpLimitPrice", "+result.list[].slLimitPrice", "+result.list[].cumFeeDetail",
            "+result.list[].createType", "+result.list[].parentOrderLinkId",
        ],
        // older answers had no list (Bybit V5, 10.4)
        ["rest.order.cancel-all.ok.captured"] = ["+result.list"],
        // the row of open orders: slippage, taxes and RPI have no meaning here
        ["rest.order.history.postonly-cancelled.response.doc"] =
        [
            "-result.list[].slippageToleranceType", "-result.list[].slippageTolerance", "-result.list[].extraFees",
            "-result.list[].rpiTakerAccess", "-result.list[].rpiMatchedQty", "+result.list[].createType",
            "+result.list[].parentOrderLinkId",
        ],
        // newer than the example (Bybit V5, 10.8)
        ["rest.execution.list.response.doc"] = ["+result.list[].createType"],
        // the fields that the documentation adds since (Bybit V5, 11.1)
        ["rest.position.list.linear.captured"] =
        [
            "+result.list[].breakEvenPrice", "+result.list[].positionBalance", "+result.list[].positionMMByMp",
            "+result.list[].positionIMByMp", "+result.list[].curRealisedPnl", "+result.list[].seq", "+result.list[].isReduceOnly",
            "+result.list[].mmrSysUpdateTime", "+result.list[].leverageSysUpdatedTime", "+result.list[].sessionAvgPrice",
        ],
        // the whole row of the position list; the example is older (Bybit V5, 11.5)
        ["rest.position.add-margin.response.doc"] =
        [
            "+result.side", "+result.tradeMode", "+result.adlRankIndicator", "+result.breakEvenPrice", "+result.positionBalance",
            "+result.positionMMByMp", "+result.positionIMByMp", "+result.tpslMode", "+result.curRealisedPnl", "+result.seq",
            "+result.isReduceOnly", "+result.mmrSysUpdateTime", "+result.leverageSysUpdatedTime", "+result.sessionAvgPrice",
        ],
        // the example leaves it out, live messages have it (Bybit V5, 6.4)
        ["public.publicTrade.doc"] = ["+data[].RPI"],
        // the recording of this test holds these fields only; a flow market's ticker has all: PublicFeedTests
        ["public.tickers.linear.snapshot.doc"] =
        [
            "-data.tickDirection", "-data.price24hPcnt", "-data.prevPrice24h", "-data.highPrice24h", "-data.lowPrice24h",
            "-data.prevPrice1h", "-data.openInterest", "-data.openInterestValue", "-data.turnover24h", "-data.volume24h",
            "-data.fundingIntervalHour", "-data.fundingCap", "-data.nextFundingTime", "-data.bid1Price", "-data.bid1Size",
            "-data.ask1Price", "-data.ask1Size", "-data.preOpenPrice", "-data.preQty", "-data.curPreListingPhase",
        ],
        // the recording of this test holds these fields only, in its own order; a flow market's ticker has all: PublicFeedTests
        ["public.tickers.linear.snapshot.2023.captured"] =
        [
            "-data.tickDirection", "-data.price24hPcnt", "-data.prevPrice24h", "-data.highPrice24h", "-data.lowPrice24h",
            "-data.prevPrice1h", "-data.openInterest", "-data.openInterestValue", "-data.turnover24h", "-data.volume24h",
            "-data.nextFundingTime", "-data.bid1Price", "-data.bid1Size", "-data.ask1Price", "-data.ask1Size", "order of data",
        ],
        // a delta holds what has changed
        ["public.tickers.linear.delta.probe"] = ["-data.indexPrice", "-data.openInterestValue", "-data.singleOpenInterestValue"],
        // an empty string where no tax is due (Bybit V5, 7.2)
        ["private.execution.linear.doc"] = ["data[].extraFees: String, shown Array"],
        // the field set of 2023, and its order
        ["private.execution.linear.2023.captured"] =
        [
            "+data[].seq", "+data[].marketUnit", "+data[].execPnl", "+data[].createType", "+data[].extraFees", "+data[].feeCurrency",
            "order of data[]",
        ],
        // an empty string where no tax is due (Bybit V5, 7.2)
        ["private.execution.linear.2025.captured"] = ["data[].extraFees: String, shown Array"],
        // newer than the frame (Bybit V5, 7.1)
        ["private.order.limit.filled.2025.captured"] = ["+data[].parentOrderLinkId"],
        // newer than the frame (Bybit V5, 7.1)
        ["private.order.linear-topic.cancelled-by-user.2024.captured"] =
        [
            "+data[].closedPnl", "+data[].parentOrderLinkId", "+data[].slippageTolerance", "+data[].slippageToleranceType",
            "+data[].cumFeeDetail",
        ],
        // newer than the frame (Bybit V5, 7.1)
        ["private.order.linear-topic.maker-filled.hedge.2025.captured"] = ["+data[].parentOrderLinkId"],
        // the field set of 2023, and its order
        ["private.position.long.2023.captured"] =
        [
            "-data[].tpSlMode", "+data[].sessionAvgPrice", "+data[].positionIMByMp", "+data[].positionMMByMp",
            "+data[].curRealisedPnl", "+data[].tpslMode", "+data[].leverageSysUpdatedTime", "+data[].mmrSysUpdatedTime", "+data[].seq",
            "+data[].breakEvenPrice", "+data[].isReduceOnly", "order of data[]", "order of ",
        ],
        // newer than the frame (Bybit V5, 7.4)
        ["private.position.long.2025.captured"] = ["+data[].breakEvenPrice"],
        // the field set of 2023, and its order
        ["rest.execution.list.funding.captured"] =
        [
            "+result.list[].feeCurrency", "+result.list[].extraFees", "+result.list[].seq", "+result.list[].createType",
            "order of result.list[]", "order of result",
        ],
        // the order of the documentation and of ordinary executions; the captured row has another
        ["rest.execution.list.funding.2025.captured"] = ["-result.list[].marketUnit", "+result.list[].extraFees", "order of result.list[]"],
        // in the table of that page and in real answers (Bybit V5, 13.1)
        ["rest.market.instruments-info.linear.response.doc"] = ["+result.list[].displayName", "+result.list[].forbidUplWithdrawal"],
        // the field set of 2023, and its order
        ["rest.market.instruments-info.linear.2023.captured"] =
        [
            "+result.list[].copyTrading", "+result.list[].upperFundingRate", "+result.list[].lowerFundingRate",
            "+result.list[].isPreListing", "+result.list[].preListingInfo", "+result.list[].riskParameters",
            "+result.list[].displayName", "+result.list[].symbolType", "+result.list[].forbidUplWithdrawal", "+result.list[].symbolId",
            "+result.list[].lotSizeFilter.maxMktOrderQty", "+result.list[].lotSizeFilter.minNotionalValue",
        ],
        // pages of 15 symbols (Bybit V5, 13)
        ["rest.market.risk-limit.response.doc"] = ["+result.nextPageCursor"],
    };

    /// <summary>The text of a request with its placeholders and products replaced.</summary>
    public static string Adapt(string text, params IEnumerable<(string From, string To)> more)
    {
        foreach ((string from, string to) in more.Concat(Linear)) text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }
}
