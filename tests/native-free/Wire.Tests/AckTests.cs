using System.Globalization;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

public sealed class AckTests
{
    private readonly BybitDecoder _decoder = new(Instruments.Table);

    [Fact]
    public void An_accepted_request_names_both_ids_and_what_is_left_of_the_limit()
    {
        Assert.Equal(DecodeStatus.Ack, Trade(Frames.AckCreated));
        Ack ack = _decoder.Ack;
        Assert.Equal((new RequestId(10, 3), OrderAction.Place, 0, new ClientOrderId(10, 1)), (ack.RequestId, ack.Action, ack.ReturnCode, ack.ClientOrderId));
        Assert.Equal("a4c1718efe534659a1181f6ecce04ad9", ack.VenueOrderId.Value.ToString("x32", CultureInfo.InvariantCulture));
        Assert.Equal((9, 10, 0L, 1711001595209L), (ack.RequestsLeft, ack.RequestsPerSecond, ack.LimitResetMillis, ack.VenueMillis));
    }

    [Fact]
    public void An_answer_after_which_nothing_is_left_says_until_when()
    {
        string spent = Frames.AckCreated.Replace("Limit-Status\":\"9\"", "Limit-Status\":\"0\"", StringComparison.Ordinal).Replace("1711001595208", "1711001596201", StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Ack, Trade(spent));
        Assert.Equal((0, 10, 1711001596201L), (_decoder.Ack.RequestsLeft, _decoder.Ack.RequestsPerSecond, _decoder.Ack.LimitResetMillis));
    }

    [Fact]
    public void A_refused_request_has_a_code_and_no_ids()
    {
        Assert.Equal(DecodeStatus.Ack, Trade(Frames.AckAmendRefused));
        Ack ack = _decoder.Ack;
        Assert.Equal((new RequestId(10, 4), OrderAction.Amend, 110001, ClientOrderId.None, false), (ack.RequestId, ack.Action, ack.ReturnCode, ack.ClientOrderId, ack.VenueOrderId.IsKnown));
        Assert.Equal((8, 1764403866842L), (ack.RequestsLeft, ack.VenueMillis));
    }

    [Theory]
    [InlineData("""{"reqId":"r0000000a00000004","retCode":110007,"retMsg":"ab not enough for new order","op":"order.create"}""", "ab not enough for new order")]
    [InlineData("""{"reqId":"r0000000a00000004","retCode":10001,"op":"order.create","retMsg":"the \"qty\" is\u0020wrong"}""", "the \"qty\" is wrong")]
    [InlineData("""{"reqId":"r0000000a00000004","retCode":10001,"op":"order.create"}""", "")]
    [InlineData("""{"reqId":"r0000000a00000004","retCode":10001,"op":"order.create","retMsg":null}""", "")]
    public void The_venues_words_are_read_on_demand(string frame, string expected)
    {
        Assert.Equal(DecodeStatus.Ack, Trade(frame));
        byte[] text = new byte[100];
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(text, 0, _decoder.ReadReplyText(System.Text.Encoding.UTF8.GetBytes(frame), text)));
        Assert.Equal(Math.Min(expected.Length, 2), _decoder.ReadReplyText(System.Text.Encoding.UTF8.GetBytes(frame), text.AsSpan(0, 2)));
    }

    [Fact]
    public void An_answer_without_a_header_leaves_the_limit_unknown()
    {
        Assert.Equal(DecodeStatus.Ack, Trade("""{"retCode":10404,"op":"order.cancel","reqId":"r0000000a00000004"}"""));
        Assert.Equal((OrderAction.Cancel, 10404, -1, 0, 0L, 0L), (_decoder.Ack.Action, _decoder.Ack.ReturnCode, _decoder.Ack.RequestsLeft, _decoder.Ack.RequestsPerSecond, _decoder.Ack.LimitResetMillis, _decoder.Ack.VenueMillis));
    }

    [Theory]
    [InlineData("""{"retCode":0,"retMsg":"OK","op":"auth","connId":"cnt5leec0hvan15eukcg-2t"}""", DecodeStatus.Control)]
    [InlineData("""{"reqId":"r0000000a00000004","retCode":0,"retMsg":"OK","op":"auth","connId":"cnt5leec0hvan15eukcg-2t"}""", DecodeStatus.Control)]
    [InlineData("""{"retCode":0,"retMsg":"OK","op":"pong","data":["1711002002529"],"connId":"cnt5leec0hvan15eukcg-2v"}""", DecodeStatus.Control)]
    [InlineData("""{"op":"pong","args":["1711002002529"]}""", DecodeStatus.Control)]
    [InlineData("""{"retCode":10019,"retMsg":"service is restarting"}""", DecodeStatus.Control)]
    [InlineData("""{"retCode":0,"op":"order.create-batch","data":{"list":[]},"retExtInfo":{"list":[]}}""", DecodeStatus.Unused)]
    [InlineData("""{"reqId":"r0000000a00000004","retCode":10404,"retMsg":"unknown op","op":""}""", DecodeStatus.Ack)]
    [InlineData("""{"op":"order.create"}""", DecodeStatus.Malformed)]
    [InlineData("""{"retCode":"x","op":"order.create"}""", DecodeStatus.Malformed)]
    [InlineData("""{"retCode":4294967296,"op":"order.create"}""", DecodeStatus.Malformed)]
    [InlineData("""{"retCode":0,"retCode":0,"op":"order.create"}""", DecodeStatus.Malformed)]
    [InlineData("""{"retCode":0,"op":"order.create","data":[]}""", DecodeStatus.Malformed)]
    [InlineData("""{"retCode":0,"op":"order.create","header":{"X-Bapi-Limit-Status":"many"}}""", DecodeStatus.Malformed)]
    [InlineData("""{"retCode":0,"op":"order.create","header":{"X-Bapi-Limit":"many"}}""", DecodeStatus.Malformed)]
    [InlineData("""{"retCode":0,"op":"order.create","header":{"X-Bapi-Limit":"-1"}}""", DecodeStatus.Malformed)]
    [InlineData("""{"retCode":0,"op":"order.create","header":{"X-Bapi-Limit-Status":"0","X-Bapi-Limit-Reset-Timestamp":"soon"}}""", DecodeStatus.Malformed)]
    [InlineData("{}", DecodeStatus.Malformed)]
    public void Other_frames_of_the_order_entry_socket_are_told_apart(string frame, DecodeStatus expected)
    {
        Assert.Equal(expected, Trade(frame));
        if (expected == DecodeStatus.Ack) Assert.Equal((new RequestId(10, 4), OrderAction.Unset), (_decoder.Ack.RequestId, _decoder.Ack.Action));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("true")]
    [InlineData("\"x\"")]
    [InlineData("[]")]
    public void An_answer_whose_data_or_header_is_no_object_is_malformed(string value)
    {
        int data = Frames.AckCreated.IndexOf("{\"orderId\"", StringComparison.Ordinal);
        int header = Frames.AckCreated.IndexOf("{\"X-Bapi", StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Malformed, Trade(Frames.AckCreated[..data] + value + Frames.AckCreated[(Frames.AckCreated.IndexOf('}', data) + 1)..]));
        Assert.Equal(DecodeStatus.Malformed, Trade(Frames.AckCreated[..header] + value + Frames.AckCreated[(Frames.AckCreated.IndexOf('}', header) + 1)..]));
    }

    [Theory]
    [InlineData("test-005")]
    [InlineData("r0000000A00000003")]
    [InlineData("r0000000a00000000")]
    [InlineData("r0000000a000000031")]
    public void Any_other_request_id_is_somebody_elses(string requestId)
    {
        Assert.Equal(DecodeStatus.Ack, Trade(Frames.AckCreated.Replace("r0000000a00000003", requestId, StringComparison.Ordinal)));
        Assert.Equal(RequestId.None, _decoder.Ack.RequestId);
    }

    private DecodeStatus Trade(string frame) => _decoder.DecodeTrade(Frames.Bytes(frame));
}
