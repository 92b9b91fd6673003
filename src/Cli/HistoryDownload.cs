using System.Globalization;
using LatencyEngine.Bybit;
using LatencyEngine.History;

namespace LatencyEngine.Cli;

/// <summary>Fills a history from a venue, page by page from the oldest on. Each page is committed before the next is asked for, and what the history has is not asked for again: whoever is interrupted goes on.</summary>
/// <param name="rest">The venue.</param>
/// <param name="store">The history.</param>
/// <param name="jumpFactor">How many times higher or lower than the close before a price may be.</param>
internal sealed class HistoryDownload(BybitRest rest, HistoryStore store, double jumpFactor)
{
    private const long HourMillis = 3_600_000;
    private const long FundingEveryMillisMax = 8 * HourMillis;   // Bybit V5, 13.1, fundingInterval
    private const long FundingWindowMillis = BybitRest.FundingMax * FundingEveryMillisMax;

    private List<HistoryFault> _faults = [];
    private int _requests;
    private int _stored;

    /// <summary>Candles of a series.</summary>
    /// <param name="symbol">Instrument.</param>
    /// <param name="timeframe">Their length.</param>
    /// <param name="range">By their opening; of the future nothing is asked for.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancel">Ends it between two pages.</param>
    /// <exception cref="VenueRefusalException">The venue refuses, cannot be reached for long, or answers what was not asked for. What came before is committed.</exception>
    /// <exception cref="HistoryException">The history cannot be written.</exception>
    public async Task<HistoryDownloadResult> CandlesAsync(string symbol, Timeframe timeframe, MillisRange range, IProgress<double> progress, CancellationToken cancel)
    {
        Begin();
        long nowMillis = await VenueMillisAsync(cancel).ConfigureAwait(false);
        long first = timeframe.OpeningFrom(range.FromMillis);
        long end = range.ToMillis < nowMillis ? Math.Min(timeframe.OpeningFrom(range.ToMillis), timeframe.FloorTo(nowMillis)) : timeframe.FloorTo(nowMillis);   // what is open now is not over
        long pageMillis = (BybitRest.CandlesMax - 1) * timeframe.Millis;
        for (long from = first; from < end; from += pageMillis)
        {
            long to = Math.Min(from + pageMillis, end);
            if (store.Gaps(symbol, timeframe, new MillisRange(from, to)) is { Count: > 0 } gaps)
            {
                // The candle before a gap is asked for once more, where there is one: a venue that tells another one now is noticed.
                long before = gaps[0].FromMillis - timeframe.Millis;
                bool hasBefore = store.Gaps(symbol, timeframe, new MillisRange(before, gaps[0].FromMillis)).Count == 0;
                await CandlePageAsync(symbol, timeframe, new MillisRange(hasBefore ? before : gaps[0].FromMillis, gaps[^1].ToMillis), cancel).ConfigureAwait(false);
            }

            progress.Report((double)(to - first) / (end - first));
        }

        progress.Report(1);
        var done = new MillisRange(first, Math.Max(first, end));
        return new HistoryDownloadResult(symbol, timeframe, done, _requests, _stored, _faults, store.Gaps(symbol, timeframe, done));
    }

    /// <summary>Settled funding of an instrument.</summary>
    /// <inheritdoc cref="CandlesAsync"/>
    public async Task<HistoryDownloadResult> FundingAsync(string symbol, MillisRange range, IProgress<double> progress, CancellationToken cancel)
    {
        Begin();
        long end = Math.Min(range.ToMillis, await VenueMillisAsync(cancel).ConfigureAwait(false));
        for (long from = range.FromMillis; from < end; from += FundingWindowMillis)
        {
            long to = Math.Min(from + FundingWindowMillis, end);
            var window = new MillisRange(from, to);
            List<MillisRange> gaps = FundingGaps(symbol, window);
            if (to == end && gaps.Count == 0 && store.Funding(symbol, window) is { Count: > 0 } known && end - known[^1].AtMillis > HourMillis) gaps.Add(new MillisRange(known[^1].AtMillis + 1, end));   // some settle every hour
            if (gaps.Count > 0) await FundingPagesAsync(symbol, gaps[0].FromMillis, gaps[^1].ToMillis, cancel).ConfigureAwait(false);
            progress.Report((double)(to - range.FromMillis) / (end - range.FromMillis));
        }

        progress.Report(1);
        var done = new MillisRange(range.FromMillis, Math.Max(range.FromMillis, end));
        return new HistoryDownloadResult(symbol, null, done, _requests, _stored, _faults, FundingGaps(symbol, done));
    }

    private void Begin() => (_requests, _stored, _faults) = (0, 0, []);

    private async Task<long> VenueMillisAsync(CancellationToken cancel)
    {
        _requests++;
        return Answered(await rest.TimeAsync(cancel).ConfigureAwait(false));
    }

    private async Task CandlePageAsync(string symbol, Timeframe timeframe, MillisRange range, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _requests++;
        IReadOnlyList<RestCandle> rows = Answered(await rest.CandlesAsync(symbol, timeframe.VenueName, range.FromMillis, range.ToMillis - 1, cancel).ConfigureAwait(false));
        RestCandle? stranger = rows.Cast<RestCandle?>().FirstOrDefault(row => row!.Value.StartMillis < range.FromMillis || row.Value.StartMillis >= range.ToMillis);
        if (stranger is { } other) throw new VenueRefusalException(OutcomeClass.Other, $"the venue answers with a candle of {HistoryText.Time(other.StartMillis)}, and was asked for {HistoryText.Time(range.FromMillis)} to {HistoryText.Time(range.ToMillis)}");
        Add(store.AddCandles(
            symbol,
            timeframe,
            rows.Reverse().Select(row => new HistoryCandle(row.StartMillis, (double)row.Open, (double)row.High, (double)row.Low, (double)row.Close, (double)row.Volume, (double)row.Turnover)),
            jumpFactor));
    }

    /// <summary>All settlements of a stretch of time, which may be more than an answer holds: those before the oldest are asked for again. Newest first, so that an end in the middle leaves a gap, which is asked for the next time.</summary>
    private async Task FundingPagesAsync(string symbol, long fromMillis, long toMillis, CancellationToken cancel)
    {
        IReadOnlyList<RestFunding> rows;
        long last = toMillis - 1;
        do
        {
            cancel.ThrowIfCancellationRequested();
            _requests++;
            rows = Answered(await rest.FundingAsync(symbol, fromMillis, last, cancel).ConfigureAwait(false));
            if (rows.FirstOrDefault(row => row.SettledMillis < fromMillis || row.SettledMillis > last) is { } other) throw new VenueRefusalException(OutcomeClass.Other, $"the venue answers with funding of {HistoryText.Time(other.SettledMillis)}, and was asked for {HistoryText.Time(fromMillis)} to {HistoryText.Time(last)}");
            Add(store.AddFunding(symbol, rows.Reverse().Select(row => new FundingSettlement(row.SettledMillis, (double)row.FundingRate))));

            // Nearer settlements would be the same one: so this comes to an end.
            if (rows.Count > 0) last = Math.Min(last, rows[^1].SettledMillis) - HistoryStore.SameSettlementMillis;
        }
        while (rows.Count == BybitRest.FundingMax && last >= fromMillis);
    }

    /// <summary>Where the history has no settlement for longer than it can take, or for longer than before and after: some settle every hour.</summary>
    private List<MillisRange> FundingGaps(string symbol, MillisRange range)
    {
        var gaps = new List<MillisRange>();
        long[] at = [range.FromMillis - 1, .. store.Funding(symbol, range).Select(one => one.AtMillis), range.ToMillis];
        for (int i = 1; i < at.Length; i++)
        {
            long usual = i >= 3 && i <= at.Length - 3 ? Math.Max(at[i - 1] - at[i - 2], at[i + 1] - at[i]) : FundingEveryMillisMax;
            if (at[i] - at[i - 1] > Math.Min(usual, FundingEveryMillisMax) + HistoryStore.SameSettlementMillis) gaps.Add(new MillisRange(at[i - 1] + 1, at[i]));
        }

        return gaps;
    }

    private void Add(StoreReport report)
    {
        _stored += report.Stored;
        _faults.AddRange(report.Faults);
    }

    private static T Answered<T>(VenueOutcome<T> outcome) => outcome.IsAnswered ? outcome.Value! : throw new VenueRefusalException(outcome.Class, outcome.Text) { Code = outcome.Code };
}
