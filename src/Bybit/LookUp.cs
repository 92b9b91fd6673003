using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.Bybit;

/// <summary>Finds out by REST what the venue holds and what a lost connection did not deliver: executions since a time, positions, the wallet, open orders, and what became of others (Bybit V5, 10.6, 10.8, 11.1, 12.1 and 24.7).</summary>
/// <remarks>Allocates. The rows come back as messages of the private stream, so that the engine has one reader for both.</remarks>
public static class LookUp
{
    private const int TriesMax = 3;
    private const int RowsPerMessage = 100;

    /// <summary>Asks the venue.</summary>
    /// <param name="payload">The engine's request: a <see cref="LookUpRequest"/> and the names of orders.</param>
    /// <param name="symbols">Whose positions are asked for, each by its name: the venue then has to say that one is flat, where a list of those that are not would merely lack it.</param>
    /// <param name="getAsync">Gets a path with its query and returns the answer's body; asked several things at once.</param>
    /// <param name="redact">Takes out of the venue's words what nobody should read; null when there is nothing such.</param>
    /// <returns>Frames for the inbound ring, in order: rows of executions, oldest first, of the position of each symbol, of the wallet, of every open order and of those asked for that are closed; then the end.</returns>
    /// <exception cref="VenueRefusalException">The venue refuses, answers what is not V5's envelope or has no time, its pages do not end, it has no position of a symbol, or three times in a row something was executed while it was asked.</exception>
    public static async Task<IReadOnlyList<(InboundKind Kind, byte[] Payload)>> RunAsync(
        ReadOnlyMemory<byte> payload,
        IReadOnlyList<string> symbols,
        Func<string, string, Task<byte[]>> getAsync,
        Func<string, string>? redact = null)
    {
        LookUpRequest request = MemoryMarshal.Read<LookUpRequest>(payload.Span);
        ClientOrderId[] names = MemoryMarshal.Cast<byte, ClientOrderId>(payload.Span[Marshal.SizeOf<LookUpRequest>()..]).ToArray();
        var pages = new VenuePages(getAsync, redact ?? (text => text));
        (List<string> Rows, string[] Ids) executions = await ExecutionsAsync(request.SinceMillis, pages).ConfigureAwait(false);
        for (int tries = 1; tries <= TriesMax; tries++)
        {
            // Side by side, for every one of them is waited for before quotes are made again.
            Task<string>[] positions = [.. symbols.Select(symbol => PositionAsync(symbol, pages))];
            Task<string> wallet = WalletAsync(pages);
            Task<(List<string> Rows, List<ClientOrderId> Absent)> orders = OrdersAsync(names, pages);
            await Task.WhenAll([.. positions, wallet, orders]).ConfigureAwait(false);

            // A position from before an execution and a wallet from behind it belong to no moment: the picture is whole when nothing was executed meanwhile.
            (List<string> Rows, string[] Ids) again = await ExecutionsAsync(request.SinceMillis, pages).ConfigureAwait(false);
            bool isWhole = again.Ids.SequenceEqual(executions.Ids, StringComparer.Ordinal);
            executions = again;
            if (isWhole) return Frames(request, pages.AnsweredMillis, executions.Rows, [.. positions.Select(position => position.Result)], wallet.Result, orders.Result.Rows, orders.Result.Absent);
        }

        throw new VenueRefusalException(OutcomeClass.Unknown, $"GET {BybitRest.ExecutionsPath}: something was executed each of the {TriesMax} times that positions and wallet were asked for");
    }

    private static List<(InboundKind, byte[])> Frames(
        LookUpRequest request, long answeredMillis, List<string> executions, List<string> positions, string wallet, List<string> orders, List<ClientOrderId> absent)
    {
        var frames = new List<(InboundKind, byte[])>();
        AddMessages(frames, "execution", executions, answeredMillis);
        AddMessages(frames, "position", positions, answeredMillis);
        frames.Add((InboundKind.LookUpRows, Message("wallet", $"{{\"coin\":[{wallet}]}}", answeredMillis)));
        AddMessages(frames, "order", orders, answeredMillis);
        frames.Add((InboundKind.LookUpEnd, End(new LookUpEnd(answeredMillis, request.PrivateGeneration, request.AskedNanos, RowFrames: frames.Count), CollectionsMarshal.AsSpan(absent))));
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

    private static async Task<(List<string> Rows, string[] Ids)> ExecutionsAsync(long sinceMillis, VenuePages pages)
    {
        string query = string.Create(CultureInfo.InvariantCulture, $"category=linear&startTime={sinceMillis}&limit=100");
        var rows = await pages.AllAsync(BybitRest.ExecutionsPath, query, row =>
            (Time: Integer(row, "execTime"), Sequence: Integer(row, "seq"), Leaves: Decimal(row, "leavesQty"), Id: String(row, "execId"), Text: row.GetRawText())).ConfigureAwait(false);

        // The venue lists the newest first and does not order fills of one moment; the ledger needs them as they happened.
        List<string> ordered = [.. rows.OrderBy(row => row.Time).ThenBy(row => row.Sequence).ThenByDescending(row => row.Leaves).Select(row => row.Text)];
        return (ordered, [.. rows.Select(row => row.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    /// <summary>By its symbol a position is listed also when it is flat (Bybit V5, 11.1); of several, in hedge mode, the one that stands in the way.</summary>
    private static async Task<string> PositionAsync(string symbol, VenuePages pages)
    {
        List<(bool IsOneWay, string Text)> rows = await pages.AllAsync(BybitRest.PositionsPath, $"category=linear&symbol={symbol}", row => (Integer(row, "positionIdx") == 0, Position(row))).ConfigureAwait(false);
        return rows.Count > 0 ? rows.MinBy(row => row.IsOneWay).Text : throw new VenueRefusalException(OutcomeClass.Unknown, $"GET {BybitRest.PositionsPath}: no position of {symbol}");
    }

    /// <summary>A row as the stream writes it, which names the average entry otherwise (Bybit V5, 11.1).</summary>
    private static string Position(JsonElement row) => VenueAnswer.TryGet(row, "avgPrice", JsonValueKind.String, out JsonElement entry)
        ? $"{{\"entryPrice\":{entry.GetRawText()},{row.GetRawText()[1..]}"
        : throw new VenueRefusalException(OutcomeClass.Unknown, $"GET {BybitRest.PositionsPath}: a position has no avgPrice");

    /// <summary>The wallet's USDT. A coin of which there is nothing is not listed (Bybit V5, 12.1).</summary>
    private static async Task<string> WalletAsync(VenuePages pages)
    {
        (List<string?> found, _) = await pages.OneAsync(BybitRest.WalletPath, "accountType=UNIFIED", Usdt).ConfigureAwait(false);
        if (found.Count == 0) throw new VenueRefusalException(OutcomeClass.Unknown, $"GET {BybitRest.WalletPath}: no account");
        return found[0] ?? "{\"coin\":\"USDT\",\"equity\":\"0\",\"walletBalance\":\"0\"}";

        static string? Usdt(JsonElement account)
        {
            if (!VenueAnswer.TryGet(account, "coin", JsonValueKind.Array, out JsonElement coins)) throw new VenueRefusalException(OutcomeClass.Unknown, $"GET {BybitRest.WalletPath}: an account has no coins");
            JsonElement usdt = coins.EnumerateArray().FirstOrDefault(coin => coin.ValueKind == JsonValueKind.Object && String(coin, "coin") == "USDT");
            return usdt.ValueKind == JsonValueKind.Undefined ? null : usdt.GetRawText();
        }
    }

    /// <summary>The open orders in pages, whoever placed them; one request each only for those that are closed or absent, since the venue takes 50 requests a second (Bybit V5, 17).</summary>
    private static async Task<(List<string> Rows, List<ClientOrderId> Absent)> OrdersAsync(ClientOrderId[] names, VenuePages pages)
    {
        var rows = new List<string>();
        var absent = new List<ClientOrderId>();
        var open = new Dictionary<string, string>(StringComparer.Ordinal);
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string id, string name, string text) in await pages.AllAsync(BybitRest.OrdersPath, "category=linear&settleCoin=USDT&openOnly=0&limit=50", row => (Id: String(row, "orderId"), Name: String(row, "orderLinkId"), Text: row.GetRawText())).ConfigureAwait(false))
        {
            open[id] = text;   // listed twice, it has moved while the pages were read: the later one is newer
            listed.Add(name);
        }

        rows.AddRange(open.Values);
        foreach (ClientOrderId name in names)
        {
            if (listed.Contains(name.ToString())) continue;
            (List<string> found, _) = await pages.OneAsync(BybitRest.OrdersPath, $"category=linear&settleCoin=USDT&orderLinkId={name}", element => element.GetRawText()).ConfigureAwait(false);
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

    /// <summary>REST rows lack the category that rows of the stream carry (Bybit V5, 7.1 and 10.6).</summary>
    private static void AddMessages(List<(InboundKind, byte[])> frames, string topic, List<string> rows, long answeredMillis)
    {
        foreach (string[] chunk in rows.Chunk(RowsPerMessage))
        {
            string data = string.Join(',', chunk.Select(row => row.Length > 2 ? "{\"category\":\"linear\"," + row[1..] : row));
            frames.Add((InboundKind.LookUpRows, Message(topic, data, answeredMillis)));
        }
    }

    private static byte[] Message(string topic, string data, long answeredMillis) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"topic\":\"{topic}\",\"creationTime\":{answeredMillis},\"data\":[{data}]}}"));
}
