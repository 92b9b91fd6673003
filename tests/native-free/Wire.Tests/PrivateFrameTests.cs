using System.Globalization;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

public sealed class PrivateFrameTests
{
    private readonly BybitDecoder _decoder = new(Instruments.Table);

    [Fact]
    public void A_foreign_order_has_no_client_id_but_a_venue_id()
    {
        Assert.Equal(DecodeStatus.Orders, Private(Frames.OrderFilled));
        OrderEvent order = Assert.Single(_decoder.Orders.ToArray());
        Assert.Equal((Instruments.Sol.Id, ClientOrderId.None), (order.Instrument, order.ClientOrderId));
        Assert.Equal("373b692771ff4bdea8a6c3de21838f20", order.VenueOrderId.Value.ToString("x32", CultureInfo.InvariantCulture));
        Assert.Equal((Side.Buy, OrderStatus.Filled, CancelType.None, RejectReason.None, false), (order.Side, order.Status, order.CancelType, order.RejectReason, order.ReduceOnly));
        Assert.Equal((24_000L, 2L, 0L, 2L, 1759432560942L), (order.Price.Ticks, order.Qty.Lots, order.LeavesQty.Lots, order.FilledQty.Lots, order.UpdatedMillis));
        Assert.Equal(0UL, _decoder.UnknownEnumValues);
    }

    [Fact]
    public void An_order_of_this_engine_keeps_its_client_id_and_the_suffixed_topic_is_the_same_topic()
    {
        Assert.Equal(DecodeStatus.Orders, Private(Frames.OrderOurs));
        OrderEvent order = _decoder.Orders[0];
        Assert.Equal(new ClientOrderId(10, 47), order.ClientOrderId);
        Assert.Equal((Side.Sell, OrderStatus.Cancelled, CancelType.ByUser, RejectReason.PerCancelRequest, true), (order.Side, order.Status, order.CancelType, order.RejectReason, order.ReduceOnly));
        Assert.Equal((618_002L, 10L, 0L, 3L), (order.Price.Ticks, order.Qty.Lots, order.LeavesQty.Lots, order.FilledQty.Lots));
    }

    [Theory]
    [InlineData("le0000000A0000002f")] // the engine writes lower case
    [InlineData("le0000000a0000002")]
    [InlineData("le0000000a0000002f0")]
    [InlineData("xx0000000a0000002f")]
    [InlineData("le0000000a0000002g")]
    [InlineData("le0000000a00000000")]
    [InlineData("")]
    public void Any_other_order_link_id_is_somebody_elses(string orderLinkId)
    {
        Assert.Equal(DecodeStatus.Orders, Private(Frames.OrderOurs.Replace("le0000000a0000002f", orderLinkId, StringComparison.Ordinal)));
        Assert.Equal(ClientOrderId.None, _decoder.Orders[0].ClientOrderId);
    }

    [Theory]
    [InlineData("60564.196", 605_642)]
    [InlineData("60564.15", 605_642)] // half a tick goes to the even one
    [InlineData("60564.25", 605_642)]
    [InlineData("60564.250000001", 605_642)] // rounded to 1e-8 first
    [InlineData("60564.25000001", 605_643)]
    [InlineData("69795.6", 697_956)]
    [InlineData("", 0)]
    [InlineData("0", 0)]
    public void An_order_price_between_ticks_is_rounded_half_even(string price, long ticks)
    {
        Assert.Equal(DecodeStatus.Orders, Private(Frames.OrderOurs.Replace("\"price\":\"61800.2\"", $"\"price\":\"{price}\"", StringComparison.Ordinal)));
        Assert.Equal(ticks, _decoder.Orders[0].Price.Ticks);
    }

    [Theory]
    [InlineData("\"orderStatus\":\"Cancelled\"", "\"orderStatus\":\"PartiallyFilledCanceled\"", 1)]
    [InlineData("\"cancelType\":\"CancelByUser\"", "\"cancelType\":\"CancelBySettle\"", 1)]
    [InlineData("\"rejectReason\":\"EC_PerCancelRequest\"", "\"rejectReason\":\"EC_Unheard\"", 1)]
    [InlineData("\"cancelType\":\"CancelByUser\"", "\"cancelType\":\"\"", 0)]
    [InlineData("\"rejectReason\":\"EC_PerCancelRequest\"", "\"rejectReason\":\"EC_PostOnlyWillTakeLiquidity\"", 0)]
    public void An_enum_text_without_a_rule_becomes_other_and_is_counted(string was, string becomes, int counted)
    {
        Assert.Contains(was, Frames.OrderOurs, StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Orders, Private(Frames.OrderOurs.Replace(was, becomes, StringComparison.Ordinal)));
        Assert.Equal((ulong)counted, _decoder.UnknownEnumValues);
        OrderEvent order = _decoder.Orders[0];
        Assert.Equal(counted == 1, order.Status == OrderStatus.Other || order.CancelType == CancelType.Other || order.RejectReason == RejectReason.Other);
    }

    [Theory]
    [InlineData("\"qty\":\"0.010\"", "\"qty\":\"0.0105\"")]
    [InlineData("\"leavesQty\":\"0\"", "\"leavesQty\":\"\"")]
    [InlineData("\"side\":\"Sell\"", "\"side\":\"\"")]
    [InlineData("\"orderId\":\"f38c5e38-46ef-4a8a-b115-fd3392d4f144\"", "\"orderId\":\"\"")]
    [InlineData("\"category\":\"linear\",", "")]
    [InlineData("\"reduceOnly\":true", "\"reduceOnly\":\"true\"")]
    [InlineData("\"updatedTime\":\"1727433749095\"", "\"updatedTime\":\"\"")]
    [InlineData("\"price\":\"61800.2\"", "\"price\":\"61800.2\",\"price\":\"61800.3\"")]
    public void An_order_row_that_is_not_what_V5_says_is_malformed(string was, string becomes)
    {
        Assert.Contains(was, Frames.OrderOurs, StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Malformed, Private(Frames.OrderOurs.Replace(was, becomes, StringComparison.Ordinal)));
    }

    [Fact]
    public void Rows_of_other_instruments_and_categories_are_passed_over_and_counted()
    {
        string row = Frames.OrderOurs[Frames.OrderOurs.IndexOf("{\"category\"", StringComparison.Ordinal)..^2];
        string spot = row.Replace("\"linear\"", "\"spot\"", StringComparison.Ordinal).Replace("\"0.010\"", "\"0.0000012345\"", StringComparison.Ordinal);
        string unknown = row.Replace("BTCUSDT", "NOPEUSDT", StringComparison.Ordinal);

        Assert.Equal(DecodeStatus.Orders, Private($$"""{"topic":"order","creationTime":1,"data":[{{spot}},{{row}},{{unknown}},{{row}}]}"""));

        Assert.Equal(2, _decoder.Orders.Length);
        Assert.Equal(2UL, _decoder.SkippedRows);
    }

    [Theory]
    [InlineData(BybitDecoder.RowsMax, DecodeStatus.Orders)]
    [InlineData(BybitDecoder.RowsMax + 1, DecodeStatus.TooLarge)]
    public void A_private_message_holds_512_rows(int rows, DecodeStatus expected)
    {
        string row = Frames.OrderOurs[Frames.OrderOurs.IndexOf("{\"category\"", StringComparison.Ordinal)..^2];
        Assert.Equal(expected, Private($$"""{"topic":"order","creationTime":1,"data":[{{string.Join(',', Enumerable.Repeat(row, rows))}}]}"""));
    }

    [Theory]
    [InlineData("[{\"feeCoin\":\"USDT\",\"feeType\":\"GST\",\"subFeeType\":\"IND_GST\",\"feeRate\":\"0.000099\",\"fee\":\"0.004613796\"}]", 3_024_600)]
    [InlineData("[{\"feeCoin\":\"USDT\",\"fee\":\"0.004\"},{\"fee\":\"0.1\",\"feeCoin\":\"MNT\"}, {\"feeCoin\":\"USDT\",\"fee\":\"0.0000122\"}]", 2_964_440)]
    [InlineData("\"\"", 2_563_220)]
    [InlineData("null", 2_563_220)]
    [InlineData("[{\"feeCoin\":\"USDT\",\"fee\":\"\"},{\"fee\":\"0.004\"}]", 2_563_220)]
    [InlineData("[]", 2_563_220)]
    public void An_execution_is_booked_from_exact_numbers_with_the_tax_on_its_fee(string extraFees, long feeE8)
    {
        int start = Frames.Execution.IndexOf("\"extraFees\":", StringComparison.Ordinal) + "\"extraFees\":".Length;
        int end = Frames.Execution.IndexOf(",\"feeCurrency\"", StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Executions, Private(Frames.Execution[..start] + extraFees + Frames.Execution[end..]));

        ExecutionEvent execution = Assert.Single(_decoder.Executions.ToArray());
        Assert.Equal((ExecutionType.Trade, Side.Buy, false), (execution.Type, execution.Side, execution.IsMaker));
        Assert.Equal((new PriceE8(233_02000000), new QtyLots(2), new QtyLots(0), new MoneyE8(feeE8)), (execution.Price, execution.Qty, execution.LeavesQty, execution.Fee));
        Assert.Equal((227170130491L, 1759432560940L), (execution.Sequence, execution.ExecutedMillis));
        Assert.Equal(UInt128.Parse("3fb94d67848258a591a4154777511c1c", NumberStyles.HexNumber, CultureInfo.InvariantCulture), execution.ExecutionId);
    }

    [Theory]
    [InlineData("{\"feeCoin\":\"USDT\",\"fee\":\"0.004\"}")]
    [InlineData("[{\"feeCoin\":\"USDT\",\"fee\":\"much\"}]")]
    [InlineData("[0.004]")]
    [InlineData("\"0.004\"")]
    [InlineData("[{\"feeCoin\":\"USDT\",\"fee\":\"92233720368\"},{\"feeCoin\":\"USDT\",\"fee\":\"92233720368\"}]")]
    public void An_execution_whose_extra_fees_cannot_be_read_is_malformed(string extraFees)
    {
        int start = Frames.Execution.IndexOf("\"extraFees\":", StringComparison.Ordinal) + "\"extraFees\":".Length;
        int end = Frames.Execution.IndexOf(",\"feeCurrency\"", StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Malformed, Private(Frames.Execution[..start] + extraFees + Frames.Execution[end..]));
    }

    [Fact]
    public void A_takeover_keeps_its_bankruptcy_price_and_a_rebate_is_a_negative_fee()
    {
        string frame = Frames.Execution.Replace("\"execType\":\"Trade\"", "\"execType\":\"BustTrade\"", StringComparison.Ordinal)
            .Replace("\"execPrice\":\"233.02\"", "\"execPrice\":\"233.019196\"", StringComparison.Ordinal)
            .Replace("\"execFee\":\"0.0256322\"", "\"execFee\":\"-0.0256322\"", StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Executions, Private(frame));
        Assert.Equal((ExecutionType.BustTrade, 233_01919600L, -2563220L + 461380), (_decoder.Executions[0].Type, _decoder.Executions[0].Price.Units, _decoder.Executions[0].Fee.Units));
    }

    [Theory]
    [InlineData("Funding", DecodeStatus.Executions)]
    [InlineData("Settle", DecodeStatus.Executions)]
    [InlineData("Trade", DecodeStatus.Malformed)]
    [InlineData("AdlTrade", DecodeStatus.Malformed)]
    public void Only_an_execution_that_moves_no_position_may_come_without_a_side(string type, DecodeStatus expected) =>
        Assert.Equal(expected, Private(Frames.Execution.Replace("\"side\":\"Buy\"", "\"side\":\"\"", StringComparison.Ordinal).Replace("\"Trade\"", $"\"{type}\"", StringComparison.Ordinal)));

    [Fact]
    public void A_fast_execution_gives_the_fill_without_its_fee()
    {
        Assert.Equal(DecodeStatus.FastExecutions, Private(Frames.FastExecution));

        FastExecution row = Assert.Single(_decoder.FastExecutions.ToArray());
        Assert.Equal(("ICPUSDT", Side.Sell, false), (Instruments.Table[row.Instrument].Symbol, row.Side, row.IsMaker));
        Assert.Equal((1_201_500_000L, 30_000L, 34771365464L, 1716800399334L), (row.Price.Units, row.Qty.Lots, row.Sequence, row.ExecutedMillis));
        Assert.Equal(UInt128.Parse("3510f3610add5c7ba2e79679810944fc", System.Globalization.NumberStyles.HexNumber, null), row.ExecutionId);
        Assert.Equal(UInt128.Parse("443d63fab4c34297b7b123bca88b04dc", System.Globalization.NumberStyles.HexNumber, null), row.VenueOrderId.Value);
        Assert.False(row.ClientOrderId.IsOurs);
    }

    [Theory]
    [InlineData("\"orderLinkId\":\"test-00001\"", "\"orderLinkId\":\"\"", DecodeStatus.FastExecutions)]
    [InlineData("\"execution.fast\"", "\"execution.fast.linear\"", DecodeStatus.FastExecutions)]
    [InlineData("\"execution.fast\"", "\"execution.slow\"", DecodeStatus.Unused)]
    [InlineData(",\"seq\":34771365464", "", DecodeStatus.FastExecutions)]
    [InlineData("\"execId\":\"3510f361-0add-5c7b-a2e7-9679810944fc\"", "\"execId\":\"\"", DecodeStatus.Malformed)]
    [InlineData("\"side\":\"Sell\"", "\"side\":\"\"", DecodeStatus.Malformed)]
    [InlineData("\"execQty\":\"3000\"", "\"execQty\":\"3000.05\"", DecodeStatus.Malformed)]
    [InlineData("\"execPrice\":\"12.015\",", "", DecodeStatus.Malformed)]
    public void A_fast_execution_must_say_what_was_filled(string was, string becomes, DecodeStatus expected)
    {
        Assert.Contains(was, Frames.FastExecution, StringComparison.Ordinal);
        Assert.Equal(expected, Private(Frames.FastExecution.Replace(was, becomes, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_wallet_whose_unusable_balance_cannot_be_held_is_malformed() =>
        Assert.Equal(DecodeStatus.Malformed, Private(Frames.Wallet
            .Replace("\"locked\":\"0\"", "\"locked\":\"92233720368\"", StringComparison.Ordinal).Replace("\"bonus\":\"0\"", "\"bonus\":\"1\"", StringComparison.Ordinal)));

    [Fact]
    public void An_identifier_that_is_no_uuid_becomes_a_hash_that_is_stable_and_never_zero()
    {
        UInt128 Id(string executionId)
        {
            Assert.Equal(DecodeStatus.Executions, Private(Frames.Execution.Replace("3fb94d67-8482-58a5-91a4-154777511c1c", executionId, StringComparison.Ordinal)));
            return _decoder.Executions[0].ExecutionId;
        }

        Assert.Equal(Id("12345"), Id("12345"));
        Assert.NotEqual(Id("12345"), Id("12346"));
        Assert.NotEqual(UInt128.Zero, Id("00000000-0000-0000-0000-000000000000"));
        Assert.Equal(Id("3fb94d67848258a591a4154777511c1c"), Id("3FB94D67-8482-58A5-91A4-154777511C1C"));

        // The published FNV-1a 128-bit hash of "a".
        Assert.Equal("d228cb696f1a8caf78912b704e4a8964", Id("a").ToString("x32", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_position_is_signed_by_its_side()
    {
        Assert.Equal(DecodeStatus.Positions, Private(Frames.Position));
        PositionEvent position = Assert.Single(_decoder.Positions.ToArray());
        Assert.Equal((2L, 233_02000000L, 233_02900000L, 176_89650029L), (position.Size.Lots, position.EntryPrice.Units, position.MarkPrice.Units, position.LiquidationPrice.Units));
        Assert.Equal((124634526L, PositionStatus.Normal, 227170130491L, 1759432560944L), (position.CumulativeRealisedPnl.Units, position.Status, position.Sequence, position.CreatedMillis));

        Assert.Equal(DecodeStatus.Positions, Private(Frames.Position.Replace("\"side\":\"Buy\"", "\"side\":\"Sell\"", StringComparison.Ordinal)));
        Assert.Equal(-2L, _decoder.Positions[0].Size.Lots);
    }

    [Theory]
    [InlineData("", "0", DecodeStatus.Positions)]
    [InlineData("None", "0.0", DecodeStatus.Positions)]
    [InlineData("", "0.2", DecodeStatus.Malformed)]
    [InlineData("Both", "0", DecodeStatus.Malformed)]
    public void A_flat_position_has_no_side_and_a_size_needs_one(string side, string size, DecodeStatus expected)
    {
        string frame = Frames.Position.Replace("\"side\":\"Buy\"", $"\"side\":\"{side}\"", StringComparison.Ordinal).Replace("\"size\":\"0.2\"", $"\"size\":\"{size}\"", StringComparison.Ordinal)
            .Replace("\"liqPrice\":\"176.89650029\"", "\"liqPrice\":\"\"", StringComparison.Ordinal);
        Assert.Equal(expected, Private(frame));
        if (expected == DecodeStatus.Positions) Assert.Equal((0L, 0L), (_decoder.Positions[0].Size.Lots, _decoder.Positions[0].LiquidationPrice.Units));
    }

    [Fact]
    public void One_side_of_a_hedge_mode_position_is_told_as_such_and_as_nothing_else()
    {
        Assert.Equal(DecodeStatus.Positions, Private(Frames.Position.Replace("\"positionIdx\":0", "\"positionIdx\":2", StringComparison.Ordinal)));
        PositionEvent row = Assert.Single(_decoder.Positions.ToArray());
        Assert.Equal((PositionStatus.HedgeMode, default, default), (row.Status, row.Size, row.EntryPrice));
    }

    [Fact]
    public void Prices_and_money_beyond_1e_minus_8_are_rounded_half_even()
    {
        const int Seed = 20261120;
        var random = new Random(Seed);
        for (int i = 0; i < 5_000; i++)
        {
            decimal price = random.NextInt64(0, 1_000_000_000_000) / (decimal)Math.Pow(10, random.Next(0, 12));
            decimal pnl = random.NextInt64(-1_000_000_000_000, 1_000_000_000_000) / (decimal)Math.Pow(10, random.Next(3, 12));
            string frame = Frames.Position.Replace("\"entryPrice\":\"233.02\"", $"\"entryPrice\":\"{price.ToString(CultureInfo.InvariantCulture)}\"", StringComparison.Ordinal)
                .Replace("\"cumRealisedPnl\":\"1.24634526\"", $"\"cumRealisedPnl\":\"{pnl.ToString(CultureInfo.InvariantCulture)}\"", StringComparison.Ordinal);
            bool fits = price < 92_233_720_368m;
            Assert.True(Private(frame) == (fits ? DecodeStatus.Positions : DecodeStatus.Malformed), $"seed {Seed}, round {i}: {price}");
            if (!fits) continue;
            Assert.Equal(Math.Round(price, 8, MidpointRounding.ToEven), _decoder.Positions[0].EntryPrice.Units / 1e8m);
            Assert.Equal(Math.Round(pnl, 8, MidpointRounding.ToEven), _decoder.Positions[0].CumulativeRealisedPnl.Units / 1e8m);
        }
    }

    [Fact]
    public void The_wallet_is_the_USDT_row()
    {
        Assert.Equal(DecodeStatus.Wallet, Private(Frames.Wallet));
        WalletEvent wallet = _decoder.Wallet;
        Assert.Equal(default, wallet.Unusable);
        Assert.Equal((1147724524L, 1147904524L, 468762140L, 0L, 1759432560944L), (wallet.WalletBalance.Units, wallet.Equity.Units, wallet.PositionMargin.Units, wallet.OrderMargin.Units, wallet.CreatedMillis));

        Assert.Equal(DecodeStatus.Unused, Private(Frames.Wallet.Replace("\"USDT\"", "\"USDC\"", StringComparison.Ordinal)));
        Assert.Equal(DecodeStatus.Malformed, Private(Frames.Wallet.Replace("\"BTC\"", "\"USDT\"", StringComparison.Ordinal)));
    }

    private DecodeStatus Private(string frame) => _decoder.DecodePrivate(Frames.Bytes(frame));
}
