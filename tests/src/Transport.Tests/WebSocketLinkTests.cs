using System.Net.Sockets;
using System.Text;
using static LatencyEngine.Transport.Tests.ScriptedServer;

namespace LatencyEngine.Transport.Tests;

/// <summary>The open connection, against a scripted server that says what real servers will not.</summary>
public sealed class WebSocketLinkTests
{
    [Fact]
    public void A_link_without_a_socket_answers_every_question()
    {
        using var link = new WebSocketLink();

        Assert.Equal(LinkState.Unset, link.State);
        Assert.False(link.Receive());
        Assert.False(link.TryTake(out _));
        Assert.False(link.TrySend("x"u8));
        Assert.False(link.HasUnread);
        Assert.False(link.HasUnsent);
        link.Flush();
        link.Close(1000);
        link.Drop("nothing to drop");
        Assert.Equal(LinkState.Unset, link.State);
        Assert.Null(link.Fault);
    }

    [Fact]
    public void Messages_of_one_segment_are_taken_one_by_one()
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);

        server.Send(Frame(Text, "one"), Frame(Text, ""), Frame(Pong, "unasked"), Frame(Text, "three"), Frame(Text, "cut")[..3]);
        Await(link);

        Assert.True(link.Receive());
        Assert.False(link.Receive());
        Assert.True(link.HasUnread);
        Assert.Equal("one", TakeOne(link));
        Assert.Equal("", TakeOne(link));
        Assert.Equal("three", TakeOne(link));
        Assert.True(link.HasUnread);
        Assert.False(link.TryTake(out _));
        Assert.False(link.HasUnread);
    }

    [Fact]
    public void A_ping_is_answered_with_its_payload()
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);

        server.Send(Frame(Ping, "are you there"));
        Await(link);
        link.RunOnce([]);

        (int opcode, byte[] payload, _) = server.ReadFrame();
        Assert.Equal(Pong, opcode);
        Assert.Equal("are you there", Encoding.UTF8.GetString(payload));
    }

    [Fact]
    public void Every_frame_has_a_mask_of_its_own()
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);
        var keys = new HashSet<uint>();
        const int Frames = 1_000; // several pools of keys
        for (int i = 0; i < Frames; i++)
        {
            Assert.True(link.TrySend("same text"u8));
            (int opcode, byte[] payload, uint key) = server.ReadFrame();
            Assert.Equal(Text, opcode);
            Assert.Equal("same text", Encoding.UTF8.GetString(payload));
            keys.Add(key);
        }

        Assert.InRange(keys.Count, Frames - 1, Frames); // two of a thousand 32-bit keys agree once in 8,600 runs
    }

    [Theory]
    [InlineData(new byte[] { 0x83, 0 }, 1002, "a frame with a reserved opcode")]
    [InlineData(new byte[] { 0xC1, 0 }, 1002, "a frame with reserved bits")]
    [InlineData(new byte[] { 0x81, 0x81, 1, 2, 3, 4, 5 }, 1002, "a masked frame from the server")]
    [InlineData(new byte[] { 0x81, 126, 0, 5 }, 1002, "a frame length that is not in its shortest form")]
    [InlineData(new byte[] { 0x81, 127, 255, 0, 0, 0, 0, 0, 0, 0 }, 1002, "a frame length beyond 63 bits")]
    [InlineData(new byte[] { 0x09, 0 }, 1002, "a control frame in fragments")]
    [InlineData(new byte[] { 0x89, 126 }, 1002, "a control frame of more than 125 bytes")]
    [InlineData(new byte[] { 0x80, 0 }, 1002, "a continuation of no message")]
    [InlineData(new byte[] { 0x01, 0, 0x81, 0 }, 1002, "a message inside another one")]
    [InlineData(new byte[] { 0x82, 1, 0 }, 1003, "a binary message")]
    [InlineData(new byte[] { 0x81, 2, 0xC3, 0x28 }, 1007, "invalid UTF-8 in a text message")]
    [InlineData(new byte[] { 0x81, 127, 0, 0, 0, 0, 1, 0, 0, 0 }, 1009, "a message longer than the maximum")]
    [InlineData(new byte[] { 0x88, 1, 3 }, 1002, "a close frame with half a code")]
    [InlineData(new byte[] { 0x88, 2, 3, 237 }, 1002, "a close frame with an invalid code")]
    [InlineData(new byte[] { 0x88, 3, 3, 232, 0xFF }, 1007, "invalid UTF-8 in a close frame")]
    public void What_breaks_the_protocol_is_answered_with_its_code_and_named(byte[] stream, int closeCode, string fault)
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);
        var messages = new List<string>();

        server.Send(Frame(Text, "sound"), stream);
        link.RunUntilClosed(messages);

        Assert.Equal(["sound"], messages);
        Assert.Equal(fault, link.Fault);
        Assert.Equal(closeCode, server.ReadClose());
        server.AssertEnded();
    }

    [Fact]
    public void A_message_at_the_maximum_is_taken_whatever_comes_between_its_fragments_and_the_buffer_grows_no_further()
    {
        const int MessageBytesMax = 100_000;
        using var link = new WebSocketLink(receiveBytes: 16 * 1024, messageBytesMax: MessageBytesMax);
        using ScriptedServer server = Open(link);
        byte[] ping = Frame(Ping, new string('p', 125));

        for (int i = 0; i < 3; i++)
        {
            server.Send(Frame(Text, "before"), Frame(Text, new string('a', MessageBytesMax - 1), isFinal: false), ping, ping, Frame(Continuation, "", isFinal: false), ping, Frame(Continuation, "b"), Frame(Text, "after"));
            Assert.Equal(["before", new string('a', MessageBytesMax - 1) + "b", "after"], link.Take(3));
        }

        Assert.Null(link.Fault);
    }

    [Fact]
    public void A_full_buffer_waits_until_its_messages_are_taken_and_loses_none()
    {
        using var link = new WebSocketLink(receiveBytes: 16 * 1024);
        using ScriptedServer server = Open(link);
        var sent = new List<string>();
        for (int i = 0; i < 100; i++)
        {
            sent.Add($"{i} {new string('x', 300)}");
            server.Send(Frame(Text, sent[^1]));
        }

        var messages = new List<string>();
        link.RunUntil(messages, () =>
        {
            while (link.Receive())
            {
                // Takes nothing, so that the buffer fills.
            }

            return messages.Count == sent.Count;
        });
        Assert.Equal(sent, messages);
    }

    [Fact]
    public void A_message_stays_as_it_is_until_the_next_one_is_asked_for()
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);
        server.Send(Frame(Text, "first"), Frame(Text, "second"));
        Await(link);
        Assert.True(link.Receive());

        Assert.True(link.TryTake(out ReadOnlySpan<byte> message));
        Assert.True(link.TrySend("an answer in between"u8));
        link.Flush();

        Assert.Equal("first"u8, message);
    }

    [Fact]
    public void What_a_slow_peer_does_not_take_waits_in_order_and_what_finds_no_room_is_refused_whole()
    {
        const int SendBytes = 256 * 1024;
        using var link = new WebSocketLink(sendBytes: SendBytes);
        using ScriptedServer server = Open(link, linkSendBufferBytes: 16 * 1024);
        var sent = new List<string>();
        string Next() => $"{sent.Count} {new string('x', 5_000)}";
        while (link.TrySend(Encoding.UTF8.GetBytes(Next()))) sent.Add(Next());

        Assert.True(link.HasUnsent);
        Assert.Equal(LinkState.Open, link.State);
        Assert.False(link.TrySend(new byte[SendBytes]));

        server.LetLinkSend = link.Flush;
        int more = 50;
        for (int i = 0; i < sent.Count; i++)
        {
            (int opcode, byte[] payload, _) = server.ReadFrame();
            Assert.Equal(Text, opcode);
            Assert.Equal(sent[i], Encoding.UTF8.GetString(payload));
            if (more > 0 && link.TrySend(Encoding.UTF8.GetBytes(Next())))
            {
                sent.Add(Next());
                more--;
            }
        }

        Assert.Equal(0, more);
        Assert.False(link.HasUnsent);
    }

    [Fact]
    public void A_close_frame_finds_room_in_a_full_send_buffer()
    {
        using var link = new WebSocketLink(sendBytes: 16 * 1024);
        using ScriptedServer server = Open(link, linkSendBufferBytes: 16 * 1024);
        int sent = 0;
        byte[] text = new byte[1_000];
        while (link.TrySend(text)) sent++;
        while (link.TrySend("x"u8)) sent++;

        link.Close(1001);

        Assert.True(link.HasUnsent);
        server.LetLinkSend = link.Flush;
        for (int i = 0; i < sent; i++) server.ReadFrame();
        Assert.Equal(1001, server.ReadClose());
        Assert.Equal(LinkState.Closing, link.State);
    }

    [Fact]
    public void A_close_by_the_peer_is_answered_with_its_code()
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);
        var messages = new List<string>();

        server.Send(Frame(Text, "last"), CloseFrame(1000, "bye"), Frame(Text, "after the end"));
        link.RunUntilClosed(messages);

        Assert.Equal(["last"], messages);
        Assert.Equal("closed by the peer: 1000 bye", link.Fault);
        Assert.Equal(1000, server.ReadClose());
        server.AssertEnded();
    }

    [Fact]
    public void Messages_come_in_until_the_peer_answers_a_close()
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);
        var messages = new List<string>();

        link.Close(3000);
        link.Close(1001);
        Assert.Equal(3000, server.ReadClose());
        server.Send(Frame(Ping, "not answered any more"), Frame(Text, "on its way"), CloseFrame(3000, ""));
        link.RunUntilClosed(messages);

        Assert.Equal(["on its way"], messages);
        Assert.Equal("closed by this side: 3000", link.Fault);
        server.AssertEnded();
    }

    [Fact]
    public void An_end_of_stream_ends_a_close_that_is_not_answered()
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);

        link.Close(1000);
        server.HalfClose();
        link.RunUntilClosed([]);

        Assert.Equal("closed by this side: 1000", link.Fault);
        Assert.Equal(1000, server.ReadClose());
    }

    [Fact]
    public void A_half_closed_stream_closes_the_link_but_its_last_messages_are_taken()
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);

        server.Send(Frame(Text, "one"), Frame(Text, "two"), Frame(Text, "half of three")[..5]);
        server.HalfClose();
        link.ReceiveUntilClosed();

        Assert.Equal("ended by the peer without a close frame", link.Fault);
        Assert.True(link.HasUnread);
        Assert.Equal("one", TakeOne(link));
        Assert.Equal("two", TakeOne(link));
        Assert.False(link.TryTake(out _));
        Assert.False(link.HasUnread);
        Assert.False(link.TrySend("too late"u8));
    }

    [Fact]
    public void A_close_frame_right_before_the_end_of_the_stream_is_what_the_fault_names()
    {
        using var link = new WebSocketLink();
        using ScriptedServer server = Open(link);

        server.Send(CloseFrame(1013, "try later"));
        server.HalfClose();
        link.ReceiveUntilClosed();
        Assert.False(link.TryTake(out _));

        Assert.Equal("closed by the peer: 1013 try later", link.Fault);
    }

    [Fact]
    public void A_reset_closes_the_link()
    {
        using var link = new WebSocketLink();
        ScriptedServer server = Open(link);

        server.Reset();
        link.RunUntilClosed([]);

        Assert.Equal("connection reset", link.Fault);
    }

    [Fact]
    public void A_send_that_fails_leaves_what_the_peer_said_before_to_be_read()
    {
        using var link = new WebSocketLink();
        var messages = new List<string>();
        using (ScriptedServer server = Open(link)) server.Send(Frame(Text, "last words"), CloseFrame(1012, "restart"));

        // The first send reaches a socket that is closed, and its reset makes a later one fail.
        link.RunUntilSendFails();
        Assert.Equal(LinkState.Closing, link.State);
        Assert.False(link.HasUnsent);
        link.RunUntilClosed(messages);

        Assert.Equal(["last words"], messages);
        Assert.Equal("closed by the peer: 1012 restart", link.Fault);
    }

    [Fact]
    public void A_dropped_link_forgets_everything_and_can_be_attached_again()
    {
        using var link = new WebSocketLink();
        using ScriptedServer first = Open(link);
        first.Send(Frame(Text, "old"), Frame(Text, "half")[..3]);
        Await(link);
        Assert.True(link.Receive());

        link.Drop("a watchdog did not hear from it");
        Assert.Equal("a watchdog did not hear from it", link.Fault);
        Assert.Equal(LinkState.Closed, link.State);
        Assert.Null(link.Socket);
        Assert.False(link.TryTake(out _));
        first.AssertEnded();
        link.Drop("again");
        Assert.Equal("a watchdog did not hear from it", link.Fault);

        using ScriptedServer second = Open(link);
        Assert.Null(link.Fault);
        second.Send(Frame(Text, "new"));
        Assert.Equal(["new"], link.Take(1));
    }

    [Fact]
    public void A_message_in_and_one_out_allocate_nothing()
    {
        using var link = new WebSocketLink(receiveBytes: 16 * 1024);
        using ScriptedServer server = Open(link);
        byte[] order = Encoding.ASCII.GetBytes(new string('o', 400));
        byte[] burst = [.. Frame(Text, new string('x', 500)), .. Frame(Ping, "p"), .. Frame(Text, new string('y', 300), isFinal: false), .. Frame(Continuation, new string('z', 700))];
        byte[] echoed = new byte[2 * (order.Length + 8) + 7]; // an order for each message, and the pong
        int taken = 0;
        void Round()
        {
            server.SendRaw(burst);
            for (int target = taken + 2; taken < target;)
            {
                if (!link.Receive() && link.State != LinkState.Open) throw new InvalidOperationException(link.Fault);
                while (link.TryTake(out _))
                {
                    taken++;
                    link.TrySend(order);
                }
            }

            while (link.Receive()) throw new InvalidOperationException("nothing more was sent");
            server.ReadRaw(echoed);
        }

        for (int i = 0; i < 200; i++) Round();

        // Every round does the same, so a link that allocated would do it in all of them. What shows up in one of them is the collector's:
        // where it retires this thread's allocation buffer, the runtime counts the unused rest as allocated.
        int allocating = 0;
        for (int i = 0; i < 5_000; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Round();
            if (GC.GetAllocatedBytesForCurrentThread() != before) allocating++;
        }

        Assert.InRange(allocating, 0, 5);
        Assert.Equal(2 * 5_200, taken);
        Assert.Equal(LinkState.Open, link.State);
    }

    private static ScriptedServer Open(WebSocketLink link, int linkSendBufferBytes = 0)
    {
        var server = new ScriptedServer(link, linkSendBufferBytes: linkSendBufferBytes);
        server.Send(server.GoodAnswer);
        link.RunUntilUpgraded();
        Assert.Equal(LinkState.Open, link.State);
        return server;
    }

    private static void Await(WebSocketLink link) => Assert.True(link.Socket!.Poll(90_000_000, SelectMode.SelectRead));

    private static string TakeOne(WebSocketLink link)
    {
        Assert.True(link.TryTake(out ReadOnlySpan<byte> message));
        return Encoding.UTF8.GetString(message);
    }
}
