using System.Net.Sockets;
using System.Text;
using static LatencyEngine.Transport.Tests.ScriptedServer;

namespace LatencyEngine.Transport.Tests;

/// <summary>The opening handshake, against answers that no server should give.</summary>
public sealed class WebSocketLinkHandshakeTests
{
    [Fact]
    public void The_request_is_the_one_of_the_rfc()
    {
        using var link = new WebSocketLink();
        using var server = new ScriptedServer(link, "/v5/public/linear?a=b%20c");

        string[] lines = server.Request.Split("\r\n");
        Assert.Equal("GET /v5/public/linear?a=b%20c HTTP/1.1", lines[0]);
        Assert.Contains($"Host: 127.0.0.1:{server.Address.Port}", lines);
        Assert.Contains("Upgrade: websocket", lines);
        Assert.Contains("Connection: Upgrade", lines);
        Assert.Contains("Sec-WebSocket-Version: 13", lines);
        Assert.DoesNotContain("Extensions", server.Request);
        Assert.DoesNotContain("Protocol:", server.Request);
        Assert.Equal(16, Convert.FromBase64String(Key(server)).Length);
    }

    [Fact]
    public void Every_request_has_a_key_of_its_own()
    {
        using var link = new WebSocketLink();
        using var first = new ScriptedServer(link);
        link.Drop("test");
        using var second = new ScriptedServer(link);

        Assert.NotEqual(Key(first), Key(second));
    }

    [Fact]
    public void Header_names_are_read_in_any_case_and_connection_as_a_list()
    {
        using var link = new WebSocketLink();
        using var server = new ScriptedServer(link);

        server.Send($"HTTP/1.1 101\r\nupgrade:WebSocket\r\nCONNECTION: keep-alive,\tupgrade \r\nX-Other: a:b\r\nsec-websocket-accept:{server.Accept}\t\r\n\r\n");
        link.RunUntilUpgraded();

        Assert.Equal(LinkState.Open, link.State);
        Assert.Null(link.Fault);
    }

    [Fact]
    public void Frames_may_come_in_the_same_segment_as_the_answer()
    {
        using var link = new WebSocketLink();
        using var server = new ScriptedServer(link);

        server.Send(Encoding.ASCII.GetBytes(server.GoodAnswer), Frame(Text, "first"), Frame(Text, "second"));

        Assert.Equal(["first", "second"], link.Take(2));
    }

    [Fact]
    public void An_answer_and_messages_may_come_byte_by_byte()
    {
        using var link = new WebSocketLink();
        using var server = new ScriptedServer(link);
        byte[] stream = [.. Encoding.ASCII.GetBytes(server.GoodAnswer), .. Frame(Text, "Hel", isFinal: false), .. Frame(Ping, "p"), .. Frame(Continuation, "lo"), .. Frame(Text, new string('x', 300))];
        var messages = new List<string>();
        foreach (byte value in stream)
        {
            server.Send([value]);
            Assert.True(link.Socket!.Poll(90_000_000, SelectMode.SelectRead));
            link.RunOnce(messages);
        }

        Assert.Equal(["Hello", new string('x', 300)], messages);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nsorry", "HTTP 404 on upgrade")]
    [InlineData("HTTP/1.0 503 Unavailable\r\n\r\n", "HTTP 503 on upgrade")]
    [InlineData("HTTP/1.1 200 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", "HTTP 200 on upgrade")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n", "no HTTP answer to the upgrade")]
    [InlineData("HTTP/1.1 1x1 No\r\n\r\n", "no HTTP answer to the upgrade")]
    [InlineData("HTTP/1.1 1011\r\n\r\n", "no HTTP answer to the upgrade")]
    [InlineData("\r\n\r\n", "no HTTP answer to the upgrade")]
    [InlineData("HTTP/1.1 101\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", "no Upgrade in the answer to the upgrade")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", "the answer upgrades to something else than websocket")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: keep-alive\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", "no Connection: Upgrade in the answer to the upgrade")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "no Sec-WebSocket-Accept in the answer to the upgrade")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", "wrong Sec-WebSocket-Accept in the answer to the upgrade")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", "wrong Sec-WebSocket-Accept in the answer to the upgrade")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", "the answer names an extension that was not asked for")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: chat\r\n\r\n", "the answer names a subprotocol that was not asked for")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: websocket\r\n Connection: Upgrade\r\n\r\n", "malformed header in the answer to the upgrade")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection\r\n\r\n", "malformed header in the answer to the upgrade")]
    [InlineData("HTTP/1.1 101\r\nUpgrade: websocket\nConnection: Upgrade\r\n\r\n", "malformed header in the answer to the upgrade")]
    public void An_answer_that_does_not_open_the_connection_closes_the_link_and_is_named(string answer, string fault)
    {
        using var link = new WebSocketLink();
        using var server = new ScriptedServer(link);

        server.Send(answer.Replace("{accept}", server.Accept, StringComparison.Ordinal));
        link.RunUntilClosed([]);

        Assert.Equal(fault, link.Fault);
        Assert.False(link.HasUnread);
        Assert.False(link.TryTake(out _));
        server.AssertEnded();
    }

    [Fact]
    public void A_head_of_16_KiB_is_read_and_a_longer_one_refused()
    {
        foreach (int headBytes in new[] { 16 * 1024, (16 * 1024) + 1 })
        {
            using var link = new WebSocketLink(receiveBytes: 16 * 1024);
            using var server = new ScriptedServer(link);
            string answer = server.GoodAnswer;
            string filler = $"X: {new string('x', headBytes - answer.Length - "X: \r\n".Length)}\r\n";
            server.Send(answer[..^2] + filler + "\r\n");
            link.RunUntilUpgraded();

            Assert.Equal(headBytes == 16 * 1024 ? null : "the head of the answer to the upgrade is longer than 16384 bytes", link.Fault);
        }
    }

    [Fact]
    public void An_end_before_the_answer_is_named_and_a_refusal_before_the_end_goes_first()
    {
        using var link = new WebSocketLink();
        using (new ScriptedServer(link))
        {
        }

        link.RunUntilClosed([]);
        Assert.Equal("ended by the peer before it answered the upgrade", link.Fault);

        using (var server = new ScriptedServer(link)) server.Send("HTTP/1.1 429 Too Many Requests\r\n\r\n");
        link.ReceiveUntilClosed();
        Assert.True(link.HasUnread);
        Assert.False(link.TryTake(out _));
        Assert.Equal("HTTP 429 on upgrade", link.Fault);
        Assert.False(link.HasUnread);
    }

    [Fact]
    public void Nothing_is_sent_before_the_upgrade_and_a_close_then_drops_the_link()
    {
        using var link = new WebSocketLink();
        using var server = new ScriptedServer(link);

        Assert.False(link.TrySend("early"u8));
        link.Close(1000);

        Assert.Equal(LinkState.Closed, link.State);
        Assert.Equal("closed by this side: 1000", link.Fault);
        server.AssertEnded();
    }

    [Fact]
    public void Arguments_that_cannot_work_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketLink(receiveBytes: (16 * 1024) - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketLink(sendBytes: (4 * 1024) - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketLink(messageBytesMax: 0));

        using var link = new WebSocketLink();
        using var socket = new PlainSocket(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        Assert.Throws<ArgumentException>(() => link.Attach(socket, new Uri("wss://example.org/")));
        Assert.Throws<ArgumentException>(() => link.Attach(socket, new Uri($"ws://example.org/{new string('x', 64 * 1024)}")));
        Assert.Equal(LinkState.Unset, link.State);

        using var server = new ScriptedServer(link);
        Assert.Throws<InvalidOperationException>(() => link.Attach(socket, server.Address));
        Assert.Throws<ArgumentOutOfRangeException>(() => link.Close(1005));
    }

    private static string Key(ScriptedServer server) => server.Request.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];
}
