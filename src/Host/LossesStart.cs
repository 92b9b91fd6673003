using System.Globalization;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>What a live run's loss limits begin with: what an earlier run remembered, and what the venue's records say of the time since.</summary>
internal static class LossesStart
{
    // The venue lists no more than seven days at once (Bybit V5, 12.5); a week is no longer, and who was away for longer begins a new one.
    private const long SpanMaxNanos = (7 * LossState.DayNanos) - 1_000_000_000;

    /// <summary>Asks the venue for what is needed.</summary>
    /// <param name="kept">What was remembered; null for nothing. Changed in place.</param>
    /// <param name="symbols">Symbols traded, in the order of the instruments.</param>
    /// <param name="equityUsdt">Equity at present.</param>
    /// <param name="now">The present at the venue.</param>
    /// <param name="ask">The transaction log from one moment, ms since 1970, to another.</param>
    /// <returns>What to begin with, and that for people.</returns>
    public static (LossState State, string Line) Begin(LossState? kept, IReadOnlyList<string> symbols, decimal equityUsdt, EpochNanos now, Func<long, long, VenueOutcome<IReadOnlyList<RestTransaction>>> ask)
    {
        (EpochNanos day, EpochNanos week) = (LossState.DayOf(now), LossState.WeekOf(now));
        long sinceNanos = kept is { } known && known.WeekBegan == week ? known.AsOf.Nanos : Math.Min(week.Nanos, kept?.AsOf.Nanos ?? long.MaxValue);
        VenueOutcome<IReadOnlyList<RestTransaction>> answer = ask(new EpochNanos(Math.Max(sinceNanos, now.Nanos - SpanMaxNanos)).Milliseconds, now.Milliseconds);
        IReadOnlyList<RestTransaction> log = answer.Value ?? [];

        LossState state = kept ?? new LossState(symbols.Count);
        MoneyE8 equity = Money(equityUsdt);
        if (kept is not null) state.OnTransfer(Money(log.Where(row => row.IsTransfer && row.TimeMillis > kept.AsOf.Milliseconds).Sum(row => row.Change)));
        (bool isWeekNew, bool isDayNew) = (kept is null || kept.WeekBegan != week, kept is null || kept.DayBegan != day);
        if (isWeekNew) (state.WeekBegan, state.WeekEquity) = (week, equity - ResultSince(week));
        long countedMillis = isDayNew ? day.Milliseconds : kept!.AsOf.Milliseconds + 1;
        for (int i = 0; i < symbols.Count; i++)
        {
            // What was booked while nobody was there to count it.
            MoneyE8 since = Money(log.Where(row => !row.IsTransfer && row.Symbol == symbols[i] && row.TimeMillis >= countedMillis).Sum(row => row.Change));
            state.SetDayResult(new InstrumentId(i), (isDayNew ? default : state.DayResult(new InstrumentId(i))) + since);
        }

        if (isDayNew) (state.DayBegan, state.DayEquity) = (day, equity - ResultSince(day));
        if (kept is null) state.PeakEquity = new MoneyE8(Math.Max(equity.Units, Math.Max(state.DayEquity.Units, state.WeekEquity.Units)));
        state.AsOf = now;
        string anew = isWeekNew ? "; today and this week begin anew with the equity of now" : isDayNew ? "; today begins anew with the equity of now" : "";
        string unread = answer.IsAnswered ? "" : $", but the venue's records of the time since could not be read ({answer.Text}): money that was moved since counts as won or lost{anew}";
        string from = kept is not null ? $"remembered from the run before{unread}" : answer.IsAnswered ? "from the venue's records, for there is no file of an earlier run" : $"from here on, for there is no file of an earlier run and the venue's records could not be read ({answer.Text})";
        string paused = string.Concat(LossFigures.Rules.Where(rule => state.PausedUntil(rule).Nanos > now.Nanos).Select(rule => $"; {rule} pauses until {LossFigures.Shown(state.PausedUntil(rule))}"));
        return (state, string.Create(CultureInfo.InvariantCulture, $"losses count from {Exact.Usdt(state.DayEquity):#,0.##} USDT today, {Exact.Usdt(state.WeekEquity):#,0.##} this week, {Exact.Usdt(state.PeakEquity):#,0.##} at the peak, {from}{paused}"));

        MoneyE8 ResultSince(EpochNanos begin) => Money(log.Where(row => !row.IsTransfer && row.TimeMillis >= begin.Milliseconds).Sum(row => row.Change));
    }

    private static MoneyE8 Money(decimal usdt) => new((long)decimal.Round(usdt * MoneyE8.One));
}
