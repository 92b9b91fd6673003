using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>Pages of rows, newest first (Bybit V5, 9.3).</summary>
/// <remarks>
/// A cursor names the last row of the page before, in letters, digits and dashes only, since a client may encode it twice on its way back
/// (Bybit V5, 19.4). It stays valid whatever happens to that row. A page is read row by row and no further than to the next row behind its end.
/// </remarks>
internal static class RestPage
{
    /// <summary>Refusal of a cursor that this venue has not given out.</summary>
    public static Refusal BadCursor { get; } = new(10001, "params error: cursor is invalid");

    /// <summary>One page of rows that are few and always there, such as symbols.</summary>
    /// <param name="request">Has <c>cursor</c> and <c>limit</c>, checked.</param>
    /// <param name="all">Every row, the first of the first page last.</param>
    /// <param name="isWanted">Which of them are looked for.</param>
    /// <param name="idOf">A row's id, its cursor.</param>
    /// <param name="defaultLimit">Rows of a page when no limit was sent.</param>
    /// <param name="nextCursor">Empty at the end.</param>
    /// <returns>Null when the cursor is of no row.</returns>
    public static List<T>? Cut<T>(RestRequest request, IReadOnlyList<T> all, Func<T, bool> isWanted, Func<T, string> idOf, int defaultLimit, out string nextCursor)
    {
        nextCursor = "";
        string cursor = request["cursor"];
        if (request.Has("cursor") && !all.Any(row => idOf(row) == cursor)) return null;
        IEnumerable<T> rows = all.Reverse();
        if (request.Has("cursor")) rows = rows.SkipWhile(row => idOf(row) != cursor).Skip(1);
        return Cut(request, rows.Where(isWanted), idOf, defaultLimit, out nextCursor);
    }

    /// <summary>One page of a history; a row's number is its cursor.</summary>
    /// <param name="request">Has <c>cursor</c> and <c>limit</c>, checked.</param>
    /// <param name="all">Every row that is kept.</param>
    /// <param name="timeOf">A row's time, which does not go back from row to row.</param>
    /// <param name="start">The earliest time looked for.</param>
    /// <param name="end">The latest time looked for.</param>
    /// <param name="isWanted">Which of the rows between are looked for.</param>
    /// <param name="defaultLimit">Rows of a page when no limit was sent.</param>
    /// <param name="nextCursor">Empty at the end.</param>
    /// <returns>Null when the cursor is of no row that has ever been.</returns>
    public static List<T>? Cut<T>(
        RestRequest request, RecentRows<T> all, Func<T, long> timeOf, long start, long end, Func<T, bool> isWanted, int defaultLimit, out string nextCursor) =>
        Number(request, all, timeOf, start, end, isWanted, defaultLimit, out nextCursor) is { } page ? [.. page.Select(row => row.Row)] : null;

    /// <summary>As <see cref="Cut{T}(RestRequest, RecentRows{T}, Func{T, long}, long, long, Func{T, bool}, int, out string)"/>, with the numbers of the rows.</summary>
    public static List<(long Number, T Row)>? Number<T>(
        RestRequest request, RecentRows<T> all, Func<T, long> timeOf, long start, long end, Func<T, bool> isWanted, int defaultLimit, out string nextCursor)
    {
        nextCursor = "";
        long below = all.EndAt(timeOf, end);
        if (request.Has("cursor"))
        {
            if (!long.TryParse(request["cursor"], NumberStyles.None, CultureInfo.InvariantCulture, out long cursor) || cursor >= all.Count) return null;
            below = Math.Min(below, cursor);
        }

        return Cut(
            request,
            all.Below(below).TakeWhile(row => timeOf(row.Row) >= start).Where(row => isWanted(row.Row)),
            row => row.Number.ToString(CultureInfo.InvariantCulture),
            defaultLimit,
            out nextCursor);
    }

    /// <summary>One page of rows that begin behind the cursor.</summary>
    /// <param name="request">Has <c>limit</c>, checked.</param>
    /// <param name="rows">The rows looked for, newest first.</param>
    /// <param name="idOf">A row's cursor.</param>
    /// <param name="defaultLimit">Rows of a page when no limit was sent.</param>
    /// <param name="nextCursor">Empty at the end.</param>
    public static List<T> Cut<T>(RestRequest request, IEnumerable<T> rows, Func<T, string> idOf, int defaultLimit, out string nextCursor)
    {
        int limit = (int)request.Number("limit", defaultLimit);
        List<T> page = [.. rows.Take(limit + 1)];
        bool isMore = page.Count > limit;
        if (isMore) page.RemoveAt(limit);
        nextCursor = isMore ? idOf(page[^1]) : "";
        return page;
    }

    /// <summary>Writes <c>list</c>, an object a row.</summary>
    public static void WriteList<T>(Utf8JsonWriter json, IEnumerable<T> rows, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray("list");
        foreach (T row in rows)
        {
            json.WriteStartObject();
            write(json, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
