using System.Net.Sockets;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.SideBySide;

/// <summary>A venue's end without TLS: bare sockets that do not block, or a <see cref="LoopbackVenue"/>'s.</summary>
internal sealed class PlainVenue(Socket market, Socket orders, Socket? account = null) : IScriptedVenue
{
    /// <summary>The ends of a venue that has let its connections in.</summary>
    public static PlainVenue Of(LoopbackVenue venue)
    {
        Socket[] sockets = [venue.Socket(VenueChannel.Public), venue.Socket(VenueChannel.Trade), venue.Socket(VenueChannel.Private)];
        foreach (Socket socket in sockets) socket.Blocking = false;
        return new PlainVenue(sockets[0], sockets[1], sockets[2]);
    }

    /// <inheritdoc />
    public void Send(VenueChannel channel, ReadOnlySpan<byte> frame) => SocketScript.SendWhole(channel switch { VenueChannel.Public => market, VenueChannel.Trade => orders, _ => account! }, frame);

    /// <inheritdoc />
    public int Receive(Span<byte> room) => orders.Receive(room, SocketFlags.None, out SocketError error) is int bytes && error == SocketError.Success ? bytes : 0;
}
