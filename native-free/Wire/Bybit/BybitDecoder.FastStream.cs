using System.Runtime.CompilerServices;
using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <content>The fast readers of the messages whose members are walked: tickers, candles, liquidations, the private topics and the answers to orders. They find the members in another way than the complete reader; what a member says is read by the same methods.</content>
public sealed partial class BybitDecoder
{
    /// <summary>The orders of keys that captured frames of 2025 and 2026 have (Bybit V5, 6 to 8).</summary>
    private sealed class Layouts
    {
        public readonly KeyLayout PublicEnvelope = new(EnvelopeKeys, 1 << Envelope.Data, isFlat: false, "topic type data cs ts");
        public readonly KeyLayout PrivateEnvelope = new(EnvelopeKeys, 1 << Envelope.Data, isFlat: false, "topic id creationTime data");

        /// <summary>That of <c>position</c> and <c>wallet</c>.</summary>
        public readonly KeyLayout IdFirstEnvelope = new(EnvelopeKeys, 1 << Envelope.Data, isFlat: false, "id topic creationTime data");

        public readonly KeyLayout Ticker = new(
            TickerKeys,
            stops: 0,
            isFlat: false,
            "symbol tickDirection price24hPcnt lastPrice prevPrice24h highPrice24h lowPrice24h prevPrice1h markPrice indexPrice openInterest openInterestValue singleOpenInterest singleOpenInterestValue"
                + " turnover24h volume24h fundingIntervalHour fundingCap nextFundingTime fundingRate bid1Price bid1Size ask1Price ask1Size preOpenPrice preQty curPreListingPhase");

        public readonly KeyLayout Kline = new(KlineKeys, stops: 0, isFlat: false, "start end interval open close high low volume turnover confirm timestamp");
        public readonly KeyLayout Liquidation = new(LiquidationKeys, stops: 0, isFlat: false, "T s S v p");

        public readonly KeyLayout Order = new(
            OrderKeys,
            stops: 0,
            isFlat: false,
            "category symbol orderId orderLinkId blockTradeId side positionIdx orderStatus cancelType rejectReason timeInForce isLeverage price qty avgPrice leavesQty leavesValue cumExecQty cumExecValue"
                + " cumExecFee orderType stopOrderType orderIv triggerPrice takeProfit stopLoss triggerBy tpTriggerBy slTriggerBy triggerDirection placeType lastPriceOnCreated closeOnTrigger reduceOnly"
                + " smpGroup smpType smpOrderId slLimitPrice tpLimitPrice tpslMode createType marketUnit createdTime updatedTime feeCurrency closedPnl parentOrderLinkId slippageTolerance"
                + " slippageToleranceType cumFeeDetail");

        public readonly KeyLayout Execution = new(
            ExecutionKeys,
            stops: 0,
            isFlat: false,
            "category symbol closedSize execFee execId execPrice execQty execType execValue feeRate tradeIv markIv blockTradeId markPrice indexPrice underlyingPrice leavesQty orderId orderLinkId"
                + " orderPrice orderQty orderType stopOrderType side execTime isLeverage isMaker seq marketUnit execPnl createType extraFees feeCurrency");

        public readonly KeyLayout FastExecution = new(FastExecutionKeys, stops: 0, isFlat: false, "category symbol execId execPrice execQty orderId isMaker orderLinkId side execTime seq");

        public readonly KeyLayout Position = new(
            PositionKeys,
            stops: 0,
            isFlat: false,
            "positionIdx tradeMode riskId riskLimitValue symbol side size entryPrice sessionAvgPrice leverage positionValue positionBalance markPrice positionIM positionMM positionIMByMp positionMMByMp"
                + " takeProfit stopLoss trailingStop unrealisedPnl cumRealisedPnl curRealisedPnl createdTime updatedTime tpslMode liqPrice bustPrice category positionStatus adlRankIndicator autoAddMargin"
                + " leverageSysUpdatedTime mmrSysUpdatedTime seq breakEvenPrice isReduceOnly");

        public readonly KeyLayout Account = new(
            AccountKeys,
            stops: 1,
            isFlat: false,
            "accountIMRate accountMMRate accountIMRateByMp accountMMRateByMp totalEquity totalWalletBalance totalMarginBalance totalAvailableBalance totalPerpUPL totalInitialMargin"
                + " totalMaintenanceMargin totalInitialMarginByMp totalMaintenanceMarginByMp coin accountLTV accountType");

        public readonly KeyLayout Coin = new(
            CoinKeys,
            stops: 0,
            isFlat: true,
            "coin equity usdValue walletBalance availableToWithdraw availableToBorrow borrowAmount accruedInterest totalOrderIM totalPositionIM totalPositionMM unrealisedPnl cumRealisedPnl bonus"
                + " collateralSwitch marginCollateral locked spotHedgingQty spotBorrow");

        public readonly KeyLayout Reply = new(ReplyKeys, (1 << BybitDecoder.Reply.Data) | (1 << BybitDecoder.Reply.Header), isFlat: false, "reqId retCode retMsg op data retExtInfo header connId");
        public readonly KeyLayout ReplyData = new(ReplyDataKeys, stops: 0, isFlat: true, "orderId orderLinkId");
        public readonly KeyLayout ReplyHeader = new(ReplyHeaderKeys, stops: 0, isFlat: true, "X-Bapi-Limit X-Bapi-Limit-Status X-Bapi-Limit-Reset-Timestamp Traceid Timenow");
    }

    private readonly Layouts _layouts = new();

    private DecodeStatus DecodeStreamFast(ReadOnlySpan<byte> frame, bool isPrivate)
    {
        ulong unknownEnumValues = UnknownEnumValues;
        ulong skippedRows = SkippedRows;
        DecodeStatus status = ReadStreamFast(frame, isPrivate);
        if (status == Doubt)
        {
            // The complete reader meets them again.
            UnknownEnumValues = unknownEnumValues;
            SkippedRows = skippedRows;
        }

        return status;
    }

    [SkipLocalsInit]
    private DecodeStatus ReadStreamFast(ReadOnlySpan<byte> frame, bool isPrivate)
    {
        KeyLayout layout = _layouts.PublicEnvelope;
        if (isPrivate) layout = frame.StartsWith("{\"id\""u8) ? _layouts.IdFirstEnvelope : _layouts.PrivateEnvelope;
        Span<JsonValue> members = stackalloc JsonValue[Envelope.Count];
        members.Clear();
        var cursor = new JsonCursor(frame, _scratch);
        var walk = new MemberWalk(frame, _scratch);
        int expected = KeyLayout.NoneYet;
        if (!walk.TryPass((byte)'{') || walk.Walk(layout, members, ref expected, out _) != WalkResult.Stop) return Doubt;
        if (!TryText(in cursor, members[Envelope.Topic], out ReadOnlySpan<byte> name)) return Doubt;
        Topic topic = isPrivate ? PrivateTopic(name) : PublicTopic(name);
        DecodeStatus data = ReadDataFast(ref walk, in cursor, in topic);
        if (data == Doubt || walk.Walk(layout, members, ref expected, out _) != WalkResult.End || !walk.IsAtEnd) return Doubt;
        return TryReadEnvelope(in cursor, members, in topic, data) ? data : Doubt;
    }

    private DecodeStatus ReadDataFast(ref MemberWalk walk, in JsonCursor cursor, in Topic topic)
    {
        switch (topic.Kind)
        {
            case DecodeStatus.Ticker: return ReadTickerFast(ref walk, in cursor, topic.Instrument!);
            case DecodeStatus.Orders: return ReadRowsFast(ref walk, in cursor, in topic, _layouts.Order);
            case DecodeStatus.Executions: return ReadRowsFast(ref walk, in cursor, in topic, _layouts.Execution);
            case DecodeStatus.FastExecutions: return ReadRowsFast(ref walk, in cursor, in topic, _layouts.FastExecution);
            case DecodeStatus.Positions: return ReadRowsFast(ref walk, in cursor, in topic, _layouts.Position);
            case DecodeStatus.Klines: return ReadRowsFast(ref walk, in cursor, in topic, _layouts.Kline);
            case DecodeStatus.Liquidations: return ReadRowsFast(ref walk, in cursor, in topic, _layouts.Liquidation);
            case DecodeStatus.Wallet: return ReadWalletFast(ref walk, in cursor);
            default: return Doubt;
        }
    }

    [SkipLocalsInit]
    private DecodeStatus ReadTickerFast(ref MemberWalk walk, in JsonCursor cursor, InstrumentSpec instrument)
    {
        Span<JsonValue> members = stackalloc JsonValue[TickerMember.Count];
        members.Clear();
        return walk.TryReadMembers(_layouts.Ticker, members) && ReadTicker(in cursor, members, instrument) == DecodeStatus.Ticker ? DecodeStatus.Ticker : Doubt;
    }

    [SkipLocalsInit]
    private DecodeStatus ReadRowsFast(ref MemberWalk walk, in JsonCursor cursor, in Topic topic, KeyLayout layout)
    {
        Span<JsonValue> members = stackalloc JsonValue[RowMember.CountMax];
        _rowCount = 0;
        if (!walk.TryPass((byte)'[')) return Doubt;
        bool isFirst = true;
        bool isEnd;
        while (walk.TryNextObject(ref isFirst, out isEnd))
        {
            members.Clear();
            if (!walk.TryReadMembers(layout, members) || ReadRow(in cursor, members, in topic) != topic.Kind) return Doubt;
        }

        return isEnd ? topic.Kind : Doubt;
    }

    [SkipLocalsInit]
    private DecodeStatus ReadWalletFast(ref MemberWalk walk, in JsonCursor cursor)
    {
        Span<JsonValue> account = stackalloc JsonValue[1];
        bool hasUsdt = false;
        _wallet = default;
        if (!walk.TryPass((byte)'[')) return Doubt;
        bool isFirst = true;
        bool isEnd;
        while (walk.TryNextObject(ref isFirst, out isEnd))
        {
            account.Clear();
            int expected = KeyLayout.NoneYet;
            if (!walk.TryPass((byte)'{') || walk.Walk(_layouts.Account, account, ref expected, out _) != WalkResult.Stop) return Doubt;
            if (!TryReadCoinsFast(ref walk, in cursor, ref hasUsdt)) return Doubt;
            if (walk.Walk(_layouts.Account, account, ref expected, out _) != WalkResult.End) return Doubt;
        }

        if (!isEnd) return Doubt;
        return hasUsdt ? DecodeStatus.Wallet : DecodeStatus.Unused;
    }

    [SkipLocalsInit]
    private bool TryReadCoinsFast(ref MemberWalk walk, in JsonCursor cursor, ref bool hasUsdt)
    {
        Span<JsonValue> coin = stackalloc JsonValue[CoinMember.Count];
        if (!walk.TryPass((byte)'[')) return false;
        bool isFirst = true;
        bool isEnd;
        while (walk.TryNextObject(ref isFirst, out isEnd))
        {
            coin.Clear();
            if (!walk.TryReadMembers(_layouts.Coin, coin) || !TryReadCoin(in cursor, coin, ref hasUsdt)) return false;
        }

        return isEnd;
    }

    [SkipLocalsInit]
    private DecodeStatus DecodeReplyFast(ReadOnlySpan<byte> frame)
    {
        Span<JsonValue> members = stackalloc JsonValue[Reply.Count];
        Span<JsonValue> data = stackalloc JsonValue[ReplyData.Count];
        Span<JsonValue> header = stackalloc JsonValue[ReplyHeader.Count];
        members.Clear();
        data.Clear();
        header.Clear();
        var cursor = new JsonCursor(frame, _scratch);
        var walk = new MemberWalk(frame, _scratch);
        int expected = KeyLayout.NoneYet;
        if (!walk.TryPass((byte)'{')) return Doubt;
        WalkResult result;
        while ((result = walk.Walk(_layouts.Reply, members, ref expected, out int stop)) == WalkResult.Stop)
        {
            bool isRead = stop == Reply.Data ? walk.TryReadMembers(_layouts.ReplyData, data) : walk.TryReadMembers(_layouts.ReplyHeader, header);
            if (!isRead) return Doubt;
        }

        // Anything in place of an object is the complete reader's.
        bool hasObjects = members[Reply.Data].Kind is JsonKind.Array or JsonKind.Absent && members[Reply.Header].Kind is JsonKind.Array or JsonKind.Absent;
        if (result != WalkResult.End || !walk.IsAtEnd || !hasObjects) return Doubt;
        if (ReadReply(in cursor, members) != DecodeStatus.Ack) return Doubt;
        return TryReadReplyData(in cursor, data) && TryReadReplyHeader(in cursor, header) ? DecodeStatus.Ack : Doubt;
    }
}
