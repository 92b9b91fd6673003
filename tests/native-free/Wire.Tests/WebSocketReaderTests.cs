using System.Text;
using static LatencyEngine.Wire.Tests.WebSocketFrames;

namespace LatencyEngine.Wire.Tests;

public sealed class WebSocketReaderTests
{
    private const int MessageBytesMax = 100_000;

    /// <summary>RFC 6455, 5.7: the unmasked examples.</summary>
    [Fact]
    public void The_examples_of_the_rfc_are_read()
    {
        Assert.Equal([SaidText("Hello")], Read([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]));
        Assert.Equal([SaidText("Hello")], Read([0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]));
        Assert.Equal([SaidPing("Hello"u8)], Read([0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]));
        Assert.Equal([SaidBroken(WebSocketError.BinaryMessage)], Read([0x82, 0x7E, 0x01, 0x00]));
        Assert.Equal([SaidBroken(WebSocketError.BinaryMessage)], Read([0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]));
        Assert.Equal([SaidBroken(WebSocketError.MaskedFrame)], Read([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(MessageBytesMax)]
    public void A_message_of_any_length_up_to_the_maximum_is_read(int lengthBytes)
    {
        string text = new('x', lengthBytes);
        Assert.Equal([SaidText(text)], Read(Frame(Text, text)));
    }

    [Fact]
    public void A_message_is_read_where_it_lies()
    {
        byte[] buffer = [.. "head"u8, .. Frame(Text, "first"), .. Frame(Text, "second")];
        var reader = new WebSocketReader(MessageBytesMax);
        reader.Reset(4);

        Assert.Equal(WebSocketRead.Text, reader.Read(buffer, out ReadOnlySpan<byte> first));
        Assert.True(first.Overlaps(buffer, out int offset));
        Assert.Equal("first"u8, first);
        Assert.Equal(-(4 + 2), offset);
        Assert.Equal(WebSocketRead.Text, reader.Read(buffer, out ReadOnlySpan<byte> second));
        Assert.Equal("second"u8, second);
        Assert.Equal(buffer.Length, reader.Position);
        Assert.Equal(buffer.Length, reader.KeptFrom);
        Assert.Equal(WebSocketRead.Incomplete, reader.Read(buffer, out _));
    }

    [Fact]
    public void Fragments_are_joined_around_the_control_frames_between_them()
    {
        byte[] stream = [.. Frame(Text, "Hel", isFinal: false), .. Frame(Ping, "1"), .. Frame(Continuation, "", isFinal: false), .. Frame(Pong, "2"), .. Frame(Continuation, "lo"), .. Frame(Text, "")];

        Assert.Equal([SaidPing("1"u8), SaidPong("2"u8), SaidText("Hello"), SaidText("")], Read(stream));
    }

    [Fact]
    public void A_character_may_be_cut_by_a_fragment_but_not_by_the_message()
    {
        byte[] euro = Encoding.UTF8.GetBytes("€");

        Assert.Equal([SaidText("€")], Read([.. Frame(Text, euro.AsSpan(..1), isFinal: false), .. Frame(Continuation, euro.AsSpan(1..))]));
        Assert.Equal([SaidBroken(WebSocketError.InvalidUtf8)], Read(Frame(Text, euro.AsSpan(..2))));
    }

    [Fact]
    public void Compacting_keeps_the_message_in_progress_and_what_is_unread()
    {
        byte[] buffer = [.. Frame(Text, "gone"), .. Frame(Text, "Hel", isFinal: false), .. Frame(Ping, "ping"), .. Frame(Continuation, "lo")];
        int lastBytes = 3; // two of the continuation's header, one of its payload
        var reader = new WebSocketReader(MessageBytesMax);
        int end = buffer.Length - 1;
        Assert.Equal(WebSocketRead.Text, reader.Read(buffer.AsSpan(0, end), out _));
        Assert.Equal(WebSocketRead.Ping, reader.Read(buffer.AsSpan(0, end), out _));
        Assert.Equal(WebSocketRead.Incomplete, reader.Read(buffer.AsSpan(0, end), out _));

        int kept = reader.Compact(buffer.AsSpan(0, end));

        Assert.Equal("Hel"u8.Length + lastBytes, kept);
        Assert.Equal(0, reader.KeptFrom);
        Assert.Equal(3, reader.Position);
        buffer[kept] = (byte)'o';
        Assert.Equal(WebSocketRead.Text, reader.Read(buffer.AsSpan(0, kept + 1), out ReadOnlySpan<byte> message));
        Assert.Equal("Hello"u8, message);
    }

    [Fact]
    public void An_incomplete_frame_says_what_a_buffer_must_hold_for_it()
    {
        var reader = new WebSocketReader(MessageBytesMax);
        byte[] longFrame = Frame(Text, new string('x', 70_000), isFinal: false);

        Assert.Equal(WebSocketRead.Incomplete, reader.Read(longFrame.AsSpan(0, 10), out _));
        Assert.Equal(70_010, reader.BytesWanted);

        byte[] twoFrames = [.. longFrame, .. Frame(Continuation, new string('x', 20_000))];
        Assert.Equal(WebSocketRead.Incomplete, reader.Read(twoFrames.AsSpan(0, twoFrames.Length - 1), out _));
        Assert.Equal(70_000 + 4 + 20_000, reader.BytesWanted);
    }

    [Fact]
    public void Frames_that_break_a_rule_are_refused_as_soon_as_their_header_shows_it()
    {
        AssertBroken(WebSocketError.ReservedBits, 1002, 0xC1, 0x00);
        AssertBroken(WebSocketError.ReservedBits, 1002, 0xA1, 0x00);
        AssertBroken(WebSocketError.ReservedBits, 1002, 0x91, 0x00);
        foreach (byte opcode in new byte[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 }) AssertBroken(WebSocketError.ReservedOpcode, 1002, (byte)(0x80 | opcode), 0x00);
        AssertBroken(WebSocketError.MaskedFrame, 1002, 0x81, 0x80);
        AssertBroken(WebSocketError.FragmentedControl, 1002, 0x09, 0x00);
        AssertBroken(WebSocketError.ControlTooLong, 1002, 0x89, 126);
        AssertBroken(WebSocketError.ControlTooLong, 1002, 0x88, 127);
        AssertBroken(WebSocketError.UnexpectedContinuation, 1002, 0x80, 0x00);
        AssertBroken(WebSocketError.InterruptedMessage, 1002, 0x01, 0x00, 0x81, 0x00);
        AssertBroken(WebSocketError.InterruptedMessage, 1002, 0x01, 0x00, 0x82, 0x00);
        AssertBroken(WebSocketError.NonMinimalLength, 1002, 0x81, 126, 0, 125);
        AssertBroken(WebSocketError.NonMinimalLength, 1002, 0x81, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF);
        AssertBroken(WebSocketError.LengthOutOfRange, 1002, 0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0);
        AssertBroken(WebSocketError.BinaryMessage, 1003, 0x82, 0x00);
        AssertBroken(WebSocketError.BinaryMessage, 1003, 0x02, 0x00);
        AssertBroken(WebSocketError.InvalidUtf8, 1007, 0x81, 0x01, 0xFF);
        AssertBroken(WebSocketError.InvalidUtf8, 1007, 0x81, 0x03, 0xED, 0xA0, 0x80);
    }

    [Fact]
    public void A_byte_more_than_the_longest_message_is_refused_before_it_arrives()
    {
        var reader = new WebSocketReader(1_000);
        byte[] parts = [.. Frame(Text, new string('x', 600), isFinal: false), 0x80, 126, 400 >> 8, 400 & 0xFF];

        Assert.Equal(WebSocketRead.Incomplete, reader.Read(parts, out _));
        parts[^1]++;
        Assert.Equal(WebSocketRead.Broken, reader.Read(parts, out _));
        Assert.Equal(WebSocketError.MessageTooLong, reader.Error);
        Assert.Equal(1009, WebSocketCloseCode.For(reader.Error));

        AssertBroken(WebSocketError.MessageTooLong, 1009, 0x81, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
    }

    [Theory]
    [InlineData(999, false)]
    [InlineData(1000, true)]
    [InlineData(1003, true)]
    [InlineData(1004, false)]
    [InlineData(1005, false)]
    [InlineData(1006, false)]
    [InlineData(1007, true)]
    [InlineData(1014, true)]
    [InlineData(1015, false)]
    [InlineData(2999, false)]
    [InlineData(3000, true)]
    [InlineData(4999, true)]
    [InlineData(5000, false)]
    [InlineData(65535, false)]
    public void A_close_code_is_one_that_an_endpoint_may_send(int code, bool isValid)
    {
        string expected = isValid ? SaidClose(code, "bye"u8) : SaidBroken(WebSocketError.InvalidCloseCode);
        Assert.Equal([expected], Read(CloseFrame(code, "bye"u8.ToArray())));
    }

    [Fact]
    public void A_close_frame_has_no_code_or_a_whole_one_and_a_reason_in_utf8()
    {
        Assert.Equal([SaidClose(1005, default)], Read(Frame(Close, "")));
        Assert.Equal([SaidClose(1000, default)], Read(CloseFrame(1000)));
        AssertBroken(WebSocketError.InvalidCloseLength, 1002, 0x88, 0x01, 0x03);
        AssertBroken(WebSocketError.InvalidCloseReason, 1007, 0x88, 0x03, 0x03, 0xE8, 0xFF);
    }

    [Fact]
    public void Nothing_is_read_after_a_close_frame_or_an_error_until_a_new_start()
    {
        var reader = new WebSocketReader(MessageBytesMax);
        byte[] closed = [.. CloseFrame(1000), .. Frame(Text, "late")];
        Assert.Equal(WebSocketRead.Close, reader.Read(closed, out _));
        Assert.Equal(WebSocketRead.Incomplete, reader.Read(closed, out _));

        reader.Reset(0);
        byte[] broken = [0x83, 0x00, .. Frame(Text, "late")];
        Assert.Equal(WebSocketRead.Broken, reader.Read(broken, out _));
        Assert.Equal(WebSocketRead.Broken, reader.Read(broken, out ReadOnlySpan<byte> payload));
        Assert.True(payload.IsEmpty);

        reader.Reset(2);
        Assert.Equal(WebSocketError.Unset, reader.Error);
        Assert.Equal(WebSocketRead.Text, reader.Read(broken, out _));
    }

    [Fact]
    public void The_longest_message_is_positive_and_bounded()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketReader(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketReader((1 << 30) + 1));
    }

    private static List<string> Read(byte[] stream) => new WebSocketFeed(MessageBytesMax).Read(stream, () => stream.Length);

    private static void AssertBroken(WebSocketError error, int closeCode, params byte[] stream)
    {
        Assert.Equal([SaidBroken(error)], Read(stream));
        Assert.Equal(closeCode, WebSocketCloseCode.For(error));
    }
}
