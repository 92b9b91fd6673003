using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.Budgets;

/// <summary>A decoded message applied to the book; a lap is a snapshot and the deltas after it. The book at the lap's end is compared, level by level, with one kept in sorted dictionaries.</summary>
internal sealed class BookStage : Stage
{
    private const int LevelsMax = 1_000;

    private readonly OrderBook _book = new(Market.Instruments[Market.Btc], LevelsMax);
    private readonly BookDelta[] _messages;
    private readonly long[] _answers;

    /// <summary>Decodes the messages: a snapshot of BTCUSDT first, then its deltas.</summary>
    /// <exception cref="InvalidDataException">A frame is not such a message, or the two books differ.</exception>
    public BookStage(byte[] snapshot, IReadOnlyList<byte[]> deltas)
    {
        var decoder = new BybitDecoder(Market.Instruments);
        var frames = new FrameSet([snapshot, .. deltas]);
        _messages = new BookDelta[frames.Count];
        _answers = new long[frames.Count];
        for (int i = 0; i < frames.Count; i++)
        {
            if (decoder.DecodePublic(frames[i]) != DecodeStatus.Book || decoder.Book.IsSnapshot != (i == 0)) throw new InvalidDataException($"frame {i} is not the book message that was wanted");
            _messages[i] = Copy(decoder.Book);
            _answers[i] = (long)(i == 0 ? BookChange.Snapshot : BookChange.Updated);
        }

        Run(frames.Count);
        RequireSide(Side.Buy, _messages.Select(message => message.Bids.Take(message.BidCount)), lowestFirst: false);
        RequireSide(Side.Sell, _messages.Select(message => message.Asks.Take(message.AskCount)), lowestFirst: true);
    }

    public override long Run(int items)
    {
        long sum = 0;
        for (int i = 0, message = 0; i < items; i++)
        {
            sum += (long)_book.Apply(_messages[message]);
            message = message + 1 < _messages.Length ? message + 1 : 0;
        }

        return sum;
    }

    public override long Expected(int items) => SumOverLaps(_answers, items);

    private static BookDelta Copy(BookDelta from)
    {
        var copy = new BookDelta
        {
            Instrument = from.Instrument,
            Depth = from.Depth,
            IsSnapshot = from.IsSnapshot,
            BidCount = from.BidCount,
            AskCount = from.AskCount,
            UpdateId = from.UpdateId,
            Sequence = from.Sequence,
            MatchMillis = from.MatchMillis,
            PushMillis = from.PushMillis,
        };
        Array.Copy(from.Bids, copy.Bids, from.BidCount);
        Array.Copy(from.Asks, copy.Asks, from.AskCount);
        return copy;
    }

    private void RequireSide(Side side, IEnumerable<IEnumerable<BookLevel>> messages, bool lowestFirst)
    {
        var levels = new SortedDictionary<long, QtyLots>();
        foreach (BookLevel level in messages.SelectMany(message => message))
        {
            long key = lowestFirst ? level.Price.Ticks : -level.Price.Ticks;
            if (level.Qty == default) levels.Remove(key);
            else levels[key] = level.Qty;
        }

        int index = 0;
        foreach ((long key, QtyLots qty) in levels)
        {
            if (_book.Level(side, index++) != new BookLevel(new PriceTicks(Math.Abs(key)), qty)) throw new InvalidDataException($"the book has another {side} level at {index - 1} than its messages give");
        }

        if (index == 0 || _book.LevelCount(side) != index) throw new InvalidDataException($"the book has {_book.LevelCount(side)} {side} levels, its messages give {index}");
    }
}
