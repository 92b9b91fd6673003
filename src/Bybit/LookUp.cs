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
    private const int RowsPerMessage = 100;
    private const int PagesMax = 1_000;   // of 100 executions: beyond it the venue's cursor does not end

    /// <summary>Asks the venue.</summary>
    /// <param name="payload">The engine's request: a <see cref="LookUpRequest"/> and the names of orders.</param>
    /// <param name="getAsync">Gets a path with its query and returns the answer's body.</param>
    /// <returns>Frames for the inbound ring, in order: rows, executions first and oldest first, then the end.</returns>
    /// <exception cref="VenueRefusalException">The venue refuses, or answers what is not V5's envelope.</exception>
    public static async Task<IReadOnlyList<(InboundKind Kind, byte[] Payload)>> RunAsync(ReadOnlyMemory<byte> payload, Func<string, string, Task<byte[]>> getAsync)
    {
        LookUpRequest request = MemoryMarshal.Read<LookUpRequest>(payload.Span);
        ClientOrderId[] names = MemoryMarshal.Cast<byte, ClientOrderId>(payload.Span[Marshal.SizeOf<LookUpRequest>()..]).ToArray();
        var frames = new List<(InboundKind, byte[])>();
        var orders = new List<string>();
        var absent = new List<ClientOrderId>();
        (List<string> executions, long answeredMillis) = await ExecutionsAsync(request.SinceMillis, getAsync).ConfigureAwait(false);
        foreach (ClientOrderId name in names)
        {
            using JsonDocument answer = await GetAsync("/v5/order/realtime", $"category=linear&orderLinkId={Text(name)}", getAsync).ConfigureAwait(false);
            answeredMillis = Math.Max(answeredMillis, TimeOf(answer));
            JsonElement rows = ListOf(answer, "/v5/order/realtime");
            if (rows.GetArrayLength() == 0) absent.Add(name);
            else orders.Add(rows[0].GetRawText());
        }

        AddMessages(frames, "execution", executions);
        AddMessages(frames, "order", orders);
        frames.Add((InboundKind.LookUpEnd, End(new LookUpEnd(answeredMillis, request.PrivateGeneration, request.AskedNanos), CollectionsMarshal.AsSpan(absent))));
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

    private static async Task<(List<string> Rows, long AnsweredMillis)> ExecutionsAsync(long sinceMillis, Func<string, string, Task<byte[]>> getAsync)
    {
        var rows = new List<(long Time, long Sequence, decimal Leaves, string Text)>();
        long answeredMillis = 0;
        string cursor = "";
        for (int page = 0; page < PagesMax; page++)
        {
            string query = string.Create(CultureInfo.InvariantCulture, $"category=linear&startTime={sinceMillis}&limit=100");
            if (cursor.Length > 0) query += "&cursor=" + cursor;   // comes percent-encoded (Bybit V5, 9.3)
            using JsonDocument answer = await GetAsync("/v5/execution/list", query, getAsync).ConfigureAwait(false);
            answeredMillis = Math.Max(answeredMillis, TimeOf(answer));
            JsonElement list = ListOf(answer, "/v5/execution/list");
            foreach (JsonElement row in list.EnumerateArray()) rows.Add((Integer(row, "execTime"), Integer(row, "seq"), Decimal(row, "leavesQty"), row.GetRawText()));
            cursor = answer.RootElement.GetProperty("result").TryGetProperty("nextPageCursor", out JsonElement next) ? next.ToString() : "";
            if (cursor.Length == 0 || list.GetArrayLength() == 0) break;
        }

        // The venue lists the newest first and does not order fills of one moment; the ledger needs them as they happened.
        return ([.. rows.OrderBy(row => row.Time).ThenBy(row => row.Sequence).ThenByDescending(row => row.Leaves).Select(row => row.Text)], answeredMillis);
    }

    private static async Task<JsonDocument> GetAsync(string path, string query, Func<string, string, Task<byte[]>> getAsync)
    {
        byte[] body = await getAsync(path, query).ConfigureAwait(false);
        JsonDocument answer;
        try
        {
            answer = JsonDocument.Parse(body);
        }
        catch (JsonException fault)
        {
            throw new VenueRefusalException($"GET {path}: the answer is not JSON", fault);
        }

        if (TryGet(answer.RootElement, "retCode", JsonValueKind.Number, out JsonElement code) && code.TryGetInt64(out long number) && number == 0) return answer;
        string text = TryGet(answer.RootElement, "retMsg", JsonValueKind.String, out JsonElement message) ? message.ToString().ReplaceLineEndings(" ") : "no retCode";
        answer.Dispose();
        throw new VenueRefusalException($"GET {path} refused: {text}");
    }

    private static JsonElement ListOf(JsonDocument answer, string path) =>
        TryGet(answer.RootElement, "result", JsonValueKind.Object, out JsonElement result)
        && TryGet(result, "list", JsonValueKind.Array, out JsonElement list)
        && list.EnumerateArray().All(row => row.ValueKind == JsonValueKind.Object)
            ? list
            : throw new VenueRefusalException($"GET {path}: the answer has no result.list of rows");

    private static long TimeOf(JsonDocument answer) => TryGet(answer.RootElement, "time", JsonValueKind.Number, out JsonElement time) && time.TryGetInt64(out long millis) ? millis : 0;

    private static bool TryGet(JsonElement element, string key, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out value) && value.ValueKind == kind;
    }

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
}
