using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Bybit.Tests;

public sealed class LookUpTests
{
    private const long AskedNanos = 1_234_567;

    internal const string NoRows = "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"list\":[]},\"time\":5}";

    private const string Position = "/v5/position/list?category=linear&symbol=";

    private const string Wallet = "/v5/account/wallet-balance?accountType=UNIFIED";

    internal const string AnAccount = "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"list\":[{\"coin\":[]}]},\"time\":5}";

    private const string OpenOrders = "/v5/order/realtime?category=linear&settleCoin=USDT&openOnly=0&limit=50";

    internal const string Flat = "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"list\":[{\"positionIdx\":0,\"side\":\"\",\"size\":\"0\",\"avgPrice\":\"0\"}]},\"time\":5}";

    private static readonly ClientOrderId First = new(1, 1), Second = new(1, 2), Third = new(0xABCDEF01, 0x10);

    [Fact]
    public async Task Executions_are_asked_for_since_the_time_then_each_position_wallet_open_orders_and_each_order_that_is_not_among_them_and_the_executions_once_more()
    {
        var venue = new FakeVenue(asked => asked switch
        {
            OpenOrders => Rows("", Order("le0000000100000002", "New")),
            Position + "A" or Position + "B" => Flat,
            _ => NoRows,
        });

        await venue.RunAsync(Request(1_234, 7, First, Second, Third), ["A", "B"]);

        Assert.Equal(
            [
                "/v5/execution/list?category=linear&startTime=1234&limit=100",
                Position + "A",
                Position + "B",
                Wallet,
                OpenOrders,
                "/v5/order/realtime?category=linear&settleCoin=USDT&orderLinkId=le0000000100000001",
                "/v5/order/realtime?category=linear&settleCoin=USDT&orderLinkId=leabcdef0100000010",
                "/v5/execution/list?category=linear&startTime=1234&limit=100",
            ],
            venue.Asked);
    }

    [Fact]
    public async Task Two_hundred_open_orders_take_four_pages_and_no_request_of_their_own()
    {
        ClientOrderId[] names = [.. Enumerable.Range(1, 200).Select(number => new ClientOrderId(1, (uint)number))];
        var venue = new FakeVenue(asked =>
        {
            if (!asked.StartsWith(OpenOrders, StringComparison.Ordinal)) return NoRows;
            int page = asked == OpenOrders ? 0 : asked[^1] - '0';
            return Rows(page == 3 ? "" : $"page%3D{page + 1}", [.. Enumerable.Range((page * 50) + 1, 50).Select(number => Order($"le00000001{number:x8}", "New"))]);
        });

        IReadOnlyList<(InboundKind Kind, byte[] Payload)> frames = await venue.RunAsync(Request(0, 1, names));

        Assert.Equal([OpenOrders, OpenOrders + "&cursor=page%3D1", OpenOrders + "&cursor=page%3D2", OpenOrders + "&cursor=page%3D3"], venue.Asked.Skip(2).SkipLast(1));
        Assert.Equal(names.Select(name => $"le00000001{name.Number:x8}"), frames.Skip(1).SkipLast(1).SelectMany(frame => Texts(frame, "orderLinkId")));
    }

    [Fact]
    public async Task Open_orders_come_back_whoever_placed_them()
    {
        var venue = new FakeVenue(asked => asked == OpenOrders ? Rows("", Order("by-hand", "New"), "{\"orderId\":\"o\",\"orderLinkId\":\"\"}", Order("le0000000100000001", "New")) : NoRows);

        IReadOnlyList<(InboundKind Kind, byte[] Payload)> frames = await venue.RunAsync(Request(0, 1));

        Assert.Equal(3, frames.Count);
        Assert.Equal(["by-hand", "", "le0000000100000001"], Texts(frames[1], "orderLinkId"));
    }

    [Fact]
    public async Task Positions_come_back_in_the_order_of_the_symbols_with_the_average_entry_as_the_stream_names_it()
    {
        var venue = new FakeVenue(asked => asked switch
        {
            Position + "A" => Rows("", "{\"symbol\":\"A\",\"avgPrice\":\"1.5\"}"),
            Position + "B" => Rows("", "{\"symbol\":\"B\",\"avgPrice\":\"2\"}"),
            _ => NoRows,
        });

        IReadOnlyList<(InboundKind Kind, byte[] Payload)> frames = await venue.RunAsync(Request(0, 1), ["A", "B"]);

        Assert.Equal("{\"topic\":\"position\",\"creationTime\":5,\"data\":[{\"category\":\"linear\",\"entryPrice\":\"1.5\",\"symbol\":\"A\",\"avgPrice\":\"1.5\"},{\"category\":\"linear\",\"entryPrice\":\"2\",\"symbol\":\"B\",\"avgPrice\":\"2\"}]}", Encoding.UTF8.GetString(frames[0].Payload));
    }

    [Fact]
    public async Task Of_the_wallet_comes_back_its_USDT_and_none_is_zero()
    {
        const string Usdt = "{\"coin\":\"USDT\",\"walletBalance\":\"7\",\"equity\":\"8\"}";
        foreach ((string coins, string expected) in new[]
        {
            ("{\"coin\":\"BTC\",\"walletBalance\":\"1\"}," + Usdt, Usdt),
            ("{\"coin\":\"BTC\",\"walletBalance\":\"1\"}", "{\"coin\":\"USDT\",\"equity\":\"0\",\"walletBalance\":\"0\"}"),
        })
        {
            var venue = new FakeVenue(_ => NoRows, Rows("", $"{{\"accountType\":\"UNIFIED\",\"coin\":[{coins}]}}"));

            Assert.Equal($"{{\"topic\":\"wallet\",\"creationTime\":5,\"data\":[{{\"coin\":[{expected}]}}]}}", Encoding.UTF8.GetString((await venue.RunAsync(Request(0, 1)))[0].Payload));
        }
    }

    [Theory]
    [InlineData(Wallet, "{\"retCode\":0,\"result\":{\"list\":[]},\"time\":5}", "GET /v5/account/wallet-balance: no account")]
    [InlineData(Wallet, "{\"retCode\":0,\"result\":{\"list\":[{}]},\"time\":5}", "GET /v5/account/wallet-balance: an account has no coins")]
    [InlineData(Position + "A", "{\"retCode\":0,\"result\":{\"list\":[{\"symbol\":\"A\"}]},\"time\":5}", "GET /v5/position/list: a position has no avgPrice")]
    [InlineData(Position + "A", NoRows, "GET /v5/position/list: no position of A")]
    public async Task A_picture_with_a_part_missing_is_a_refusal(string path, string answer, string message)
    {
        var venue = new FakeVenue(asked => asked == path ? answer : NoRows, path == Wallet ? answer : null);

        Assert.Equal(message, (await Assert.ThrowsAsync<VenueRefusalException>(() => venue.RunAsync(Request(0, 1), path == Wallet ? [] : ["A"]))).Message);
    }

    [Fact]
    public async Task Of_a_position_in_hedge_mode_comes_back_the_side_that_stands_in_the_way()
    {
        var venue = new FakeVenue(asked => asked == Position + "A"
            ? Rows("", "{\"positionIdx\":0,\"avgPrice\":\"0\"}", "{\"positionIdx\":2,\"avgPrice\":\"7\"}")
            : NoRows);

        Assert.Equal(["7"], Texts((await venue.RunAsync(Request(0, 1), ["A"]))[0], "entryPrice"));
    }

    [Fact]
    public async Task Positions_wallet_and_open_orders_are_asked_for_side_by_side()
    {
        int asked = 0;
        var allAsked = new TaskCompletionSource();
        Task<IReadOnlyList<(InboundKind Kind, byte[] Payload)>> look = LookUp.RunAsync(Request(0, 1), ["A", "B"], async (path, query) =>
        {
            if (path == "/v5/execution/list") return Encoding.UTF8.GetBytes(NoRows);
            if (Interlocked.Increment(ref asked) == 4) allAsked.SetResult();
            await allAsked.Task.WaitAsync(TimeSpan.FromSeconds(60));   // nobody is answered before everybody is asked
            return Encoding.UTF8.GetBytes(path switch { "/v5/position/list" => Flat, "/v5/account/wallet-balance" => AnAccount, _ => NoRows });
        });

        Assert.Equal(3, (await look).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_picture_that_something_was_executed_in_is_taken_again_and_after_three_of_them_refused(int torn)
    {
        int asks = 0;
        var venue = new FakeVenue(asked => asked.StartsWith("/v5/execution", StringComparison.Ordinal)
            ? Rows("", [.. Enumerable.Range(0, Math.Min(asks++, torn)).Select(i => Execution($"{i}", i, 0, "0"))])
            : asked == Position + "A" ? Rows("", $"{{\"symbol\":\"A\",\"avgPrice\":\"{asks}\"}}") : NoRows);

        Task<IReadOnlyList<(InboundKind Kind, byte[] Payload)>> look = venue.RunAsync(Request(0, 1), ["A"]);
        if (torn == 3)
        {
            Assert.Equal("GET /v5/execution/list: something was executed each of the 3 times that positions and wallet were asked for", (await Assert.ThrowsAsync<VenueRefusalException>(() => look)).Message);
            return;
        }

        IReadOnlyList<(InboundKind Kind, byte[] Payload)> frames = await look;
        Assert.Equal(Enumerable.Range(0, torn).Select(i => $"{i}"), Ids(frames[0]));
        Assert.Equal([$"{torn + 1}"], Texts(frames[1], "entryPrice"));
        Assert.Equal(torn + 1, venue.Asked.Count(asked => asked == Wallet));
    }

    [Fact]
    public async Task An_order_that_is_listed_twice_counts_as_it_was_listed_last()
    {
        var venue = new FakeVenue(asked => asked == OpenOrders ? Rows("", Order("le0000000100000001", "New"), Order("le0000000100000001", "PartiallyFilled")) : NoRows);

        Assert.Equal(["PartiallyFilled"], Texts((await venue.RunAsync(Request(0, 1, First)))[1], "orderStatus"));
    }

    [Theory]
    [InlineData("/v5/execution/list")]
    [InlineData("/v5/order/realtime")]
    public async Task Pages_that_do_not_end_are_refused(string path)
    {
        int number = 0;
        var turning = new FakeVenue(asked => asked.StartsWith(path, StringComparison.Ordinal) ? Rows(number++ % 2 == 0 ? "a" : "b", Execution("x", 1, 1, "0")) : NoRows);
        var endless = new FakeVenue(asked => asked.StartsWith(path, StringComparison.Ordinal) ? Rows($"{number++}", Execution("x", 1, 1, "0")) : NoRows);

        foreach (FakeVenue venue in new[] { turning, endless })
        {
            Assert.Equal($"GET {path}: the pages do not end", (await Assert.ThrowsAsync<VenueRefusalException>(() => venue.RunAsync(Request(0, 1, First)))).Message);
        }

        Assert.Equal(3, turning.Asked.Count(asked => asked.StartsWith(path, StringComparison.Ordinal)));
        Assert.Equal(1_000, endless.Asked.Count(asked => asked.StartsWith(path, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{\"retCode\":10004,\"retMsg\":\"\\ud800\"}")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[{}],\"nextPageCursor\":\"\\udc00\"},\"time\":5}")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[{\"execTime\":\"\\ud800x\"}]},\"time\":5}")]
    public async Task Half_a_surrogate_pair_is_a_refusal(string answer)
    {
        var venue = new FakeVenue(_ => answer);

        Assert.Equal("GET /v5/execution/list: the answer has a text that is not Unicode", (await Assert.ThrowsAsync<VenueRefusalException>(() => venue.RunAsync(Request(0, 1)))).Message);
    }

    [Fact]
    public async Task The_venues_words_are_redacted()
    {
        var venue = new FakeVenue(_ => "{\"retCode\":10004,\"retMsg\":\"error sign! origin_string[1682321990138test-key5000category=linear]\"}");

        VenueRefusalException fault = await Assert.ThrowsAsync<VenueRefusalException>(() => venue.RunAsync(Request(0, 1), redact: text => text.Replace("test-key", "(key)", StringComparison.Ordinal)));

        Assert.Equal("GET /v5/execution/list refused: error sign! origin_string[1682321990138(key)5000category=linear]", fault.Message);
        Assert.DoesNotContain("test-key", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_followed_by_their_cursor_which_is_passed_back_as_it_came()
    {
        var venue = new FakeVenue(asked => !asked.StartsWith("/v5/execution", StringComparison.Ordinal) ? NoRows : asked.Contains("cursor", StringComparison.Ordinal)
            ? Rows("", Execution("b", 1, 1, "0"))
            : Rows("page_args%3D1%2C2", Execution("a", 2, 2, "0")));

        Assert.Equal(["b", "a"], Ids((await venue.RunAsync(Request(0, 1)))[0]));

        Assert.Equal("/v5/execution/list?category=linear&startTime=0&limit=100&cursor=page_args%3D1%2C2", venue.Asked[1]);
        Assert.Equal(2 + 2 + 2, venue.Asked.Count);
    }

    [Fact]
    public async Task A_cursor_behind_an_empty_page_is_not_followed()
    {
        var venue = new FakeVenue(_ => Rows("again"));

        Assert.Equal(2, (await venue.RunAsync(Request(0, 1))).Count);
        Assert.Equal(4, venue.Asked.Count);
    }

    [Fact]
    public async Task Executions_come_back_oldest_first_then_by_sequence_then_by_what_was_left()
    {
        var venue = new FakeVenue(asked => !asked.StartsWith("/v5/execution", StringComparison.Ordinal) ? NoRows : Rows("", Execution("f", 3, 1, "0"), Execution("e", 2, 9, "0"), Execution("d", 2, 8, "0"), Execution("c", 2, 8, "0.5"), Execution("b", 2, 8, "1.25"), Execution("a", 1, 99, "0")));

        Assert.Equal(["a", "b", "c", "d", "e", "f"], Ids((await venue.RunAsync(Request(0, 1)))[0]));
    }

    [Fact]
    public async Task Rows_are_messages_of_the_private_stream_with_the_category_that_REST_leaves_out()
    {
        var venue = new FakeVenue(asked => asked.StartsWith("/v5/execution", StringComparison.Ordinal) ? Rows("", "{\"execId\":\"a\",\"execTime\":\"1\"}") : asked.StartsWith("/v5/order", StringComparison.Ordinal) ? Rows("", "{\"orderId\":\"o\"}") : NoRows);

        IReadOnlyList<(InboundKind Kind, string Text)> frames = [.. (await venue.RunAsync(Request(0, 1, new ClientOrderId(1, 1)))).Select(frame => (frame.Kind, Encoding.UTF8.GetString(frame.Payload)))];

        Assert.Equal((InboundKind.LookUpRows, "{\"topic\":\"execution\",\"creationTime\":5,\"data\":[{\"category\":\"linear\",\"execId\":\"a\",\"execTime\":\"1\"}]}"), frames[0]);
        Assert.Equal((InboundKind.LookUpRows, "{\"topic\":\"order\",\"creationTime\":5,\"data\":[{\"category\":\"linear\",\"orderId\":\"o\"},{\"category\":\"linear\",\"orderId\":\"o\"}]}"), frames[2]);
        Assert.Equal(InboundKind.LookUpEnd, frames[3].Kind);
        Assert.Equal(4, frames.Count);
    }

    [Fact]
    public async Task A_message_has_at_most_a_hundred_rows()
    {
        var venue = new FakeVenue(asked => !asked.StartsWith("/v5/execution", StringComparison.Ordinal) ? NoRows : Rows("", [.. Enumerable.Range(0, 250).Select(i => Execution($"{i}", i, 0, "0"))]));

        IReadOnlyList<(InboundKind Kind, byte[] Payload)> frames = await venue.RunAsync(Request(0, 1));

        Assert.Equal([100, 100, 50], frames.SkipLast(2).Select(frame => Ids(frame).Count));
        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"{i}"), frames.SkipLast(2).SelectMany(Ids));
    }

    [Fact]
    public async Task The_end_carries_the_newest_answers_time_the_generation_and_the_names_that_the_venue_does_not_know()
    {
        ClientOrderId known = new(1, 1), unknown = new(1, 2), other = new(2, 3);
        var venue = new FakeVenue(asked =>
            asked.Contains("le0000000100000001", StringComparison.Ordinal) ? "{\"retCode\":0,\"result\":{\"list\":[{}]},\"time\":9}" : NoRows);

        (InboundKind kind, byte[] payload) = (await venue.RunAsync(Request(0, 42, known, unknown, other)))[^1];

        Assert.Equal(InboundKind.LookUpEnd, kind);
        Assert.Equal(new LookUpEnd(AnsweredMillis: 9, PrivateGeneration: 42, AskedNanos, RowFrames: 2), MemoryMarshal.Read<LookUpEnd>(payload));
        Assert.Equal([unknown, other], MemoryMarshal.Cast<byte, ClientOrderId>(payload.AsSpan(Marshal.SizeOf<LookUpEnd>())).ToArray());
    }

    [Theory]
    [InlineData("{\"retCode\":10002,\"retMsg\":\"invalid request,\\nplease check\"}", "GET /v5/execution/list refused: invalid request, please check")]
    [InlineData("{\"retCode\":\"0\",\"retMsg\":\"OK\"}", "GET /v5/execution/list refused: OK")]
    [InlineData("{\"result\":{\"list\":[]}}", "GET /v5/execution/list refused: no retCode")]
    [InlineData("[]", "GET /v5/execution/list refused: no retCode")]
    [InlineData("<html>", "GET /v5/execution/list: the answer is not JSON")]
    [InlineData("", "GET /v5/execution/list: the answer is not JSON")]
    [InlineData("{\"retCode\":0}", "GET /v5/execution/list: the answer has no result.list of rows")]
    [InlineData("{\"retCode\":0,\"result\":[]}", "GET /v5/execution/list: the answer has no result.list of rows")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":{}}}", "GET /v5/execution/list: the answer has no result.list of rows")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[1]}}", "GET /v5/execution/list: the answer has no result.list of rows")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[]}}", "GET /v5/execution/list: the answer has no time")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[]},\"time\":\"soon\"}", "GET /v5/execution/list: the answer has no time")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[]},\"time\":1e99}", "GET /v5/execution/list: the answer has no time")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[]},\"time\":0}", "GET /v5/execution/list: the answer has no time")]
    public async Task A_refusal_or_a_damaged_answer_is_one_line(string answer, string message)
    {
        var venue = new FakeVenue(_ => answer);

        Assert.Equal(message, (await Assert.ThrowsAsync<VenueRefusalException>(() => venue.RunAsync(Request(0, 1)))).Message);
    }

    [Theory]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[],\"nextPageCursor\":7},\"time\":5}")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[],\"nextPageCursor\":null},\"time\":5}")]
    public async Task What_is_damaged_and_not_needed_is_passed_over(string answer)
    {
        var venue = new FakeVenue(_ => answer);

        Assert.Equal(2, (await venue.RunAsync(Request(0, 1))).Count);
    }

    internal static byte[] Request(long sinceMillis, long generation, params ClientOrderId[] names) =>
        [.. MemoryMarshal.AsBytes(new[] { new LookUpRequest(sinceMillis, generation, AskedNanos) }.AsSpan()), .. MemoryMarshal.AsBytes(names.AsSpan())];

    private static string Execution(string id, long time, long sequence, string leaves) => $"{{\"execId\":\"{id}\",\"execTime\":\"{time}\",\"seq\":{sequence},\"leavesQty\":\"{leaves}\"}}";

    private static string Order(string name, string status) => $"{{\"orderId\":\"id of {name}\",\"orderLinkId\":\"{name}\",\"orderStatus\":\"{status}\"}}";

    private static string Rows(string cursor, params string[] rows) => $"{{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{{\"list\":[{string.Join(',', rows)}],\"nextPageCursor\":\"{cursor}\"}},\"time\":5}}";

    private static List<string> Ids((InboundKind Kind, byte[] Payload) frame) => Texts(frame, "execId");

    private static List<string> Texts((InboundKind Kind, byte[] Payload) frame, string key)
    {
        using var message = System.Text.Json.JsonDocument.Parse(frame.Payload);
        return [.. message.RootElement.GetProperty("data").EnumerateArray().Select(row => row.GetProperty(key).GetString()!)];
    }

    /// <summary>Answers what it is asked, and unless told otherwise has an account without coins.</summary>
    private sealed class FakeVenue(Func<string, string> answer, string? wallet = null)
    {
        public List<string> Asked { get; } = [];

        public Task<IReadOnlyList<(InboundKind Kind, byte[] Payload)>> RunAsync(byte[] request, string[]? symbols = null, Func<string, string>? redact = null) => LookUp.RunAsync(
            request,
            symbols ?? [],
            (path, query) =>
            {
                Asked.Add($"{path}?{query}");
                return Task.FromResult(Encoding.UTF8.GetBytes(Asked[^1] == Wallet ? wallet ?? AnAccount : answer(Asked[^1])));
            },
            redact);
    }
}
