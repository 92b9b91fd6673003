using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.Transport.Tests;

public sealed class LoopbackVenueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

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

        Assert.Throws<SocketException>(() => venue.Accept(publicTopics: 1, privateTopics: 1, withinNanos: 1_000_000));
    }

    [Fact]
    public async Task A_request_without_an_end_is_not_waited_for_beyond_the_bound()
    {
        using var venue = new LoopbackVenue();
        using var stray = new TcpClient("127.0.0.1", venue.Address(VenueChannel.Public).Port);
        using var dripping = new Timer(_ => stray.Client.Send("x"u8, SocketFlags.None, out SocketError _), state: null, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));

        await Assert.ThrowsAsync<SocketException>(() => Task.Run(() => venue.Accept(publicTopics: 1, privateTopics: 1, withinNanos: 100_000_000)).WaitAsync(Patience));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /")]
    [InlineData("GET /1 HTTP/1.1\r\nHost: here\r\n\r\n")]
    [InlineData("GET /0 HTTP/1.1\r\nSec-WebSocket-Key: x\r\n\r\n")]
    [InlineData("GET /9 HTTP/1.1\r\nSec-WebSocket-Key: x\r\n\r\n")]
    [InlineData("Sec-WebSocket-Key: x\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    public async Task Whoever_asks_for_something_else_is_turned_away_and_the_three_are_let_in(string request)
    {
        using var venue = new LoopbackVenue();
        using var stray = new TcpClient("127.0.0.1", venue.Address(VenueChannel.Public).Port);
        stray.Client.Send(Encoding.ASCII.GetBytes(request));
        stray.Client.Shutdown(SocketShutdown.Send);
        Task accepting = Task.Run(() => venue.Accept(publicTopics: 1, privateTopics: 1, (long)Patience.TotalNanoseconds));

        using ClientWebSocket trade = new(), market = new(), account = new();
        await trade.ConnectAsync(venue.Address(VenueChannel.Trade), CancellationToken.None).WaitAsync(Patience);
        await market.ConnectAsync(venue.Address(VenueChannel.Public), CancellationToken.None).WaitAsync(Patience);
        await account.ConnectAsync(venue.Address(VenueChannel.Private), CancellationToken.None).WaitAsync(Patience);
        await accepting.WaitAsync(Patience);
        Assert.All(Enum.GetValues<VenueChannel>().Except([VenueChannel.Unset]), channel => Assert.NotNull(venue.Socket(channel)));
    }
}
