using System.Net.WebSockets;
using System.Text;

namespace LatencyEngine.Wire.Tests;

public sealed class WebSocketWriterTests
{
    private const uint RfcKey = 0x3d21fa37; // the bytes 37 fa 21 3d

    /// <summary>RFC 6455, 5.7: the masked examples.</summary>
    [Fact]
    public void The_examples_of_the_rfc_are_written()
    {
        byte[] frame = new byte[11];

        Assert.Equal(11, WebSocketWriter.WriteText("Hello"u8, RfcKey, frame));
        Assert.Equal([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58], frame);
        Assert.Equal(11, WebSocketWriter.WritePong("Hello"u8, RfcKey, frame));
        Assert.Equal([0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58], frame);
    }

    [Fact]
    public void Every_length_is_framed_and_masked_as_the_byte_by_byte_twin_does_it()
    {
        var random = new Random(6455);
        byte[] text = new byte[70_000];
        random.NextBytes(text);
        byte[] frame = new byte[text.Length + WebSocketWriter.HeaderBytesMax];
        foreach (int length in Enumerable.Range(0, 300).Concat([65_535, 65_536, 70_000]))
        {
            uint key = (uint)random.NextInt64(1L << 32);
            byte[] expected = Twin(text.AsSpan(0, length), key);

            int written = WebSocketWriter.WriteText(text.AsSpan(0, length), key, frame);

            Assert.Equal(expected, frame.AsSpan(0, written));
        }
    }

    [Fact]
    public void A_destination_that_is_a_byte_too_short_is_left_alone()
    {
        foreach (int length in new[] { 0, 5, 125, 126, 65_535, 65_536 })
        {
            byte[] text = new byte[length];
            int frameBytes = Twin(text, 1).Length;
            byte[] destination = new byte[frameBytes];

            Assert.Equal(0, WebSocketWriter.WriteText(text, 1, destination.AsSpan(0, frameBytes - 1)));
            Assert.All(destination, value => Assert.Equal(0, value));
            Assert.Equal(frameBytes, WebSocketWriter.WriteText(text, 1, destination));
        }

        Assert.Equal(0, WebSocketWriter.WriteText("x"u8, 1, default));
    }

    [Fact]
    public void A_pong_carries_no_more_than_a_control_frame_may()
    {
        byte[] destination = new byte[300];

        Assert.Equal(2 + 4 + 125, WebSocketWriter.WritePong(new byte[125], 1, destination));
        Assert.Equal(0, WebSocketWriter.WritePong(new byte[126], 1, destination));
    }

    [Fact]
    public async Task The_frameworks_server_reads_what_is_written()
    {
        string[] texts = ["", "Hello", new('x', 126), new('€', 30_000)];
        byte[] stream = new byte[200_000];
        int length = 0;
        foreach (string text in texts) length += WebSocketWriter.WriteText(Encoding.UTF8.GetBytes(text), 0xdeadbeef, stream.AsSpan(length));
        length += WebSocketWriter.WritePong("unasked"u8, 7, stream.AsSpan(length));
        length += WebSocketWriter.WriteClose(4001, 9, stream.AsSpan(length));

        using var server = WebSocket.CreateFromStream(new MemoryStream(stream, 0, length), new WebSocketCreationOptions { IsServer = true });
        byte[] received = new byte[100_000];
        foreach (string text in texts)
        {
            int count = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await server.ReceiveAsync(received.AsMemory(count), CancellationToken.None);
                count += result.Count;
            }
            while (!result.EndOfMessage);
            Assert.Equal(text, Encoding.UTF8.GetString(received, 0, count));
            Assert.Equal(WebSocketMessageType.Text, result.MessageType);
        }

        Assert.Equal(WebSocketMessageType.Close, (await server.ReceiveAsync(received.AsMemory(), CancellationToken.None)).MessageType);
        Assert.Equal(4001, (int)server.CloseStatus!.Value);
    }

    [Fact]
    public async Task What_the_frameworks_server_writes_is_read()
    {
        using var stream = new MemoryStream();
        using var server = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        await server.SendAsync("Hel"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
        await server.SendAsync("lo"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await server.SendAsync(new byte[70_000], WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await server.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "bye", CancellationToken.None);

        List<string> said = new WebSocketFeed(70_000).Read(stream.ToArray(), () => 1_000);

        Assert.Equal([WebSocketFrames.SaidText("Hello"), WebSocketFrames.SaidText(new byte[70_000]), WebSocketFrames.SaidClose(1001, "bye"u8)], said);
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        byte[] text = new byte[400];
        byte[] destination = new byte[500];
        int written = 0;
        void Round()
        {
            written += WebSocketWriter.WriteText(text, 1, destination);
            written += WebSocketWriter.WritePong(text.AsSpan(0, 100), 2, destination);
            written += WebSocketWriter.WriteClose(1000, 3, destination);
        }

        for (int i = 0; i < 100; i++) Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) Round();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Twin(ReadOnlySpan<byte> text, uint key)
    {
        byte[] frame = WebSocketFrames.Frame(WebSocketFrames.Text, text);
        int headerBytes = frame.Length - text.Length;
        frame[1] |= 0x80;
        byte[] keyBytes = [(byte)key, (byte)(key >> 8), (byte)(key >> 16), (byte)(key >> 24)];
        for (int i = 0; i < text.Length; i++) frame[headerBytes + i] ^= keyBytes[i % 4];
        return [.. frame.AsSpan(0, headerBytes), .. keyBytes, .. frame.AsSpan(headerBytes)];
    }
}
