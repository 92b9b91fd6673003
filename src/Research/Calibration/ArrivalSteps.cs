using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Research;

/// <summary>The deepest trade of each side in every step of 100 ms, measured from the mid known before the step. docs/models.md, 2.6.</summary>
/// <param name="Buys">A step each: half ticks above the mid that buying takers reached; 0 where none went beyond it.</param>
/// <param name="Sells">Below the mid, by selling takers.</param>
internal sealed record ArrivalSteps(IReadOnlyList<long> Buys, IReadOnlyList<long> Sells)
{
    public const double StepSeconds = ArrivalIntensity.StepNanos / 1e9;

    /// <summary>The whole steps between the first usable book and the last message; those that begin without a book are left out.</summary>
    public static ArrivalSteps Of(CalibrationTape tape)
    {
        (List<long> buys, List<long> sells) = ([], []);
        IReadOnlyList<BookPoint> books = tape.Books;
        int book = 0;
        while (book < books.Count && !books[book].IsUsable) book++;
        if (book == books.Count) return new ArrivalSteps(buys, sells);
        int trade = 0;
        for (long start = books[book].Nanos; start + ArrivalIntensity.StepNanos <= tape.LastNanos; start += ArrivalIntensity.StepNanos)
        {
            while (book + 1 < books.Count && books[book + 1].Nanos <= start) book++;
            while (trade < tape.Trades.Count && tape.Trades[trade].Nanos < start) trade++;
            (long buy, long sell) = (0, 0);
            for (; trade < tape.Trades.Count && tape.Trades[trade].Nanos < start + ArrivalIntensity.StepNanos; trade++)
            {
                (_, Side takerSide, long priceTicks) = tape.Trades[trade];
                long aboveMid = (2 * priceTicks) - books[book].Top.TwiceMidTicks;
                if (takerSide == Side.Buy) buy = Math.Max(buy, aboveMid);
                else sell = Math.Max(sell, -aboveMid);
            }

            if (!books[book].IsUsable) continue;
            buys.Add(buy);
            sells.Add(sell);
        }

        return new ArrivalSteps(buys, sells);
    }
}
