using System.Text.Json;

namespace LatencyEngine.Bybit;

/// <summary>The venue's lists, page by page (Bybit V5, 9.3). For one caller, who may ask for several at once.</summary>
/// <param name="getAsync">Gets a path with its query and returns the answer's body.</param>
/// <param name="redact">Takes out of the venue's words what nobody should read.</param>
internal sealed class VenuePages(Func<string, string, Task<byte[]>> getAsync, Func<string, string> redact)
{
    private const int PagesMax = 1_000;   // of 100 executions or 50 orders: beyond it the venue's cursor does not end

    private long _answeredMillis;

    /// <summary>The newest answer's time at the venue, ms since 1970.</summary>
    public long AnsweredMillis => Interlocked.Read(ref _answeredMillis);

    /// <summary>Every page of a list. A list that ends for another reason than the venue's word would pass for complete, so it is refused.</summary>
    public async Task<List<T>> AllAsync<T>(string path, string query, Func<JsonElement, T> read)
    {
        var rows = new List<T>();
        var cursors = new HashSet<string>(StringComparer.Ordinal);
        string page = query;
        do
        {
            (List<T> found, string cursor) = await OneAsync(path, page, read).ConfigureAwait(false);
            rows.AddRange(found);
            if (cursor.Length == 0 || found.Count == 0) return rows;
            if (!cursors.Add(cursor)) break;
            page = $"{query}&cursor={cursor}";   // comes percent-encoded (Bybit V5, 9.3)
        }
        while (cursors.Count < PagesMax);

        throw new VenueRefusalException(OutcomeClass.Unknown, $"GET {path}: the pages do not end");
    }

    /// <summary>Every page of some lists, one list after the other.</summary>
    public async Task<List<T>> AllOfAsync<T>(string path, IEnumerable<string> queries, Func<JsonElement, T> read)
    {
        var rows = new List<T>();
        foreach (string query in queries) rows.AddRange(await AllAsync(path, query, read).ConfigureAwait(false));
        return rows;
    }

    /// <summary>One page and the cursor behind it, empty for none.</summary>
    public async Task<(List<T> Rows, string Cursor)> OneAsync<T>(string path, string query, Func<JsonElement, T> read)
    {
        byte[] body = await getAsync(path, query).ConfigureAwait(false);
        return VenueAnswer.Read(body, $"GET {path}", redact, envelope => Page(envelope, path, read));
    }

    private (List<T> Rows, string Cursor) Page<T>(JsonElement envelope, string path, Func<JsonElement, T> read)
    {
        if (!VenueAnswer.TryGet(envelope, "result", JsonValueKind.Object, out JsonElement result)
            || !VenueAnswer.TryGet(result, "list", JsonValueKind.Array, out JsonElement list)
            || list.EnumerateArray().Any(row => row.ValueKind != JsonValueKind.Object))
        {
            throw new VenueRefusalException(OutcomeClass.Unknown, $"GET {path}: the answer has no result.list of rows");
        }

        // Without it messages from before the look-up would be taken for newer than its answer.
        long answeredMillis = VenueAnswer.TimeMillis(envelope);
        if (answeredMillis == 0) throw new VenueRefusalException(OutcomeClass.Unknown, $"GET {path}: the answer has no time");

        OnAnswered(answeredMillis);
        return ([.. list.EnumerateArray().Select(read)], result.TryGetProperty("nextPageCursor", out JsonElement next) ? next.ToString() : "");
    }

    private void OnAnswered(long millis)
    {
        long newest = AnsweredMillis;
        while (millis > newest && Interlocked.CompareExchange(ref _answeredMillis, millis, newest) is var seen && seen != newest) newest = seen;
    }
}
