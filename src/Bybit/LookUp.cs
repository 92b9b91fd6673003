using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.Bybit;

/// <summary>Finds out by REST what a lost connection did not deliver: executions since a time, and what became of orders (Bybit V5, 10.6, 10.8 and 24.7).</summary>
/// <remarks>Allocates. The rows come back as messages of the private stream, so that the engine has one reader for both.</remarks>
public static class LookUp
{
    private const string ExecutionsPath = "/v5/execution/list";
    private const string OrdersPath = "/v5/order/realtime";
    private const int RowsPerMessage = 100;
    private const int PagesMax = 1_000;   // of 100 executions or 50 orders: beyond it the venue's cursor does not end
    private const int RepeatsMax = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks the venue.</summary>
    /// <param name="payload">The engine's request: a <see cref="LookUpRequest"/> and the names of orders.</param>
    /// <param name="getAsync">Gets a path with its query and returns the answer's body.</param>
    /// <param name="pause">Waits before a request is repeated that the venue refused for the number of requests, at most five times and 0.2 s longer each time; null to repeat none.</param>
    /// <param name="redact">Takes out of the venue's words what nobody should read; null when there is nothing such.</param>
    /// <returns>Frames for the inbound ring, in order: rows, executions first and oldest first, then the end. Orders that were not asked for are left out.</returns>
    /// <exception cref="VenueRefusalException">The venue refuses, answers what is not V5's envelope or has no time, or its pages do not end.</exception>
    public static async Task<IReadOnlyList<(InboundKind Kind, byte[] Payload)>> RunAsync(
        ReadOnlyMemory<byte> payload,
        Func<string, string, Task<byte[]>> getAsync,
        Func<TimeSpan, Task>? pause = null,
        Func<string, string>? redact = null)
    {
        LookUpRequest request = MemoryMarshal.Read<LookUpRequest>(payload.Span);
        ClientOrderId[] names = MemoryMarshal.Cast<byte, ClientOrderId>(payload.Span[Marshal.SizeOf<LookUpRequest>()..]).ToArray();
        var pages = new Pages(getAsync, pause, redact ?? (text => text));
        List<string> executions = await ExecutionsAsync(request.SinceMillis, pages).ConfigureAwait(false);
        (List<string> orders, List<ClientOrderId> absent) = await OrdersAsync(names, pages).ConfigureAwait(false);

        var frames = new List<(InboundKind, byte[])>();
        AddMessages(frames, "execution", executions);
        AddMessages(frames, "order", orders);
        frames.Add((InboundKind.LookUpEnd, End(new LookUpEnd(pages.AnsweredMillis, request.PrivateGeneration, request.AskedNanos), CollectionsMarshal.AsSpan(absent))));
        return frames;
    }

    private static byte[] End(LookUpEnd end, ReadOnlySpan<ClientOrderId> absent)
    {
        ReadOnlySpan<byte> names = MemoryMarshal.AsBytes(absent);
        int headBytes = Marshal.SizeOf<LookUpEnd>();
        byte[] payload = new byte[headBytes + names.Length];
        MemoryMarshal.Write(payload, in end);
        names.CopyTo(payload.AsSpan(headBytes));
        return payload;
    }

    private static async Task<List<string>> ExecutionsAsync(long sinceMillis, Pages pages)
    {
        string query = string.Create(CultureInfo.InvariantCulture, $"category=linear&startTime={sinceMillis}&limit=100");
        var rows = await pages.AllAsync(ExecutionsPath, query, row =>
            (Time: Integer(row, "execTime"), Sequence: Integer(row, "seq"), Leaves: Decimal(row, "leavesQty"), Text: row.GetRawText())).ConfigureAwait(false);

        // The venue lists the newest first and does not order fills of one moment; the ledger needs them as they happened.
        return [.. rows.OrderBy(row => row.Time).ThenBy(row => row.Sequence).ThenByDescending(row => row.Leaves).Select(row => row.Text)];
    }

    /// <summary>The open orders in pages; one request each only for those that are closed or absent, since the venue takes 50 requests a second (Bybit V5, 17).</summary>
    private static async Task<(List<string> Rows, List<ClientOrderId> Absent)> OrdersAsync(ClientOrderId[] names, Pages pages)
    {
        var rows = new List<string>();
        var absent = new List<ClientOrderId>();
        if (names.Length == 0) return (rows, absent);

        var open = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string text) in await pages.AllAsync(OrdersPath, "category=linear&settleCoin=USDT&openOnly=0&limit=50", row => (Name: String(row, "orderLinkId"), Text: row.GetRawText())).ConfigureAwait(false))
        {
            open[name] = text;   // listed twice, it has moved while the pages were read: the later one is newer
        }

        foreach (ClientOrderId name in names)
        {
            if (open.TryGetValue(Text(name), out string? row))
            {
                rows.Add(row);
                continue;
            }

            (List<string> found, _) = await pages.OneAsync(OrdersPath, $"category=linear&orderLinkId={Text(name)}", element => element.GetRawText()).ConfigureAwait(false);
            if (found.Count == 0) absent.Add(name);
            else rows.Add(found[0]);
        }

        return (rows, absent);
    }

    private static string String(JsonElement row, string key) => VenueAnswer.TryGet(row, key, JsonValueKind.String, out JsonElement value) ? value.GetString()! : "";

    private static long Integer(JsonElement row, string key) =>
        row.TryGetProperty(key, out JsonElement value) && long.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : 0;

    private static decimal Decimal(JsonElement row, string key) =>
        row.TryGetProperty(key, out JsonElement value) && decimal.TryParse(value.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal number) ? number : 0;

    private static string Text(ClientOrderId name) => string.Create(CultureInfo.InvariantCulture, $"le{name.Session:x8}{name.Number:x8}");

    /// <summary>REST rows lack the category that rows of the stream carry (Bybit V5, 7.1 and 10.6).</summary>
    private static void AddMessages(List<(InboundKind, byte[])> frames, string topic, List<string> rows)
    {
        foreach (string[] chunk in rows.Chunk(RowsPerMessage))
        {
            string data = string.Join(',', chunk.Select(row => row.Length > 2 ? "{\"category\":\"linear\"," + row[1..] : row));
            frames.Add((InboundKind.LookUpRows, Encoding.UTF8.GetBytes($"{{\"topic\":\"{topic}\",\"data\":[{data}]}}")));
        }
    }

    /// <summary>The venue's lists, page by page.</summary>
    private sealed class Pages(Func<string, string, Task<byte[]>> getAsync, Func<TimeSpan, Task>? pause, Func<string, string> redact)
    {
        /// <summary>The newest answer's time at the venue, ms since 1970.</summary>
        public long AnsweredMillis { get; private set; }

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

            throw new VenueRefusalException($"GET {path}: the pages do not end");
        }

        /// <summary>One page and the cursor behind it, empty for none.</summary>
        public async Task<(List<T> Rows, string Cursor)> OneAsync<T>(string path, string query, Func<JsonElement, T> read)
        {
            for (int repeats = 0; ; repeats++)
            {
                try
                {
                    byte[] body = await getAsync(path, query).ConfigureAwait(false);
                    return VenueAnswer.Read(body, $"GET {path}", redact, envelope => Page(envelope, path, read));
                }
                catch (VenueRefusalException fault) when (fault.IsPacing && pause is not null && repeats < RepeatsMax)
                {
                    await pause(FirstPause * (repeats + 1)).ConfigureAwait(false);
                }
            }
        }

        private (List<T> Rows, string Cursor) Page<T>(JsonElement envelope, string path, Func<JsonElement, T> read)
        {
            if (!VenueAnswer.TryGet(envelope, "result", JsonValueKind.Object, out JsonElement result)
                || !VenueAnswer.TryGet(result, "list", JsonValueKind.Array, out JsonElement list)
                || list.EnumerateArray().Any(row => row.ValueKind != JsonValueKind.Object))
            {
                throw new VenueRefusalException($"GET {path}: the answer has no result.list of rows");
            }

            // Without it messages from before the look-up would be taken for newer than its answer.
            if (!VenueAnswer.TryGet(envelope, "time", JsonValueKind.Number, out JsonElement time) || !time.TryGetInt64(out long answeredMillis) || answeredMillis <= 0)
            {
                throw new VenueRefusalException($"GET {path}: the answer has no time");
            }

            AnsweredMillis = Math.Max(AnsweredMillis, answeredMillis);
            return ([.. list.EnumerateArray().Select(read)], result.TryGetProperty("nextPageCursor", out JsonElement next) ? next.ToString() : "");
        }
    }
}
