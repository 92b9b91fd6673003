using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Micro;

/// <summary>Every value of a decoded frame in one order, so that decoders with different types are held against each other before they are timed.</summary>
internal static class Answers
{
    /// <summary>The values of a book message in fixed point.</summary>
    public static List<object> Of(BookDelta book, InstrumentTable instruments)
    {
        InstrumentSpec instrument = instruments[book.Instrument];
        List<object> values = [$"orderbook.{book.Depth}.{instrument.Symbol}", book.IsSnapshot, book.PushMillis, book.MatchMillis, book.UpdateId, book.Sequence, book.BidCount, book.AskCount];
        foreach (BookLevel level in book.Bids.Take(book.BidCount).Concat(book.Asks.Take(book.AskCount)))
        {
            values.Add(Price(instrument, level.Price));
            values.Add(Qty(instrument, level.Qty));
        }

        return values;
    }

    /// <summary>The values of a trade message in fixed point.</summary>
    public static List<object> Of(TradeBatch batch, ReadOnlySpan<byte> frame, InstrumentTable instruments)
    {
        InstrumentSpec instrument = instruments[batch.Instrument];
        List<object> values = [$"publicTrade.{instrument.Symbol}", batch.PushMillis];
        foreach (Trade trade in batch.Trades.Take(batch.Count))
        {
            string id = Encoding.ASCII.GetString(frame.Slice(trade.IdOffset, trade.IdLength));
            values.AddRange([Price(instrument, trade.Price), Qty(instrument, trade.Qty), trade.TakerSide.ToString(), trade.MatchMillis, trade.Sequence, id, trade.IsBlockTrade, trade.IsRpi]);
        }

        return values;
    }

    /// <summary>The values of either message in decimals.</summary>
    public static List<object> Of(DecimalMessage message)
    {
        if (message.Topic.StartsWith("publicTrade.", StringComparison.Ordinal))
        {
            List<object> trades = [message.Topic, message.PushMillis];
            foreach (DecimalTrade trade in message.Trades)
            {
                trades.AddRange([trade.Price, trade.Qty, trade.TakerSide, trade.MatchMillis, trade.Sequence, trade.Id, trade.IsBlockTrade, trade.IsRpi]);
            }

            return trades;
        }

        List<object> values = [message.Topic, message.IsSnapshot, message.PushMillis, message.MatchMillis, message.UpdateId, message.Sequence, message.Bids.Count, message.Asks.Count];
        foreach (DecimalLevel level in message.Bids.Concat(message.Asks)) values.AddRange([level.Price, level.Qty]);
        return values;
    }

    /// <summary>Stops the benchmark when a decoder disagrees with the shipped one: a time for another answer would mean nothing.</summary>
    public static void RequireEqual(List<object> shipped, List<object> peer, string peerName, ReadOnlySpan<byte> frame)
    {
        if (shipped.SequenceEqual(peer)) return;
        throw new InvalidOperationException($"{peerName} reads [{string.Join(", ", peer)}], the shipped decoder [{string.Join(", ", shipped)}] in {Encoding.UTF8.GetString(frame)}");
    }

    private static decimal Price(InstrumentSpec instrument, PriceTicks price) => price.Ticks * (instrument.TickE8 / 1e8m);

    private static decimal Qty(InstrumentSpec instrument, QtyLots qty) => qty.Lots * (instrument.LotE8 / 1e8m);
}
