using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LatencyEngine.Transport.Tests;

/// <summary>The smallest io loop: polls one link's socket and takes its messages until something holds, or fails after a time that nothing here should need.</summary>
internal static class LinkPump
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Connects a link to a server on this machine; the upgrade is not yet answered.</summary>
    public static void Connect(this WebSocketLink link, int port, string path)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        link.Attach(new PlainSocket(socket), new Uri($"ws://127.0.0.1:{port}{path}"));
    }

    /// <summary>Runs the link until a condition holds; every message taken on the way goes into the list.</summary>
    public static void RunUntil(this WebSocketLink link, List<string> messages, Func<bool> holds)
    {
        long start = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience) Assert.Fail($"nothing came of it: the link is {link.State}, its fault \"{link.Fault}\", {messages.Count} messages taken");
            link.RunOnce(messages);
        }
    }

    /// <summary>The same until the link is closed and everything is taken.</summary>
    public static void RunUntilClosed(this WebSocketLink link, List<string> messages)
    {
        link.RunUntil(messages, () => link.State == LinkState.Closed && !link.HasUnread);
        Assert.Null(link.Socket);
    }

    /// <summary>Reads, and takes nothing, until the link is closed.</summary>
    public static void ReceiveUntilClosed(this WebSocketLink link)
    {
        long start = Stopwatch.GetTimestamp();
        while (link.State != LinkState.Closed)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience) Assert.Fail($"the link is still {link.State}");
            link.Receive();
        }
    }

    /// <summary>Runs the link until it has an answer to its upgrade.</summary>
    public static void RunUntilUpgraded(this WebSocketLink link) => link.RunUntil([], () => link.State != LinkState.Upgrading);

    /// <summary>Runs the link until a number of messages is taken.</summary>
    public static List<string> Take(this WebSocketLink link, int count)
    {
        var messages = new List<string>();
        link.RunUntil(messages, () => messages.Count >= count);
        Assert.Equal(count, messages.Count);
        return messages;
    }

    /// <summary>Sends, and reads nothing, until a send fails.</summary>
    public static void RunUntilSendFails(this WebSocketLink link)
    {
        long start = Stopwatch.GetTimestamp();
        while (link.TrySend("x"u8))
        {
            if (Stopwatch.GetElapsedTime(start) > Patience) Assert.Fail("every send succeeds");
        }
    }

    /// <summary>One round: waits a moment for the socket, reads, takes, flushes.</summary>
    public static void RunOnce(this WebSocketLink link, List<string> messages)
    {
        if (link.Socket is { } socket && socket.Poll(1_000, SelectMode.SelectRead)) link.Receive();
        while (link.TryTake(out ReadOnlySpan<byte> message)) messages.Add(Encoding.UTF8.GetString(message));
        if (link.HasUnsent) link.Flush();
    }
}
