using System.Text;
using LatencyEngine.TestData;

namespace LatencyEngine.Transport.Tests;

/// <summary>The link against the npm server ws.</summary>
public sealed class WebSocketLinkAgainstWsTests(WsServer server) : IClassFixture<WsServer>
{
    [NodeFact("ws")]
    public void Messages_of_any_length_come_back_as_they_were_sent()
    {
        using WebSocketLink link = Connected("/echo", sendBytes: 2 * 1024 * 1024);
        link.RunUntilUpgraded();
        string[] texts = ["", "x", "Grüße 🙂", new('a', 125), new('b', 126), new('c', 65_535), new('d', 65_536), new('€', 400_000)];
        foreach (string text in texts)
        {
            Assert.True(link.TrySend(Encoding.UTF8.GetBytes(text)));
            Assert.Equal([text], link.Take(1));
        }

        Assert.Null(link.Fault);
        Assert.Equal(LinkState.Open, link.State);
    }

    [NodeFact("ws")]
    public void Fragments_with_pings_between_them_are_joined_and_the_pings_answered()
    {
        using WebSocketLink link = Connected("/fragments");

        Assert.Equal(["part 0 part 1 part 2 part 3 part 4 end", "ping 0 ping 1 ping 2 ping 3 ping 4"], link.Take(2));
    }

    [NodeFact("ws")]
    public void A_flood_of_messages_arrives_whole_and_in_order()
    {
        using WebSocketLink link = Connected("/flood");

        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => i.ToString().PadRight(i, '.')), link.Take(2_000));
    }

    [NodeFact("ws")]
    public void The_receive_buffer_grows_for_a_long_message()
    {
        using WebSocketLink link = Connected("/long", receiveBytes: 16 * 1024);

        Assert.Equal(["", new string('x', 64 * 1024), new string('y', 1024 * 1024)], link.Take(3));
    }

    [NodeFact("ws")]
    public void A_close_by_the_server_is_answered_and_named()
    {
        var messages = new List<string>();
        using WebSocketLink link = Connected("/close");
        link.RunUntilClosed(messages);

        Assert.Equal("closed by the peer: 1012 restart", link.Fault);
        Assert.Equal(1012, server.ReadCloseCode("/close"));

        link.Connect(server.Port, "/close-without-code");
        link.RunUntilClosed(messages);
        Assert.Equal("closed by the peer: no code", link.Fault);
        Assert.Empty(messages);
    }

    [NodeFact("ws")]
    public void A_close_by_the_link_is_answered_by_the_server()
    {
        using WebSocketLink link = Connected("/silent");
        link.RunUntilUpgraded();

        link.Close(1000);
        Assert.Equal(LinkState.Closing, link.State);
        Assert.False(link.TrySend("late"u8));
        link.RunUntilClosed([]);

        Assert.Equal("closed by this side: 1000", link.Fault);
        Assert.Equal(1000, server.ReadCloseCode("/silent"));
    }

    [NodeFact("ws")]
    public void The_last_message_before_a_cut_is_taken()
    {
        var messages = new List<string>();
        using WebSocketLink link = Connected("/terminate");
        link.RunUntilClosed(messages);

        Assert.Equal(["last words"], messages);
        Assert.Contains(link.Fault, new[] { "ended by the peer without a close frame", "connection reset" });
    }

    [NodeFact("ws")]
    public void A_binary_message_is_refused_with_1003()
    {
        using WebSocketLink link = Connected("/binary");
        link.RunUntilClosed([]);

        Assert.Equal("a binary message", link.Fault);
        Assert.Equal(1003, server.ReadCloseCode("/binary"));
    }

    [NodeFact("ws")]
    public void A_path_that_is_not_served_is_named_by_its_status()
    {
        using var link = new WebSocketLink();
        link.Connect(server.Port, "/nothing-here");
        link.RunUntilClosed([]);

        Assert.Equal("HTTP 404 on upgrade", link.Fault);
    }

    private WebSocketLink Connected(string path, int receiveBytes = 256 * 1024, int sendBytes = 64 * 1024)
    {
        var link = new WebSocketLink(receiveBytes, sendBytes);
        link.Connect(server.Port, path);
        Assert.Equal(LinkState.Upgrading, link.State);
        return link;
    }
}
