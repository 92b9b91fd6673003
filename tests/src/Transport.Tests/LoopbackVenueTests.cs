using LatencyEngine.Wire;

namespace LatencyEngine.Transport.Tests;

public sealed class LoopbackVenueTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void A_text_of_any_length_is_written_as_a_client_reads_it(int lengthBytes)
    {
        byte[] text = new byte[lengthBytes];
        Array.Fill(text, (byte)'x');
        byte[] frame = new byte[lengthBytes + 10];

        int writtenBytes = LoopbackVenue.Write(text, frame);

        var reader = new WebSocketReader(lengthBytes + 1);
        Assert.Equal(WebSocketRead.Text, reader.Read(frame.AsSpan(0, writtenBytes), out ReadOnlySpan<byte> read));
        Assert.True(read.SequenceEqual(text));
        Assert.Equal(writtenBytes, reader.Position);
    }

    [Fact]
    public void Connections_that_do_not_come_are_not_waited_for_beyond_the_bound()
    {
        using var venue = new LoopbackVenue();

        Assert.Throws<System.Net.Sockets.SocketException>(() => venue.Accept(publicTopics: 1, privateTopics: 1, withinNanos: 1_000_000));
    }
}
