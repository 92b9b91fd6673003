using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <content>Payloads of the private topics (Bybit V5, 7).</content>
public sealed partial class BybitDecoder
{
    private static readonly KeySet OrderKeys = new(
        "category", "symbol", "orderId", "orderLinkId", "side", "orderStatus", "cancelType", "rejectReason", "reduceOnly", "price", "qty", "leavesQty", "cumExecQty", "updatedTime");

    private static readonly KeySet ExecutionKeys = new(
        "category", "symbol", "orderId", "orderLinkId", "side", "execId", "execType", "isMaker", "execPrice", "execQty", "leavesQty", "execFee", "seq", "execTime", "extraFees");

    private static readonly KeySet ExtraFeeKeys = new("feeCoin", "fee");
    private static readonly KeySet FastExecutionKeys = new("category", "symbol", "orderId", "orderLinkId", "side", "execId", "isMaker", "execPrice", "execQty", "seq", "execTime");

    private static readonly KeySet PositionKeys = new(
        "category", "symbol", "positionIdx", "side", "size", "entryPrice", "markPrice", "liqPrice", "cumRealisedPnl", "positionStatus", "seq");

    private static readonly KeySet AccountKeys = new("coin");
    private static readonly KeySet CoinKeys = new("coin", "walletBalance", "equity", "totalPositionIM", "totalOrderIM", "locked", "bonus");

    private static class RowMember
    {
        public const int Category = 0, Symbol = 1, OrderId = 2, OrderLinkId = 3, Side = 4, CountMax = 15;
    }

    private static class OrderMember
    {
        public const int Status = 5, CancelType = 6, RejectReason = 7, ReduceOnly = 8, Price = 9, Qty = 10, LeavesQty = 11, FilledQty = 12, UpdatedTime = 13;
    }

    private static class ExecutionMember
    {
        public const int ExecutionId = 5, Type = 6, IsMaker = 7, Price = 8, Qty = 9, LeavesQty = 10, Fee = 11, Sequence = 12, ExecutedTime = 13, ExtraFees = 14;
    }

    private static class ExtraFeeMember
    {
        public const int Coin = 0, Amount = 1, Count = 2;
    }

    private static class FastExecutionMember
    {
        public const int ExecutionId = 5, IsMaker = 6, Price = 7, Qty = 8, Sequence = 9, ExecutedTime = 10;
    }

    private static class PositionMember
    {
        public const int PositionIndex = 2, Side = 3, Size = 4, EntryPrice = 5, MarkPrice = 6, LiquidationPrice = 7, CumulativeRealisedPnl = 8, Status = 9, Sequence = 10;
    }

    private static class CoinMember
    {
        public const int Coin = 0, WalletBalance = 1, Equity = 2, PositionMargin = 3, OrderMargin = 4, Locked = 5, Bonus = 6, Count = 7;
    }

    private static Topic PrivateTopic(ReadOnlySpan<byte> topic)
    {
        if (topic.EndsWith(".linear"u8)) topic = topic[..^".linear"u8.Length];
        if (topic.SequenceEqual("order"u8)) return new Topic(DecodeStatus.Orders);
        if (topic.SequenceEqual("execution"u8)) return new Topic(DecodeStatus.Executions);
        if (topic.SequenceEqual("execution.fast"u8)) return new Topic(DecodeStatus.FastExecutions);
        if (topic.SequenceEqual("position"u8)) return new Topic(DecodeStatus.Positions);
        return new Topic(topic.SequenceEqual("wallet"u8) ? DecodeStatus.Wallet : DecodeStatus.Unused);
    }

    /// <summary>Adds a row to the outputs, or counts it as skipped. Gives <paramref name="kind"/>, malformed, or too large.</summary>
    private DecodeStatus ReadPrivateRow(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, DecodeStatus kind)
    {
        if (!TryText(in cursor, members[RowMember.Category], out ReadOnlySpan<byte> category)) return DecodeStatus.Malformed;
        bool isLinear = category.SequenceEqual("linear"u8);
        if (!TryText(in cursor, members[RowMember.Symbol], out ReadOnlySpan<byte> symbol)) return DecodeStatus.Malformed;
        if (!isLinear || !_instruments.TryFind(symbol, out InstrumentSpec? instrument))
        {
            SkippedRows++;
            return kind;
        }

        if (kind == DecodeStatus.Positions && !members[PositionMember.PositionIndex].IsNothing)
        {
            // A hedge-mode side is not the position: as a one-way row it would overwrite the other side.
            if (!TryInteger(in cursor, members[PositionMember.PositionIndex], out long positionIndex)) return DecodeStatus.Malformed;
            if (positionIndex != 0)
            {
                if (_rowCount == RowsMax) return DecodeStatus.TooLarge;
                _positions[_rowCount++] = new PositionEvent { Instrument = instrument.Id, Status = PositionStatus.HedgeMode };
                return kind;
            }
        }

        if (_rowCount == RowsMax) return DecodeStatus.TooLarge;
        bool isRead = kind switch
        {
            DecodeStatus.Orders => TryReadOrder(in cursor, members, instrument.Id, ref _orders[_rowCount]),
            DecodeStatus.Executions => TryReadExecution(in cursor, members, instrument.Id, ref _executions[_rowCount]),
            DecodeStatus.FastExecutions => TryReadFastExecution(in cursor, members, instrument.Id, ref _fastExecutions[_rowCount]),
            _ => TryReadPosition(in cursor, members, instrument.Id, ref _positions[_rowCount]),
        };
        if (!isRead) return DecodeStatus.Malformed;
        _rowCount++;
        return kind;
    }

    private bool TryReadOrder(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, InstrumentId instrument, ref OrderEvent row)
    {
        ref readonly DecimalScale qtyScale = ref _qtyScales[instrument.Index];
        row = default;
        row.Instrument = instrument;
        if (!TryReadIds(in cursor, members, out row.VenueOrderId, out row.ClientOrderId) || !row.VenueOrderId.IsKnown) return false;
        if (!TrySide(in cursor, members[RowMember.Side], out row.Side)) return false;
        if (!TryText(in cursor, members[OrderMember.Status], out ReadOnlySpan<byte> status)) return false;
        row.Status = ReadOrderStatus(status);
        if (!TryOptionalText(in cursor, members[OrderMember.CancelType], out ReadOnlySpan<byte> cancelType)) return false;
        row.CancelType = ReadCancelType(cancelType);
        if (!TryOptionalText(in cursor, members[OrderMember.RejectReason], out ReadOnlySpan<byte> rejectReason)) return false;
        row.RejectReason = ReadRejectReason(rejectReason);
        if (!TryFlag(members[OrderMember.ReduceOnly], out row.ReduceOnly)) return false;
        if (!TryOrderPrice(in cursor, members[OrderMember.Price], instrument, out row.Price)) return false;
        if (!TryCount(in cursor, members[OrderMember.Qty], in qtyScale, out long lots)) return false;
        row.Qty = new QtyLots(lots);
        if (!TryCount(in cursor, members[OrderMember.LeavesQty], in qtyScale, out lots)) return false;
        row.LeavesQty = new QtyLots(lots);
        if (!TryCount(in cursor, members[OrderMember.FilledQty], in qtyScale, out lots)) return false;
        row.FilledQty = new QtyLots(lots);
        return TryMillis(in cursor, members[OrderMember.UpdatedTime], out row.UpdatedMillis);
    }

    /// <summary>The limit price in ticks. Orders that the venue made itself, such as a takeover at the bankruptcy price, may lie between ticks: their price is rounded half-even and informational only. "" (a market order) is 0.</summary>
    private bool TryOrderPrice(in JsonCursor cursor, JsonValue value, InstrumentId instrument, out PriceTicks price)
    {
        price = default;
        if (!TryText(in cursor, value, out ReadOnlySpan<byte> text)) return false;
        if (text.IsEmpty) return true;
        ref readonly DecimalScale scale = ref _priceScales[instrument.Index];
        if (!scale.TryRead(text, out long ticks) && !scale.TryReadNearest(text, out ticks)) return false;
        price = new PriceTicks(ticks);
        return true;
    }

    private bool TryReadExecution(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, InstrumentId instrument, ref ExecutionEvent row)
    {
        ref readonly DecimalScale qtyScale = ref _qtyScales[instrument.Index];
        row = default;
        row.Instrument = instrument;
        if (!TryReadIds(in cursor, members, out row.VenueOrderId, out row.ClientOrderId)) return false;
        if (!TryText(in cursor, members[ExecutionMember.ExecutionId], out ReadOnlySpan<byte> executionId) || executionId.IsEmpty) return false;
        row.ExecutionId = Identifier.ReadVenueId(executionId);
        if (!TryText(in cursor, members[ExecutionMember.Type], out ReadOnlySpan<byte> type)) return false;
        row.Type = ReadExecutionType(type);

        // Only a fill moves the position; funding and settlement rows may come without a side.
        bool isFill = row.Type is ExecutionType.Trade or ExecutionType.BustTrade or ExecutionType.AdlTrade;
        if (!TrySide(in cursor, members[RowMember.Side], out row.Side) && isFill) return false;
        if (!TryFlag(members[ExecutionMember.IsMaker], out row.IsMaker)) return false;
        if (!TryPrice(in cursor, members[ExecutionMember.Price], out row.Price)) return false;
        if (!TryCount(in cursor, members[ExecutionMember.Qty], in qtyScale, out long lots)) return false;
        row.Qty = new QtyLots(lots);
        if (!members[ExecutionMember.LeavesQty].IsNothing)
        {
            if (!TryCount(in cursor, members[ExecutionMember.LeavesQty], in qtyScale, out lots)) return false;
            row.LeavesQty = new QtyLots(lots);
        }

        if (!TryMoney(in cursor, members[ExecutionMember.Fee], out row.Fee)) return false;
        if (!members[ExecutionMember.ExtraFees].IsNothing && !TryAddExtraFees(in cursor, members[ExecutionMember.ExtraFees], ref row.Fee)) return false;
        if (!members[ExecutionMember.Sequence].IsNothing && !TryInteger(in cursor, members[ExecutionMember.Sequence], out row.Sequence)) return false;
        return TryMillis(in cursor, members[ExecutionMember.ExecutedTime], out row.ExecutedMillis);
    }

    /// <summary>Taxes of some places, which the venue takes from the wallet on top of the fee (Bybit V5, 7.2). What it takes in another coin is not the USDT wallet's.</summary>
    private static bool TryAddExtraFees(in JsonCursor cursor, JsonValue value, ref MoneyE8 fee)
    {
        Span<JsonValue> members = stackalloc JsonValue[ExtraFeeMember.Count];
        JsonCursor fees = cursor.At(value);
        fees.EnterArray();
        while (fees.NextElement())
        {
            if (!fees.TryReadMembers(ExtraFeeKeys, members)) return false;
            if (members[ExtraFeeMember.Coin].IsNothing || members[ExtraFeeMember.Amount].IsNothing) continue;
            if (!TryText(in fees, members[ExtraFeeMember.Coin], out ReadOnlySpan<byte> coin)) return false;
            if (!coin.SequenceEqual("USDT"u8)) continue;
            if (!TryMoney(in fees, members[ExtraFeeMember.Amount], out MoneyE8 extra)) return false;
            MoneyE8 sum = fee + extra;
            if (((fee.Units ^ sum.Units) & (extra.Units ^ sum.Units)) < 0) return false;
            fee = sum;
        }

        return !fees.IsBroken;
    }

    private bool TryReadFastExecution(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, InstrumentId instrument, ref FastExecution row)
    {
        row = default;
        row.Instrument = instrument;
        if (!TryReadIds(in cursor, members, out row.VenueOrderId, out row.ClientOrderId)) return false;
        if (!TryText(in cursor, members[FastExecutionMember.ExecutionId], out ReadOnlySpan<byte> executionId) || executionId.IsEmpty) return false;
        row.ExecutionId = Identifier.ReadVenueId(executionId);
        if (!TrySide(in cursor, members[RowMember.Side], out row.Side)) return false;
        if (!TryFlag(members[FastExecutionMember.IsMaker], out row.IsMaker)) return false;
        if (!TryPrice(in cursor, members[FastExecutionMember.Price], out row.Price)) return false;
        if (!TryCount(in cursor, members[FastExecutionMember.Qty], in _qtyScales[instrument.Index], out long lots)) return false;
        row.Qty = new QtyLots(lots);
        if (!members[FastExecutionMember.Sequence].IsNothing && !TryInteger(in cursor, members[FastExecutionMember.Sequence], out row.Sequence)) return false;
        return TryMillis(in cursor, members[FastExecutionMember.ExecutedTime], out row.ExecutedMillis);
    }

    private bool TryReadPosition(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, InstrumentId instrument, ref PositionEvent row)
    {
        row = default;
        row.Instrument = instrument;
        if (!TryCount(in cursor, members[PositionMember.Size], in _qtyScales[instrument.Index], out long lots)) return false;
        if (TrySide(in cursor, members[PositionMember.Side], out Side side))
        {
            row.Size = new QtyLots(lots * side.Sign);
        }
        else
        {
            // Flat is "" today and "None" in older frames; a size without a direction is no position at all.
            if (!TryOptionalText(in cursor, members[PositionMember.Side], out ReadOnlySpan<byte> flat)) return false;
            if (lots != 0 || !(flat.IsEmpty || flat.SequenceEqual("None"u8))) return false;
        }

        if (!TryText(in cursor, members[PositionMember.Status], out ReadOnlySpan<byte> status)) return false;
        row.Status = ReadPositionStatus(status);
        if (!members[PositionMember.EntryPrice].IsNothing && !TryPrice(in cursor, members[PositionMember.EntryPrice], out row.EntryPrice)) return false;
        if (!members[PositionMember.MarkPrice].IsNothing && !TryPrice(in cursor, members[PositionMember.MarkPrice], out row.MarkPrice)) return false;
        if (!members[PositionMember.LiquidationPrice].IsNothing && !TryPrice(in cursor, members[PositionMember.LiquidationPrice], out row.LiquidationPrice)) return false;
        if (!members[PositionMember.Sequence].IsNothing && !TryInteger(in cursor, members[PositionMember.Sequence], out row.Sequence)) return false;
        return TryMoney(in cursor, members[PositionMember.CumulativeRealisedPnl], out row.CumulativeRealisedPnl);
    }

    private DecodeStatus ReadWallet(ref JsonCursor cursor)
    {
        Span<JsonValue> account = stackalloc JsonValue[1];
        Span<JsonValue> coin = stackalloc JsonValue[CoinMember.Count];
        bool hasUsdt = false;
        _wallet = default;
        cursor.EnterArray();
        while (cursor.NextElement())
        {
            if (!cursor.TryReadMembers(AccountKeys, account)) return DecodeStatus.Malformed;
            if (account[0].Kind == JsonKind.Absent) continue;
            JsonCursor coins = cursor.At(account[0]);
            coins.EnterArray();
            while (coins.NextElement())
            {
                if (!coins.TryReadMembers(CoinKeys, coin) || !TryReadCoin(in coins, coin, ref hasUsdt)) return DecodeStatus.Malformed;
            }

            if (coins.IsBroken) return DecodeStatus.Malformed;
        }

        if (cursor.IsBroken) return DecodeStatus.Malformed;
        return hasUsdt ? DecodeStatus.Wallet : DecodeStatus.Unused;
    }

    /// <summary>Reads the row when it is USDT's, of which there is one.</summary>
    private bool TryReadCoin(in JsonCursor cursor, ReadOnlySpan<JsonValue> coin, ref bool hasUsdt)
    {
        if (!TryText(in cursor, coin[CoinMember.Coin], out ReadOnlySpan<byte> name)) return false;
        if (!name.SequenceEqual("USDT"u8)) return true;
        if (hasUsdt) return false;
        hasUsdt = true;
        if (!TryMoney(in cursor, coin[CoinMember.WalletBalance], out _wallet.WalletBalance)) return false;
        if (!TryMoney(in cursor, coin[CoinMember.Equity], out _wallet.Equity)) return false;
        if (!coin[CoinMember.PositionMargin].IsNothing && !TryMoney(in cursor, coin[CoinMember.PositionMargin], out _wallet.PositionMargin)) return false;
        if (!coin[CoinMember.OrderMargin].IsNothing && !TryMoney(in cursor, coin[CoinMember.OrderMargin], out _wallet.OrderMargin)) return false;
        MoneyE8 locked = default, bonus = default;
        if (!coin[CoinMember.Locked].IsNothing && !TryMoney(in cursor, coin[CoinMember.Locked], out locked)) return false;
        if (!coin[CoinMember.Bonus].IsNothing && !TryMoney(in cursor, coin[CoinMember.Bonus], out bonus)) return false;
        _wallet.Unusable = locked + bonus;

        // Two amounts of one sign whose sum has the other do not fit together.
        return ((locked.Units ^ _wallet.Unusable.Units) & (bonus.Units ^ _wallet.Unusable.Units)) >= 0;
    }

    private static bool TryReadIds(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, out VenueOrderId venueOrderId, out ClientOrderId clientOrderId)
    {
        venueOrderId = default;
        clientOrderId = default;
        if (!TryText(in cursor, members[RowMember.OrderId], out ReadOnlySpan<byte> orderId)) return false;
        venueOrderId = new VenueOrderId(Identifier.ReadVenueId(orderId));
        if (!TryOptionalText(in cursor, members[RowMember.OrderLinkId], out ReadOnlySpan<byte> orderLinkId)) return false;
        clientOrderId = Identifier.ReadClientOrderId(orderLinkId);
        return true;
    }

    /// <summary>A text; one that was not sent is empty.</summary>
    private static bool TryOptionalText(in JsonCursor cursor, JsonValue value, out ReadOnlySpan<byte> text)
    {
        text = default;
        return value.IsNothing || TryText(in cursor, value, out text);
    }

    private OrderStatus ReadOrderStatus(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("New"u8)) return OrderStatus.New;
        if (text.SequenceEqual("PartiallyFilled"u8)) return OrderStatus.PartiallyFilled;
        if (text.SequenceEqual("Filled"u8)) return OrderStatus.Filled;
        if (text.SequenceEqual("Cancelled"u8)) return OrderStatus.Cancelled;
        if (text.SequenceEqual("Rejected"u8)) return OrderStatus.Rejected;
        if (text.SequenceEqual("Untriggered"u8)) return OrderStatus.Untriggered;
        if (text.SequenceEqual("Triggered"u8)) return OrderStatus.Triggered;
        if (text.SequenceEqual("Deactivated"u8)) return OrderStatus.Deactivated;
        UnknownEnumValues++;
        return OrderStatus.Other;
    }

    private CancelType ReadCancelType(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.SequenceEqual("UNKNOWN"u8)) return CancelType.None;
        if (text.SequenceEqual("CancelByUser"u8)) return CancelType.ByUser;
        if (text.SequenceEqual("CancelByReduceOnly"u8)) return CancelType.ByReduceOnly;
        if (text.SequenceEqual("CancelByPrepareLiq"u8) || text.SequenceEqual("CancelAllBeforeLiq"u8)) return CancelType.BeforeLiquidation;
        if (text.SequenceEqual("CancelByDCP"u8)) return CancelType.ByDisconnectProtection;
        if (text.SequenceEqual("CancelBySmp"u8)) return CancelType.BySelfMatchPrevention;
        if (text.SequenceEqual("CancelByAdmin"u8)) return CancelType.ByAdmin;
        UnknownEnumValues++;
        return CancelType.Other;
    }

    private RejectReason ReadRejectReason(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.SequenceEqual("EC_NoError"u8)) return RejectReason.None;
        if (text.SequenceEqual("EC_PerCancelRequest"u8)) return RejectReason.PerCancelRequest;
        if (text.SequenceEqual("EC_PostOnlyWillTakeLiquidity"u8)) return RejectReason.PostOnlyWillTake;
        if (text.SequenceEqual("EC_OrigClOrdIDDoesNotExist"u8)) return RejectReason.CancelTooLate;
        if (text.SequenceEqual("EC_NoImmediateQtyToFill"u8) || text.SequenceEqual("EC_NoEnoughQtyToFill"u8) || text.SequenceEqual("EC_CancelForNoFullFill"u8)) return RejectReason.NothingToFill;
        UnknownEnumValues++;
        return RejectReason.Other;
    }

    private ExecutionType ReadExecutionType(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("Trade"u8)) return ExecutionType.Trade;
        if (text.SequenceEqual("Funding"u8)) return ExecutionType.Funding;
        if (text.SequenceEqual("BustTrade"u8)) return ExecutionType.BustTrade;
        if (text.SequenceEqual("AdlTrade"u8)) return ExecutionType.AdlTrade;
        UnknownEnumValues++;
        return ExecutionType.Other;
    }

    private PositionStatus ReadPositionStatus(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("Normal"u8)) return PositionStatus.Normal;
        if (text.SequenceEqual("Liq"u8)) return PositionStatus.Liquidation;
        if (text.SequenceEqual("Adl"u8)) return PositionStatus.AutoDeleveraging;
        UnknownEnumValues++;
        return PositionStatus.Other;
    }
}
