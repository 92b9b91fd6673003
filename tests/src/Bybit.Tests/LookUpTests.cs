using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Bybit.Tests;

public sealed class LookUpTests
{
    private const long AskedNanos = 1_234_567;

    private const string NoRows = "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"list\":[]},\"time\":5}";

    [Fact]
    public async Task Executions_since_the_time_and_each_order_by_its_name_are_asked_for()
    {
        var venue = new FakeVenue(_ => NoRows);

        await venue.RunAsync(Request(1_234, 7, new ClientOrderId(1, 2), new ClientOrderId(0xABCDEF01, 0x10)));

        Assert.Equal(
            [
                "/v5/execution/list?category=linear&startTime=1234&limit=100",
                "/v5/order/realtime?category=linear&orderLinkId=le0000000100000002",
                "/v5/order/realtime?category=linear&orderLinkId=leabcdef0100000010",
            ],
            venue.Asked);
    }

    [Fact]
    public async Task Pages_are_followed_by_their_cursor_which_is_passed_back_as_it_came()
    {
        var venue = new FakeVenue(asked => asked.Contains("cursor", StringComparison.Ordinal)
            ? Executions("", Execution("b", 1, 1, "0"))
            : Executions("page_args%3D1%2C2", Execution("a", 2, 2, "0")));

        Assert.Equal(["b", "a"], Ids((await venue.RunAsync(Request(0, 1)))[0]));

        Assert.Equal("/v5/execution/list?category=linear&startTime=0&limit=100&cursor=page_args%3D1%2C2", venue.Asked[1]);
        Assert.Equal(2, venue.Asked.Count);
    }

    [Fact]
    public async Task A_cursor_behind_an_empty_page_is_not_followed()
    {
        var venue = new FakeVenue(_ => Executions("again"));

        Assert.Single(await venue.RunAsync(Request(0, 1)));
        Assert.Single(venue.Asked);
    }

    [Fact]
    public async Task Executions_come_back_oldest_first_then_by_sequence_then_by_what_was_left()
    {
        var venue = new FakeVenue(_ => Executions("", Execution("f", 3, 1, "0"), Execution("e", 2, 9, "0"), Execution("d", 2, 8, "0"), Execution("c", 2, 8, "0.5"), Execution("b", 2, 8, "1.25"), Execution("a", 1, 99, "0")));

        Assert.Equal(["a", "b", "c", "d", "e", "f"], Ids((await venue.RunAsync(Request(0, 1)))[0]));
    }

    [Fact]
    public async Task Rows_are_messages_of_the_private_stream_with_the_category_that_REST_leaves_out()
    {
        var venue = new FakeVenue(asked => asked.StartsWith("/v5/execution", StringComparison.Ordinal) ? Executions("", "{\"execId\":\"a\",\"execTime\":\"1\"}") : "{\"retCode\":0,\"result\":{\"list\":[{\"orderId\":\"o\"}]}}");

        IReadOnlyList<(InboundKind Kind, string Text)> frames = [.. (await venue.RunAsync(Request(0, 1, new ClientOrderId(1, 1)))).Select(frame => (frame.Kind, Encoding.UTF8.GetString(frame.Payload)))];

        Assert.Equal((InboundKind.LookUpRows, "{\"topic\":\"execution\",\"data\":[{\"category\":\"linear\",\"execId\":\"a\",\"execTime\":\"1\"}]}"), frames[0]);
        Assert.Equal((InboundKind.LookUpRows, "{\"topic\":\"order\",\"data\":[{\"category\":\"linear\",\"orderId\":\"o\"}]}"), frames[1]);
        Assert.Equal(InboundKind.LookUpEnd, frames[2].Kind);
        Assert.Equal(3, frames.Count);
    }

    [Fact]
    public async Task A_message_has_at_most_a_hundred_rows()
    {
        var venue = new FakeVenue(_ => Executions("", [.. Enumerable.Range(0, 250).Select(i => Execution($"{i}", i, 0, "0"))]));

        IReadOnlyList<(InboundKind Kind, byte[] Payload)> frames = await venue.RunAsync(Request(0, 1));

        Assert.Equal([100, 100, 50], frames.SkipLast(1).Select(frame => Ids(frame).Count));
        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"{i}"), frames.SkipLast(1).SelectMany(Ids));
    }

    [Fact]
    public async Task The_end_carries_the_newest_answers_time_the_generation_and_the_names_that_the_venue_does_not_know()
    {
        ClientOrderId known = new(1, 1), unknown = new(1, 2), other = new(2, 3);
        var venue = new FakeVenue(asked =>
            asked.Contains("le0000000100000001", StringComparison.Ordinal) ? "{\"retCode\":0,\"result\":{\"list\":[{}]},\"time\":9}" : asked.Contains("le", StringComparison.Ordinal) ? NoRows : NoRows);

        (InboundKind kind, byte[] payload) = (await venue.RunAsync(Request(0, 42, known, unknown, other)))[^1];

        Assert.Equal(InboundKind.LookUpEnd, kind);
        Assert.Equal(new LookUpEnd(AnsweredMillis: 9, PrivateGeneration: 42, AskedNanos), MemoryMarshal.Read<LookUpEnd>(payload));
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
    public async Task A_refusal_or_a_damaged_answer_is_one_line(string answer, string message)
    {
        var venue = new FakeVenue(_ => answer);

        Assert.Equal(message, (await Assert.ThrowsAsync<VenueRefusalException>(() => venue.RunAsync(Request(0, 1)))).Message);
    }

    [Theory]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[],\"nextPageCursor\":7},\"time\":\"soon\"}")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[],\"nextPageCursor\":null}}")]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[]},\"time\":1e99}")]
    public async Task What_is_damaged_and_not_needed_is_passed_over(string answer)
    {
        var venue = new FakeVenue(_ => answer);

        Assert.Single(await venue.RunAsync(Request(0, 1)));
    }

    internal static byte[] Request(long sinceMillis, long generation, params ClientOrderId[] names) =>
        [.. MemoryMarshal.AsBytes(new[] { new LookUpRequest(sinceMillis, generation, AskedNanos) }.AsSpan()), .. MemoryMarshal.AsBytes(names.AsSpan())];

    private static string Execution(string id, long time, long sequence, string leaves) => $"{{\"execId\":\"{id}\",\"execTime\":\"{time}\",\"seq\":{sequence},\"leavesQty\":\"{leaves}\"}}";

    private static string Executions(string cursor, params string[] rows) => $"{{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{{\"list\":[{string.Join(',', rows)}],\"nextPageCursor\":\"{cursor}\"}},\"time\":5}}";

    private static List<string> Ids((InboundKind Kind, byte[] Payload) frame)
    {
        using var message = System.Text.Json.JsonDocument.Parse(frame.Payload);
        return [.. message.RootElement.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("execId").GetString()!)];
    }

    private sealed class FakeVenue(Func<string, string> answer)
    {
        public List<string> Asked { get; } = [];

        public Task<IReadOnlyList<(InboundKind Kind, byte[] Payload)>> RunAsync(byte[] request) => LookUp.RunAsync(request, (path, query) =>
        {
            Asked.Add($"{path}?{query}");
            return Task.FromResult(Encoding.UTF8.GetBytes(answer(Asked[^1])));
        });
    }
}
