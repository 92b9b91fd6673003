using System.Net.Sockets;

namespace LatencyEngine.Transport;

/// <summary>The bytes of one connected, non-blocking socket, as they are or through TLS.</summary>
/// <remarks>Thread: io. Blocks: never. Allocates: when the connection fails. Disposing of it closes the socket.</remarks>
public interface ILinkSocket : IDisposable
{
    /// <summary>For polling only.</summary>
    Socket Socket { get; }

    /// <summary>The scheme of addresses that are reached this way: <c>ws</c> or <c>wss</c>.</summary>
    string Scheme { get; }

    /// <summary>Why the connection failed, as one clause for an operator; null while it has not.</summary>
    string? Fault { get; }

    /// <summary>Reads what has arrived, as far as there is room; the room is not empty. After less than all of it was filled, whatever comes next makes the socket readable.</summary>
    /// <param name="room">Receives the bytes.</param>
    /// <param name="receivedBytes">Bytes read; 0 unless <see cref="LinkTransfer.Done"/>.</param>
    LinkTransfer Receive(Span<byte> room, out int receivedBytes);

    /// <summary>Sends as many bytes as go. What did not must come again, with more behind it if need be.</summary>
    /// <param name="bytes">Not empty.</param>
    /// <param name="sentBytes">Bytes taken, whatever is returned.</param>
    LinkTransfer Send(ReadOnlySpan<byte> bytes, out int sentBytes);
}
