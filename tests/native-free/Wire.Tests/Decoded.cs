using System.Globalization;
using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

/// <summary>What a decoder made of a frame, written out in the venue's units so that it can be compared with <see cref="SlowReader"/> and read in a failure message.</summary>
internal static class Decoded
{
    public static string Text(BybitDecoder decoder, Socket socket, byte[] frame) => Text(decoder, Instruments.Table, Status(decoder, socket, frame), frame);

    /// <summary>What the decoder's outputs hold after a frame.</summary>
    /// <param name="decoder">Has just read the frame.</param>
    /// <param name="table">The instruments it was made for.</param>
    /// <param name="status">What it said.</param>
    /// <param name="frame">The frame, where trade ids lie.</param>
    public static string Text(BybitDecoder decoder, InstrumentTable table, DecodeStatus status, ReadOnlySpan<byte> frame)
    {
        return status switch
        {
            DecodeStatus.Book => Book(table, decoder.Book),
            DecodeStatus.Trades => Trades(table, decoder.Trades, frame),
            DecodeStatus.Ticker => Ticker(table, decoder.Ticker),
            DecodeStatus.Orders => "Orders" + string.Concat(decoder.Orders.ToArray().Select(row => Order(table, row))),
            DecodeStatus.Executions => "Executions" + string.Concat(decoder.Executions.ToArray().Select(row => Execution(table, row))),
            DecodeStatus.Klines => "Klines" + string.Concat(decoder.Klines.ToArray().Select(row => Kline(table, row))),
            DecodeStatus.Liquidations => "Liquidations" + string.Concat(decoder.Liquidations.ToArray().Select(row => Liquidation(table, row))),
            DecodeStatus.FastExecutions => "FastExecutions" + string.Concat(decoder.FastExecutions.ToArray().Select(row => FastExecution(table, row))),
            DecodeStatus.Positions => "Positions" + string.Concat(decoder.Positions.ToArray().Select(row => Position(table, row))),
            DecodeStatus.Wallet => Wallet(decoder.Wallet),
            DecodeStatus.Ack => Ack(decoder.Ack),
            _ => status.ToString(),
        };
    }

    public static DecodeStatus Status(BybitDecoder decoder, Socket socket, ReadOnlySpan<byte> frame) => socket switch
    {
        Socket.Public => decoder.DecodePublic(frame),
        Socket.Private => decoder.DecodePrivate(frame),
        _ => decoder.DecodeTrade(frame),
    };

    public static string Number(decimal value) => value.ToString("0.##########", CultureInfo.InvariantCulture);

    private static string Price(InstrumentSpec spec, PriceTicks price) => Number(price.Ticks * (spec.TickE8 / 1e8m));

    private static string Qty(InstrumentSpec spec, QtyLots qty) => Number(qty.Lots * (spec.LotE8 / 1e8m));

    private static string E8(long units) => Number(units / 1e8m);

    private static string Id(ClientOrderId id) => id.IsOurs ? $"le{id.Session:x8}{id.Number:x8}" : "none";

    private static string Id(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    private static string Book(InstrumentTable table, BookDelta book)
    {
        string Levels(BookLevel[] levels, int count) => string.Join(' ', levels.Take(count).Select(level => Price(table[book.Instrument], level.Price) + "x" + Qty(table[book.Instrument], level.Qty)));
        return $"Book {table[book.Instrument].Symbol} {book.Depth} snapshot={book.IsSnapshot} u={book.UpdateId} seq={book.Sequence} cts={book.MatchMillis} ts={book.PushMillis} b=[{Levels(book.Bids, book.BidCount)}] a=[{Levels(book.Asks, book.AskCount)}]";
    }

    private static string Trades(InstrumentTable table, TradeBatch batch, ReadOnlySpan<byte> frame)
    {
        var text = new StringBuilder($"Trades {table[batch.Instrument].Symbol} ts={batch.PushMillis}");
        foreach (Trade trade in batch.Trades.AsSpan(0, batch.Count))
        {
            string id = Encoding.Latin1.GetString(frame.Slice(trade.IdOffset, trade.IdLength));
            text.Append(CultureInfo.InvariantCulture, $" [{Price(table[batch.Instrument], trade.Price)}x{Qty(table[batch.Instrument], trade.Qty)} {trade.TakerSide} T={trade.MatchMillis} seq={trade.Sequence} i={id} {trade.IsBlockTrade} {trade.IsRpi}]");
        }

        return text.ToString();
    }

    private static string Ticker(InstrumentTable table, in Ticker ticker)
    {
        InstrumentId id = ticker.Instrument;
        var text = new StringBuilder($"Ticker {table[id].Symbol} snapshot={ticker.IsSnapshot} cs={ticker.Sequence} ts={ticker.PushMillis}");
        void Add(TickerFields field, TickerFields fields, string value)
        {
            if ((fields & field) != 0) text.Append(CultureInfo.InvariantCulture, $" {field}={value}");
        }

        Add(TickerFields.LastPrice, ticker.Fields, Price(table[id], ticker.LastPrice));
        Add(TickerFields.MarkPrice, ticker.Fields, E8(ticker.MarkPrice.Units));
        Add(TickerFields.IndexPrice, ticker.Fields, E8(ticker.IndexPrice.Units));
        Add(TickerFields.FundingRate, ticker.Fields, E8(ticker.FundingRateE8));
        Add(TickerFields.NextFundingTime, ticker.Fields, ticker.NextFundingMillis.ToString(CultureInfo.InvariantCulture));
        Add(TickerFields.BidPrice, ticker.Fields, Price(table[id], ticker.BidPrice));
        Add(TickerFields.BidQty, ticker.Fields, Qty(table[id], ticker.BidQty));
        Add(TickerFields.AskPrice, ticker.Fields, Price(table[id], ticker.AskPrice));
        Add(TickerFields.AskQty, ticker.Fields, Qty(table[id], ticker.AskQty));
        Add(TickerFields.OpenInterest, ticker.Fields, E8(ticker.OpenInterestE8));
        return text.ToString();
    }

    private static string Order(InstrumentTable table, OrderEvent row) =>
        $" [{table[row.Instrument].Symbol} {Id(row.VenueOrderId.Value)} {Id(row.ClientOrderId)} {row.Side} {row.Status} {row.CancelType} {row.RejectReason} {row.ReduceOnly} {Price(table[row.Instrument], row.Price)} {Qty(table[row.Instrument], row.Qty)} {Qty(table[row.Instrument], row.LeavesQty)} {Qty(table[row.Instrument], row.FilledQty)} {row.UpdatedMillis}]";

    private static string Execution(InstrumentTable table, ExecutionEvent row) =>
        $" [{table[row.Instrument].Symbol} {Id(row.VenueOrderId.Value)} {Id(row.ClientOrderId)} {Id(row.ExecutionId)} {row.Type} {row.Side} {row.IsMaker} {E8(row.Price.Units)} {Qty(table[row.Instrument], row.Qty)} {Qty(table[row.Instrument], row.LeavesQty)} {E8(row.Fee.Units)} {row.Sequence} {row.ExecutedMillis}]";

    private static string FastExecution(InstrumentTable table, FastExecution row) =>
        $" [{table[row.Instrument].Symbol} {Id(row.VenueOrderId.Value)} {Id(row.ClientOrderId)} {Id(row.ExecutionId)} {row.Side} {row.IsMaker} {E8(row.Price.Units)} {Qty(table[row.Instrument], row.Qty)} {row.Sequence} {row.ExecutedMillis}]";

    private static string Kline(InstrumentTable table, Kline row) =>
        $" [{table[row.Instrument].Symbol} {row.Interval} {row.IsClosed} {row.StartMillis} {row.EndMillis} {E8(row.Open.Units)} {E8(row.High.Units)} {E8(row.Low.Units)} {E8(row.Close.Units)} {Number(row.VolumeE4 / 1e4m)} {Number(row.TurnoverE4 / 1e4m)} {row.LastTradeMillis} {row.PushMillis}]";

    private static string Liquidation(InstrumentTable table, Liquidation row) =>
        $" [{table[row.Instrument].Symbol} {row.PositionSide} {Qty(table[row.Instrument], row.Qty)} {E8(row.BankruptcyPrice.Units)} {row.LiquidatedMillis} {row.PushMillis}]";

    private static string Position(InstrumentTable table, PositionEvent row) =>
        $" [{table[row.Instrument].Symbol} {Qty(table[row.Instrument], row.Size)} {E8(row.EntryPrice.Units)} {E8(row.MarkPrice.Units)} {E8(row.LiquidationPrice.Units)} {E8(row.CumulativeRealisedPnl.Units)} {row.Status} {row.Sequence} {row.CreatedMillis}]";

    private static string Wallet(in WalletEvent wallet) =>
        $"Wallet {E8(wallet.WalletBalance.Units)} {E8(wallet.Equity.Units)} {E8(wallet.PositionMargin.Units)} {E8(wallet.OrderMargin.Units)} {E8(wallet.Unusable.Units)} {wallet.CreatedMillis}";

    private static string Ack(in Ack ack)
    {
        string request = ack.RequestId == RequestId.None ? "none" : $"r{ack.RequestId.Session:x8}{ack.RequestId.Number:x8}";
        return $"Ack {request} {ack.Action} {ack.ReturnCode} {Id(ack.ClientOrderId)} {Id(ack.VenueOrderId.Value)} left={ack.RequestsLeft} of {ack.RequestsPerSecond} until {ack.LimitResetMillis} {ack.VenueMillis}";
    }
}
