using System.Globalization;
using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide;

/// <summary>Every value of a decoded frame as one line of text, so that decoders with different types are held against each other before they are timed. Prices, quantities and money are in 1e-8.</summary>
/// <remarks>Not thread-safe: one buffer is used again and again.</remarks>
internal sealed class Answers(InstrumentTable instruments)
{
    private readonly StringBuilder _line = new();

    /// <summary>What the shipped decoder holds after a frame.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="status">What it returned.</param>
    /// <param name="frame">The frame; trade ids are places in it.</param>
    public string Of(BybitDecoder decoder, DecodeStatus status, ReadOnlySpan<byte> frame) => status switch
    {
        DecodeStatus.Book => Of(decoder.Book),
        DecodeStatus.Trades => Of(decoder.Trades, frame),
        DecodeStatus.Ticker => Of(in decoder.Ticker),
        DecodeStatus.Orders => Of(decoder.Orders),
        DecodeStatus.Executions => Of(decoder.Executions),
        DecodeStatus.Positions => Of(decoder.Positions),
        DecodeStatus.Wallet => Of(in decoder.Wallet),
        DecodeStatus.Ack => Of(in decoder.Ack),
        _ => status.ToString(),
    };

    /// <summary>A book message.</summary>
    public string Of(BookDelta book)
    {
        InstrumentSpec instrument = instruments[book.Instrument];
        Begin($"orderbook.{book.Depth}.{instrument.Symbol}");
        Add(book.IsSnapshot ? "snapshot" : "delta").Add(book.PushMillis).Add(book.MatchMillis).Add(book.UpdateId).Add(book.Sequence).Add(book.BidCount).Add(book.AskCount);
        foreach (BookLevel level in book.Bids.AsSpan(0, book.BidCount)) Add(level.Price.Ticks * instrument.TickE8).Add(level.Qty.Lots * instrument.LotE8);
        foreach (BookLevel level in book.Asks.AsSpan(0, book.AskCount)) Add(level.Price.Ticks * instrument.TickE8).Add(level.Qty.Lots * instrument.LotE8);
        return _line.ToString();
    }

    /// <summary>A trade message.</summary>
    public string Of(TradeBatch batch, ReadOnlySpan<byte> frame)
    {
        InstrumentSpec instrument = instruments[batch.Instrument];
        Begin($"publicTrade.{instrument.Symbol}");
        Add(batch.PushMillis).Add(batch.Count);
        foreach (ref readonly Trade trade in batch.Trades.AsSpan(0, batch.Count))
        {
            Add(trade.Price.Ticks * instrument.TickE8).Add(trade.Qty.Lots * instrument.LotE8).Add((int)trade.TakerSide).Add(trade.MatchMillis).Add(trade.Sequence);
            Add(Encoding.ASCII.GetString(frame.Slice(trade.IdOffset, trade.IdLength))).Add(trade.IsBlockTrade ? 1 : 0).Add(trade.IsRpi ? 1 : 0);
        }

        return _line.ToString();
    }

    /// <summary>Two answers that have to be equal.</summary>
    /// <exception cref="AnswersDifferException">They are not.</exception>
    public static void RequireEqual(string shipped, string peers, string peer, ReadOnlySpan<byte> frame)
    {
        if (shipped != peers) throw new AnswersDifferException($"{peer} reads [{peers}], the shipped decoder [{shipped}] in {Encoding.UTF8.GetString(frame)}");
    }

    private string Of(in Ticker ticker)
    {
        InstrumentSpec instrument = instruments[ticker.Instrument];
        Begin($"tickers.{instrument.Symbol}");
        Add(ticker.IsSnapshot ? "snapshot" : "delta").Add(ticker.PushMillis).Add(ticker.Sequence).Add((int)ticker.Fields);
        Add(ticker.LastPrice.Ticks * instrument.TickE8).Add(ticker.MarkPrice.Units).Add(ticker.IndexPrice.Units).Add(ticker.FundingRateE8).Add(ticker.NextFundingMillis);
        Add(ticker.BidPrice.Ticks * instrument.TickE8).Add(ticker.BidQty.Lots * instrument.LotE8).Add(ticker.AskPrice.Ticks * instrument.TickE8).Add(ticker.AskQty.Lots * instrument.LotE8);
        return Add(ticker.OpenInterestE8)._line.ToString();
    }

    private string Of(ReadOnlySpan<OrderEvent> rows)
    {
        Begin("order");
        foreach (ref readonly OrderEvent row in rows)
        {
            InstrumentSpec instrument = instruments[row.Instrument];
            Add(instrument.Symbol).Add(row.ClientOrderId).AddId(row.VenueOrderId.Value).Add((int)row.Side).Add((int)row.Status).Add((int)row.CancelType).Add((int)row.RejectReason).Add(row.ReduceOnly ? 1 : 0);
            Add(row.Price.Ticks * instrument.TickE8).Add(row.Qty.Lots * instrument.LotE8).Add(row.LeavesQty.Lots * instrument.LotE8).Add(row.FilledQty.Lots * instrument.LotE8).Add(row.UpdatedMillis);
        }

        return _line.ToString();
    }

    private string Of(ReadOnlySpan<ExecutionEvent> rows)
    {
        Begin("execution");
        foreach (ref readonly ExecutionEvent row in rows)
        {
            InstrumentSpec instrument = instruments[row.Instrument];
            Add(instrument.Symbol).Add(row.ClientOrderId).AddId(row.VenueOrderId.Value).AddId(row.ExecutionId).Add((int)row.Type).Add((int)row.Side).Add(row.IsMaker ? 1 : 0);
            Add(row.Price.Units).Add(row.Qty.Lots * instrument.LotE8).Add(row.LeavesQty.Lots * instrument.LotE8).Add(row.Fee.Units).Add(row.Sequence).Add(row.ExecutedMillis);
        }

        return _line.ToString();
    }

    private string Of(ReadOnlySpan<PositionEvent> rows)
    {
        Begin("position");
        foreach (ref readonly PositionEvent row in rows)
        {
            InstrumentSpec instrument = instruments[row.Instrument];
            Add(instrument.Symbol).Add(row.Size.Lots * instrument.LotE8).Add(row.EntryPrice.Units).Add(row.MarkPrice.Units).Add(row.LiquidationPrice.Units).Add(row.CumulativeRealisedPnl.Units);
            Add((int)row.Status).Add(row.Sequence).Add(row.CreatedMillis);
        }

        return _line.ToString();
    }

    private string Of(in WalletEvent wallet)
    {
        Begin("wallet");
        Add(wallet.WalletBalance.Units).Add(wallet.Equity.Units).Add(wallet.PositionMargin.Units).Add(wallet.OrderMargin.Units).Add(wallet.Unusable.Units).Add(wallet.CreatedMillis);
        return _line.ToString();
    }

    private string Of(in Ack ack)
    {
        Begin("ack");
        Add(ack.RequestId.Session).Add(ack.RequestId.Number).Add((int)ack.Action).Add(ack.ReturnCode).Add(ack.ClientOrderId).AddId(ack.VenueOrderId.Value).Add(ack.RequestsLeft).Add(ack.VenueMillis);
        return _line.ToString();
    }

    private void Begin(string topic) => _line.Clear().Append(topic);

    private Answers Add(string value)
    {
        _line.Append(' ').Append(value);
        return this;
    }

    private Answers Add(long value)
    {
        _line.Append(' ').Append(CultureInfo.InvariantCulture, $"{value}");
        return this;
    }

    private Answers AddId(UInt128 value)
    {
        _line.Append(' ').Append(CultureInfo.InvariantCulture, $"{value:x32}");
        return this;
    }

    private Answers Add(ClientOrderId id) => Add(id.Session).Add(id.Number);
}
