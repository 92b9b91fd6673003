using System.Text;
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
        Assert.Equal(1, _log.Refused("amend", 110001));
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
    public void What_the_gateway_refuses_is_a_fault_but_for_the_time_of_a_call()
    {
        _log.TakeRefusal(10002, "invalid request");
        Assert.Empty(_log.Faults);
        _log.TakeRefusal(20006, "reqId is duplicate");
        Assert.Equal(["refused by the gateway: 20006 reqId is duplicate"], _log.Faults);
    }

    [Fact]
    public void A_request_without_an_answer_is_told_until_it_is_answered()
    {
        Send("1", "create", Name);
        Assert.True(SpinWait.SpinUntil(() => _log.HasUnanswered(0), TimeSpan.FromSeconds(20)));
        Answer("1", 0);
        Assert.False(_log.HasUnanswered(0));
    }

    private void Send(string id, string operation, string name) =>
        _log.Take(Encoding.UTF8.GetBytes($$"""{"reqId":"{{id}}","op":"order.{{operation}}","args":[{"symbol":"BTCUSDT","orderLinkId":"{{name}}"}]}"""));

    private void Answer(string id, int code) => Deliver(DeliveryChannel.Trade, $$"""{"reqId":"{{id}}","retCode":{{code}},"retMsg":""}""");

    private void Call(int code) => Deliver(DeliveryChannel.LookUpEnd, $$"""{"retCode":{{code}},"retMsg":""}""");

    private void Deliver(DeliveryChannel channel, string frame) => _log.Take(new Delivery(channel, 0, Encoding.UTF8.GetBytes(frame), -1, Uid: EngineUid), EngineUid);
}
