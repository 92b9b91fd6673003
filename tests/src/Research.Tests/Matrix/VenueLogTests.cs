using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>The judge of the matrix sees what it is there to see.</summary>
public sealed class VenueLogTests
{
    private const long EngineUid = 11;
    private const string Name = "le0000000100000002";
    private const string OtherName = "le0000000100000003";

    private readonly VenueLog _log = new();

    [Fact]
    public void Different_requests_that_are_accepted_are_no_fault()
    {
        Send("1", "create", Name);
        Send("2", "amend", Name);
        Send("3", "cancel", Name);
        Send("4", "create", OtherName);
        foreach (string id in (string[])["1", "2", "3", "4"]) Answer(id, 0);
        Assert.Empty(_log.Faults);
        Assert.Equal((4, 4, 3), (_log.Requests, _log.Accepted, _log.Quoted));
    }

    [Fact]
    public void A_request_that_comes_twice_under_its_id_is_a_fault()
    {
        Send("1", "create", Name);
        Send("2", "amend", Name);
        Send("2", "amend", Name);
        Assert.Equal(["request 2 came twice"], _log.Faults);
    }

    [Fact]
    public void While_creates_are_kept_from_the_venue_a_cancel_of_an_unknown_order_is_no_fault_and_afterwards_it_is()
    {
        _log.MayLoseCreates = true;
        Send("1", "cancel", Name);
        Assert.Empty(_log.Faults);

        _log.MayLoseCreates = false;
        Send("2", "cancel", Name);
        Assert.Equal([$"cancel of {Name}, which this run has not created"], _log.Faults);
    }

    [Fact]
    public void A_fault_is_told_to_the_first_who_asks_after_it()
    {
        Assert.Null(_log.TakeFaults());
        Send("1", "cancel", Name);
        Send("2", "cancel", OtherName);
        Assert.Equal($"cancel of {Name}, which this run has not created; cancel of {OtherName}, which this run has not created", _log.TakeFaults());
        Assert.Null(_log.TakeFaults());
        Assert.Equal(2, _log.Faults.Count);
    }

    [Fact]
    public void An_order_that_is_created_twice_is_a_fault()
    {
        Send("1", "create", Name);
        Send("2", "create", Name);
        Assert.Equal([$"order {Name} was created twice"], _log.Faults);
    }

    [Fact]
    public void A_second_order_of_the_engine_that_rests_on_a_side_is_a_fault_which_is_told_once()
    {
        Send("1", "create", Name);
        Send("2", "create", OtherName);
        _log.TakeOpen([(Name, Side.Buy), (OtherName, Side.Sell)]);
        Assert.Empty(_log.Faults);

        _log.TakeOpen([(Name, Side.Sell), (OtherName, Side.Sell)]);
        _log.TakeOpen([(Name, Side.Sell), (OtherName, Side.Sell)]);
        Assert.Equal([$"{OtherName} rests beside {Name}, both are to sell"], _log.Faults);
    }

    [Fact]
    public void What_another_client_has_placed_may_rest_beside_an_order_of_the_engine()
    {
        Send("1", "create", Name);
        _log.TakeOpen([("le0000000170000feed", Side.Buy), (Name, Side.Buy), ("outside-1", Side.Buy)]);
        Assert.Empty(_log.Faults);
    }

    [Fact]
    public void A_change_of_an_order_that_this_run_has_not_created_is_a_fault()
    {
        Send("1", "cancel", Name);
        Assert.Equal([$"cancel of {Name}, which this run has not created"], _log.Faults);
    }

    [Theory]
    [InlineData(10002)]
    [InlineData(10003)]
    [InlineData(10004)]
    [InlineData(10006)]
    [InlineData(20006)]
    [InlineData(110072)]
    public void A_refusal_of_the_engines_own_doing_is_a_fault(int code)
    {
        Send("1", "create", Name);
        Answer("1", code);
        Assert.StartsWith("refused: ", Assert.Single(_log.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_that_belongs_to_the_life_of_an_order_is_none()
    {
        Send("1", "create", Name);
        Send("2", "amend", Name);
        Answer("2", 110001);
        Assert.Empty(_log.Faults);
        Assert.Equal((1, 1, 0), (_log.Refused("amend", 110001), _log.Refused(110001), _log.Refused(10006)));
    }

    [Theory]
    [InlineData(DeliveryChannel.Public, "{\"topic\":\"publicTrade.BTCUSDT\",\"cts\":1,\"ts\":1700000000123,\"data\":[]}")]
    [InlineData(DeliveryChannel.Private, "{\"topic\":\"order\",\"creationTime\":1700000000123,\"data\":[]}")]
    [InlineData(DeliveryChannel.Trade, "{\"reqId\":\"1\",\"retCode\":0,\"header\":{\"Timenow\":\"1700000000123\"}}")]
    public void A_message_for_the_engine_that_comes_long_after_the_venue_has_made_it_is_late(DeliveryChannel channel, string frame)
    {
        Deliver(channel, frame, timeMillis: 1_700_000_000_223);
        Assert.Equal(0, _log.Late(channel));

        Deliver(channel, frame, timeMillis: 1_700_000_000_623);
        Assert.Equal(1, _log.Late(channel));

        if (channel == DeliveryChannel.Trade) Deliver(channel, frame, MatrixRig.Outside, timeMillis: 1_700_000_000_623);
        if (channel == DeliveryChannel.Private) Deliver(channel, frame, timeMillis: 1_700_000_000_623, uid: EngineUid + 1);
        Assert.Equal(1, _log.Late(channel));
    }

    [Fact]
    public void While_the_venue_bans_a_10006_is_none_by_socket_or_by_REST_and_afterwards_it_is()
    {
        _log.MayBeBanned = true;
        Send("1", "create", Name);
        Answer("1", 10006);
        Call(10006);
        Assert.Empty(_log.Faults);

        _log.MayBeBanned = false;
        Call(10006);
        Assert.Equal(["a REST call was refused with 10006"], _log.Faults);
    }

    [Fact]
    public void A_refusal_of_the_other_client_is_a_fault_unless_the_disturbance_refuses_anyone_so()
    {
        _log.RefusesAnyone = 10016;
        RefuseOther(10016);
        RefuseOther(110001);   // what it cancels has filled
        Assert.Empty(_log.Faults);
        Assert.Equal(1, _log.OthersRefused);

        RefuseOther(10006);
        _log.RefusesAnyone = 0;
        RefuseOther(10016);
        Assert.Equal((2, 1), (_log.Faults.Count, _log.OthersRefused));

        void RefuseOther(int code) => Deliver(DeliveryChannel.Trade, $$"""{"reqId":"outside-1","retCode":{{code}},"retMsg":""}""", MatrixRig.Outside);
    }

    [Fact]
    public void What_the_gateway_refuses_is_a_fault()
    {
        _log.TakeRefusal(10002, "invalid request");
        _log.TakeRefusal(20006, "reqId is duplicate");
        Assert.Equal(["refused by the gateway: 10002 invalid request", "refused by the gateway: 20006 reqId is duplicate"], _log.Faults);
    }

    [Fact]
    public void While_the_time_of_requests_is_disturbed_a_10002_is_none_by_socket_or_by_REST_and_is_counted()
    {
        _log.MayHaveWrongTime = true;
        Send("1", "create", Name);
        Answer("1", 10002);
        _log.TakeRefusal(10002, "invalid request");
        Assert.Empty(_log.Faults);
        Assert.Equal(2, _log.WrongTimes);

        _log.MayHaveWrongTime = false;
        _log.TakeRefusal(10002, "invalid request");
        Assert.Equal(["refused by the gateway: 10002 invalid request"], _log.Faults);
    }

    [Fact]
    public void An_order_by_REST_is_judged_as_one_by_socket_and_other_calls_are_none()
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"symbol":"BTCUSDT","orderLinkId":"{{Name}}","side":"Buy","price":"60000.1"}""");
        Assert.Null(_log.Take(7, "/v5/order/cancel-all", body));
        Assert.Null(_log.Take(8, "/v5/order/realtime", default));
        Assert.Equal(new VenueLog.LoggedRequest("create", ClientOrderId.Parse(Name), Name, 60_000.1m, "Buy"), _log.Take(9, "/v5/order/create", body));
        Deliver(DeliveryChannel.LookUpEnd, """{"retCode":0,"retMsg":"OK"}""", origin: 9);
        Assert.Equal((1, 1, 1), (_log.Requests, _log.Accepted, _log.Quoted));

        _log.Take(10, "/v5/order/create", body);
        Deliver(DeliveryChannel.LookUpEnd, """{"retCode":110072,"retMsg":"OrderLinkedID is duplicate"}""", origin: 10);
        Assert.Equal(2, _log.Faults.Count);
        Assert.Equal(1, _log.Refused("create", 110072));
    }

    [Fact]
    public void A_request_without_an_answer_is_told_until_it_is_answered()
    {
        Send("1", "create", Name);
        Assert.True(SpinWait.SpinUntil(() => _log.HasUnanswered(0), TimeSpan.FromSeconds(90)));
        Answer("1", 0);
        Assert.False(_log.HasUnanswered(0));
    }

    private void Send(string id, string operation, string name) =>
        _log.Take(Encoding.UTF8.GetBytes($$"""{"reqId":"{{id}}","op":"order.{{operation}}","args":[{"symbol":"BTCUSDT","orderLinkId":"{{name}}"}]}"""));

    private void Answer(string id, int code) => Deliver(DeliveryChannel.Trade, $$"""{"reqId":"{{id}}","retCode":{{code}},"retMsg":""}""");

    private void Call(int code) => Deliver(DeliveryChannel.LookUpEnd, $$"""{"retCode":{{code}},"retMsg":""}""");

    private void Deliver(DeliveryChannel channel, string frame, long origin = 0, long timeMillis = 0, long uid = EngineUid) =>
        _log.Take(new Delivery(channel, timeMillis * 1_000_000, Encoding.UTF8.GetBytes(frame), -1, origin, Uid: uid), EngineUid);
}
