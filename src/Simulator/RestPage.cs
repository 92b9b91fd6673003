using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>Pages of rows, newest first (Bybit V5, 9.3).</summary>
/// <remarks>
/// A cursor is the id of the last row of the page before, in letters, digits and dashes only, since a client may encode it twice on its way back
/// (Bybit V5, 19.4). It stays valid whatever happens to that row.
/// </remarks>
internal static class RestPage
{
    /// <summary>Refusal of a cursor that this venue has not given out.</summary>
    public static Refusal BadCursor { get; } = new(10001, "params error: cursor is invalid");

    /// <summary>One page of what was found.</summary>
    /// <param name="request">Has <c>cursor</c> and <c>limit</c>, checked.</param>
    /// <param name="all">Every row, oldest first.</param>
    /// <param name="isWanted">Which of them are looked for.</param>
    /// <param name="idOf">A row's id.</param>
    /// <param name="defaultLimit">Rows of a page when no limit was sent.</param>
    /// <param name="nextCursor">Empty at the end.</param>
    /// <returns>Null when the cursor is of no row.</returns>
    public static List<T>? Cut<T>(RestRequest request, IReadOnlyList<T> all, Func<T, bool> isWanted, Func<T, string> idOf, int defaultLimit, out string nextCursor)
    {
        nextCursor = "";
        int next = all.Count - 1;
        if (request.Has("cursor"))
        {
            string cursor = request["cursor"];
            while (next >= 0 && idOf(all[next]) != cursor) next--;
            if (next < 0) return null;
            next--;
        }

        int limit = (int)request.Number("limit", defaultLimit);
        var page = new List<T>();
        for (; next >= 0; next--)
        {
            if (!isWanted(all[next])) continue;
            if (page.Count == limit)
            {
                nextCursor = idOf(page[^1]);
                break;
            }

            page.Add(all[next]);
        }

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
