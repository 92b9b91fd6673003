using System.Globalization;
using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

/// <summary>What a decoder made of a frame, written out in the venue's units so that it can be compared with <see cref="SlowReader"/> and read in a failure message.</summary>
internal static class Decoded
{
    public static string Text(BybitDecoder decoder, Socket socket, byte[] frame)
    {
        DecodeStatus status = Status(decoder, socket, frame);
        return status switch
        {
            DecodeStatus.Book => Book(decoder.Book),
            DecodeStatus.Trades => Trades(decoder.Trades, frame),
            DecodeStatus.Ticker => Ticker(decoder.Ticker),
            DecodeStatus.Orders => "Orders" + string.Concat(decoder.Orders.ToArray().Select(Order)),
            DecodeStatus.Executions => "Executions" + string.Concat(decoder.Executions.ToArray().Select(Execution)),
            DecodeStatus.Positions => "Positions" + string.Concat(decoder.Positions.ToArray().Select(Position)),
            DecodeStatus.Wallet => Wallet(decoder.Wallet),
            DecodeStatus.Ack => Ack(decoder.Ack),
            _ => status.ToString(),
        };
    }

    public static DecodeStatus Status(BybitDecoder decoder, Socket socket, byte[] frame) => socket switch
    {
        Socket.Public => decoder.DecodePublic(frame),
        Socket.Private => decoder.DecodePrivate(frame),
        _ => decoder.DecodeTrade(frame),
    };

    public static string Number(decimal value) => value.ToString("0.##########", CultureInfo.InvariantCulture);

    private static InstrumentSpec Spec(InstrumentId id) => Instruments.Table[id];

    private static string Price(InstrumentId id, PriceTicks price) => Number(price.Ticks * (Spec(id).TickE8 / 1e8m));

    private static string Qty(InstrumentId id, QtyLots qty) => Number(qty.Lots * (Spec(id).LotE8 / 1e8m));

    private static string E8(long units) => Number(units / 1e8m);

    private static string Id(ClientOrderId id) => id.IsOurs ? $"le{id.Session:x8}{id.Number:x8}" : "none";

    private static string Id(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    private static string Book(BookDelta book)
    {
        string Levels(BookLevel[] levels, int count) => string.Join(' ', levels.Take(count).Select(level => Price(book.Instrument, level.Price) + "x" + Qty(book.Instrument, level.Qty)));
        return $"Book {Spec(book.Instrument).Symbol} {book.Depth} snapshot={book.IsSnapshot} u={book.UpdateId} seq={book.Sequence} cts={book.MatchMillis} ts={book.PushMillis} b=[{Levels(book.Bids, book.BidCount)}] a=[{Levels(book.Asks, book.AskCount)}]";
    }

    private static string Trades(TradeBatch batch, byte[] frame)
    {
        var text = new StringBuilder($"Trades {Spec(batch.Instrument).Symbol} ts={batch.PushMillis}");
        foreach (Trade trade in batch.Trades.AsSpan(0, batch.Count))
        {
            string id = Encoding.Latin1.GetString(frame, trade.IdOffset, trade.IdLength);
            text.Append(CultureInfo.InvariantCulture, $" [{Price(batch.Instrument, trade.Price)}x{Qty(batch.Instrument, trade.Qty)} {trade.TakerSide} T={trade.MatchMillis} seq={trade.Sequence} i={id} {trade.IsBlockTrade} {trade.IsRpi}]");
        }

        return text.ToString();
    }

    private static string Ticker(in Ticker ticker)
    {
        InstrumentId id = ticker.Instrument;
        var text = new StringBuilder($"Ticker {Spec(id).Symbol} snapshot={ticker.IsSnapshot} cs={ticker.Sequence} ts={ticker.PushMillis}");
        void Add(TickerFields field, TickerFields fields, string value)
        {
            if ((fields & field) != 0) text.Append(CultureInfo.InvariantCulture, $" {field}={value}");
        }

        Add(TickerFields.LastPrice, ticker.Fields, Price(id, ticker.LastPrice));
        Add(TickerFields.MarkPrice, ticker.Fields, E8(ticker.MarkPrice.Units));
        Add(TickerFields.IndexPrice, ticker.Fields, E8(ticker.IndexPrice.Units));
        Add(TickerFields.FundingRate, ticker.Fields, E8(ticker.FundingRateE8));
        Add(TickerFields.NextFundingTime, ticker.Fields, ticker.NextFundingMillis.ToString(CultureInfo.InvariantCulture));
        Add(TickerFields.BidPrice, ticker.Fields, Price(id, ticker.BidPrice));
        Add(TickerFields.BidQty, ticker.Fields, Qty(id, ticker.BidQty));
        Add(TickerFields.AskPrice, ticker.Fields, Price(id, ticker.AskPrice));
        Add(TickerFields.AskQty, ticker.Fields, Qty(id, ticker.AskQty));
        Add(TickerFields.OpenInterest, ticker.Fields, E8(ticker.OpenInterestE8));
        return text.ToString();
    }

    private static string Order(OrderEvent row) =>
        $" [{Spec(row.Instrument).Symbol} {Id(row.VenueOrderId.Value)} {Id(row.ClientOrderId)} {row.Side} {row.Status} {row.CancelType} {row.RejectReason} {row.ReduceOnly} {Price(row.Instrument, row.Price)} {Qty(row.Instrument, row.Qty)} {Qty(row.Instrument, row.LeavesQty)} {Qty(row.Instrument, row.FilledQty)} {row.UpdatedMillis}]";

    private static string Execution(ExecutionEvent row) =>
        $" [{Spec(row.Instrument).Symbol} {Id(row.VenueOrderId.Value)} {Id(row.ClientOrderId)} {Id(row.ExecutionId)} {row.Type} {row.Side} {row.IsMaker} {E8(row.Price.Units)} {Qty(row.Instrument, row.Qty)} {Qty(row.Instrument, row.LeavesQty)} {E8(row.Fee.Units)} {row.Sequence} {row.ExecutedMillis}]";

    private static string Position(PositionEvent row) =>
        $" [{Spec(row.Instrument).Symbol} {Qty(row.Instrument, row.Size)} {E8(row.EntryPrice.Units)} {E8(row.MarkPrice.Units)} {E8(row.LiquidationPrice.Units)} {E8(row.CumulativeRealisedPnl.Units)} {row.Status} {row.Sequence} {row.CreatedMillis}]";

    private static string Wallet(in WalletEvent wallet) =>
        $"Wallet {E8(wallet.WalletBalance.Units)} {E8(wallet.Equity.Units)} {E8(wallet.PositionMargin.Units)} {E8(wallet.OrderMargin.Units)} {E8(wallet.Unusable.Units)} {wallet.CreatedMillis}";

    private static string Ack(in Ack ack)
    {
        string request = ack.RequestId == RequestId.None ? "none" : $"r{ack.RequestId.Session:x8}{ack.RequestId.Number:x8}";
        return $"Ack {request} {ack.Action} {ack.ReturnCode} {Id(ack.ClientOrderId)} {Id(ack.VenueOrderId.Value)} left={ack.RequestsLeft} {ack.VenueMillis}";
    }
}
