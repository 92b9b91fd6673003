using System.Net;
using System.Net.Sockets;

namespace LatencyEngine.Transport.Tests;

/// <summary>How the engine's sockets are set.</summary>
public sealed class PlainSocketTests
{
    private const int SolSocket = 1;
    private const int SoBusyPoll = 46;

    [Fact]
    public void What_is_written_leaves_at_once_and_nothing_blocks()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connected = new Socket(SocketType.Stream, ProtocolType.Tcp);
        connected.Connect(listener.LocalEndpoint);
        Assert.False(connected.NoDelay);

        using var socket = new PlainSocket(connected);

        Assert.True(socket.Socket.NoDelay);
        Assert.False(socket.Socket.Blocking);
    }

    [Fact]
    public void Where_the_kernel_offers_it_a_read_looks_at_the_card_itself_and_elsewhere_the_socket_stays_as_it_was()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        bool isSet = BusyPoll.TrySet(socket, 50);

        Assert.Equal(isSet, BusyPoll.IsOffered(50));
        byte[] value = new byte[sizeof(int)];
        socket.GetRawSocketOption(SolSocket, SoBusyPoll, value);
        Assert.Equal(isSet ? 50 : 0, BitConverter.ToInt32(value));
        Assert.True(BusyPoll.TrySet(socket, 0));
    }
}
