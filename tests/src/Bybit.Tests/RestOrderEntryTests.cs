using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.TestData;
using LatencyEngine.Transport;
using LatencyEngine.Wire;

namespace LatencyEngine.Bybit.Tests;

/// <summary>The engine's own requests, as it writes them for the socket, sent by REST.</summary>
public sealed class RestOrderEntryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static readonly OrderAction[] Actions = [OrderAction.Place, OrderAction.Amend, OrderAction.Cancel];

    /// <summary>What the venue answers, and the code that the engine is told: of the socket (Bybit V5, 8.2 and 18).</summary>
    public static TheoryData<string, int, int> Faults => new()
    {
        { "{\"retCode\":10006,\"retMsg\":\"Too many visits!\"}", 200, 10006 },
        { "{\"retCode\":110001,\"retMsg\":\"order not exists or too late to cancel\"}", 200, 110001 },
        { "{\"retCode\":10016,\"retMsg\":\"Request timeout\"}", 200, 10016 },
        { "", 429, 10016 },
        { "403, access too frequent", 403, 10006 },
        { "", 401, 10003 },
        { "{\"retCode\":10010,\"retMsg\":\"Unmatched IP\"}", 403, 10003 },
        { "", 403, 10016 },
        { "<html>", 403, 10016 },
        { "{}", 403, 10016 },
        { "", 503, 10016 },
        { "<html>", 200, 10016 },
        { "{\"result\":{}}", 200, 10016 },
    };

    [Fact]
    public void Requests_go_to_their_endpoints_with_the_arguments_as_the_body_and_are_answered_in_the_sockets_form()
    {
        var asked = new ConcurrentQueue<string>();
        using var venue = new HttpVenue((request, _) =>
        {
            using var body = new StreamReader(request.InputStream);
            asked.Enqueue($"{request.HttpMethod} {request.Url!.AbsolutePath} {body.ReadToEnd()}");
            return "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"orderId\":\"o\",\"orderLinkId\":\"le0000000100000002\"},\"retExtInfo\":{},\"time\":5}";
        });

        string[] answers = [.. Actions.Select(action => Answer(venue.Address, action))];

        Assert.Equal(
            [
                """POST /v5/order/create {"category":"linear","symbol":"BTCUSDT","side":"Buy","positionIdx":0,"orderType":"Limit","qty":"0.005","price":"60000.1","timeInForce":"PostOnly","orderLinkId":"le0000000100000002","reduceOnly":false}""",
                """POST /v5/order/amend {"category":"linear","symbol":"BTCUSDT","orderLinkId":"le0000000100000002","qty":"0.005","price":"60000.1"}""",
                """POST /v5/order/cancel {"category":"linear","symbol":"BTCUSDT","orderLinkId":"le0000000100000002"}""",
            ],
            asked);
        Assert.Equal(
            new[] { "create", "amend", "cancel" }.Select(operation => $$$"""{"reqId":"r0000000100000003","retCode":0,"retMsg":"OK","op":"order.{{{operation}}}","data":{"orderId":"o","orderLinkId":"le0000000100000002"},"retExtInfo":{},"header":{},"connId":""}"""),
            answers);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Every_request_is_sent_once_whatever_becomes_of_it(string body, int status, int code)
    {
        foreach (OrderAction action in Actions)
        {
            using var venue = new HttpVenue((_, response) =>
            {
                response.StatusCode = status;
                return body;
            });

            using JsonDocument answer = JsonDocument.Parse(Answer(venue.Address, action));

            Assert.Equal((code, "r0000000100000003"), (answer.RootElement.GetProperty("retCode").GetInt32(), answer.RootElement.GetProperty("reqId").GetString()));
            Assert.Single(venue.Asked);
        }
    }

    [Fact]
    public void The_time_that_is_signed_is_that_of_the_engines_request_so_that_what_waits_here_grows_old_as_on_the_socket()
    {
        string? signed = null;
        using var venue = new HttpVenue((request, _) =>
        {
            signed = request.Headers["X-BAPI-TIMESTAMP"];
            return "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{}}";
        });

        Answer(venue.Address, OrderAction.Place);

        Assert.Equal("1700000000000", signed);
    }

    [Theory]
    [InlineData("20", "3", "1700000000500", """{"X-Bapi-Limit":"20","X-Bapi-Limit-Status":"3","X-Bapi-Limit-Reset-Timestamp":"1700000000500"}""")]
    [InlineData("20", null, "soon", """{"X-Bapi-Limit":"20"}""")]
    public void What_the_headers_say_of_the_limit_stands_in_the_answer_as_on_the_socket(string limit, string? left, string reset, string header)
    {
        using var venue = new HttpVenue((_, response) =>
        {
            response.Headers["X-Bapi-Limit"] = limit;
            if (left is not null) response.Headers["X-Bapi-Limit-Status"] = left;
            response.Headers["X-Bapi-Limit-Reset-Timestamp"] = reset;
            return "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{}}";
        });

        using JsonDocument answer = JsonDocument.Parse(Answer(venue.Address, OrderAction.Place));

        Assert.Equal(header, answer.RootElement.GetProperty("header").GetRawText());
    }

    [Fact]
    public void A_cut_connection_leaves_the_outcome_unknown_and_the_request_is_not_sent_again()
    {
        using var venue = new CuttingVenue();

        using JsonDocument answer = JsonDocument.Parse(Answer(venue.Address, OrderAction.Place));

        Assert.Equal(10016, answer.RootElement.GetProperty("retCode").GetInt32());
        Assert.Equal(1, venue.Requests);
    }

    [Fact]
    public void The_key_that_a_refusal_repeats_is_in_no_answer()
    {
        using var venue = new HttpVenue((_, _) => "{\"retCode\":10004,\"retMsg\":\"error sign! origin_string[1682321990138test-key5000]\"}");

        string answer = Answer(venue.Address, OrderAction.Cancel);

        Assert.Contains("\"retMsg\":\"error sign! origin_string[1682321990138(key)5000]\"", answer, StringComparison.Ordinal);
    }

    /// <summary>Sends a request as the engine writes it.</summary>
    internal static void Send(RestClient client, Inbox inbox, OrderAction action, out RestOrderEntry orders)
    {
        byte[] request = new byte[OrderRequestEncoder.RequestBytesMax];
        InstrumentTable instruments = InstrumentCatalog.Load(ReferenceFiles.Sample("instruments-linear-20260809.json")).Select(["BTCUSDT"]);
        var intent = new OrderIntent(action, new InstrumentId(0), Side.Buy, new PriceTicks(600_001), new QtyLots(5), default, default, new ClientOrderId(1, 2), TimeInForce.PostOnly, ReduceOnly: false);
        int length = new OrderRequestEncoder(instruments, 5_000).Encode(in intent, new RequestId(1, 3), 1_700_000_000_000, request);
        orders = new RestOrderEntry(client, Patience);
        orders.Start(inbox);
        orders.Send(request.AsSpan(0, length));
    }

    private static string Answer(Uri venue, OrderAction action)
    {
        using var inbox = new InboxReader();
        using var client = new RestClient(venue, new ApiCredentials("test-key", "test-secret"), new FixedClock(), recvWindowMillis: 5_000, Patience);
        Send(client, inbox.Inbox, action, out RestOrderEntry orders);
        Assert.True(SpinWait.SpinUntil(() => orders.UnderWay == 0 && !inbox.Answers.IsEmpty, Patience));
        return Assert.Single(inbox.Answers);
    }
}
