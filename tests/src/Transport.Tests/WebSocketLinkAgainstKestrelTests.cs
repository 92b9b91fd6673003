using System.Net.WebSockets;
using System.Text;

namespace LatencyEngine.Transport.Tests;

/// <summary>The link against ASP.NET Core's WebSocket server.</summary>
public sealed class WebSocketLinkAgainstKestrelTests
{
    [Fact]
    public void Messages_of_any_length_come_back_as_they_were_sent()
    {
        using var server = new KestrelServer(async (socket, _) =>
        {
            byte[] buffer = new byte[2 * 1024 * 1024];
            while (true)
            {
                int count = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    result = await socket.ReceiveAsync(buffer.AsMemory(count), CancellationToken.None);
                    count += result.Count;
                }
                while (!result.EndOfMessage);
                if (result.MessageType == WebSocketMessageType.Close) return;
                await socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }
        });
        using var link = new WebSocketLink(sendBytes: 2 * 1024 * 1024);
        link.Connect(server.Port, "/");
        link.RunUntilUpgraded();

        foreach (string text in new[] { "", "Hello", "Grüße 🙂", new('a', 64 * 1024), new('b', 1024 * 1024) })
        {
            Assert.True(link.TrySend(Encoding.UTF8.GetBytes(text)));
            Assert.Equal([text], link.Take(1));
        }

        Assert.Null(link.Fault);
    }

    [Fact]
    public void Host_path_and_query_of_the_address_reach_the_server()
    {
        using var server = new KestrelServer((socket, context) => socket.SendAsync(
            Encoding.UTF8.GetBytes($"{context.Request.Host} {context.Request.Path} {context.Request.QueryString}"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None));
        using var link = new WebSocketLink();
        link.Connect(server.Port, "/v5/private?max_active_time=1m");

        Assert.Equal([$"127.0.0.1:{server.Port} /v5/private ?max_active_time=1m"], link.Take(1));
    }

    [Fact]
    public void The_closing_handshake_works_from_both_ends()
    {
        using var server = new KestrelServer(async (socket, context) =>
        {
            if (context.Request.Path == "/server") await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "going", CancellationToken.None);
            WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[100], CancellationToken.None);
            if (context.Request.Path == "/client") await socket.CloseAsync(result.CloseStatus!.Value, result.CloseStatusDescription, CancellationToken.None);
        });
        using var link = new WebSocketLink();

        link.Connect(server.Port, "/server");
        link.RunUntilClosed([]);
        Assert.Equal("closed by the peer: 1001 going", link.Fault);

        link.Connect(server.Port, "/client");
        link.RunUntilUpgraded();
        Assert.Null(link.Fault);
        link.Close(4000);
        link.RunUntilClosed([]);
        Assert.Equal("closed by this side: 4000", link.Fault);
    }
}
