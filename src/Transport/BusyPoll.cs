using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LatencyEngine.Transport;

/// <summary>A socket whose reads look at the network card themselves (SO_BUSY_POLL, socket(7)), where the kernel, the driver and the rights of the process allow it.</summary>
public static class BusyPoll
{
    private const int SolSocket = 1;
    private const int SoBusyPoll = 46;

    /// <summary>Whether this process may have it for so long.</summary>
    /// <param name="microseconds">How long a read looks.</param>
    public static bool IsOffered(int microseconds)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        return TrySet(socket, microseconds);
    }

    /// <summary>Sets it.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="microseconds">How long a read looks; 0 leaves the socket as it is.</param>
    /// <returns>False where it is refused: more than net.core.busy_read wants CAP_NET_ADMIN.</returns>
    public static bool TrySet(Socket socket, int microseconds)
    {
        if (microseconds == 0) return true;
        try
        {
            socket.SetRawSocketOption(SolSocket, SoBusyPoll, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in microseconds)));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
