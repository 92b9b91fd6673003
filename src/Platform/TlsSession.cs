using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>One TLS connection of a client. It reads and writes the socket itself: two copies and two calls less than through memory.</summary>
/// <remarks>
/// It holds the socket's descriptor: whoever disposes of the socket first waits, with the socket shut down, until this is disposed of too, so that the number is never that of another file here.
/// Thread: one at a time. Blocks: never, on a socket that does not. Allocates: in the handshake and when the connection fails, nothing a message.
/// </remarks>
public sealed class TlsSession : IDisposable
{
    private const int Over = -1;
    private const int ConnectionReset = 104;   // ECONNRESET
    private const int BrokenPipe = 32;         // EPIPE
    private const int TimedOut = 110;          // ETIMEDOUT

    private readonly SafeSocketHandle _socket;
    private nint _ssl;
    private bool _isBroken;

    private TlsSession(nint ssl, SafeSocketHandle socket)
    {
        _ssl = ssl;
        _socket = socket;
    }

    /// <summary>Why the connection is over, as one clause for an operator; null while it is not, and when the peer ended it in order.</summary>
    public string? Fault { get; private set; }

    /// <summary>The version agreed on, such as <c>TLSv1.3</c>.</summary>
    public string Version => Text(OpenSsl.SSL_get_version(_ssl));

    /// <summary>Reads what has arrived, as far as there is room.</summary>
    /// <returns>Bytes; 0 when there is nothing yet, -1 when the connection is over.</returns>
    public unsafe int Read(Span<byte> room)
    {
        int bytes = 0;
        fixed (byte* start = room)
        {
            do
            {
                nuint readBytes;
                OpenSsl.ERR_clear_error();
                int result = OpenSsl.SSL_read_ex(_ssl, start + bytes, (nuint)(room.Length - bytes), &readBytes);
                if (result != 1)
                {
                    // Bytes first: a connection that is over says so again.
                    int fault = Fail(result);
                    return bytes > 0 ? bytes : fault;
                }

                bytes += (int)readBytes;
            }
            while (bytes < room.Length && OpenSsl.SSL_has_pending(_ssl) == 1);   // a call gives one record, and one call of the system may have brought many
        }

        return bytes;
    }

    /// <summary>Writes as much as the descriptor takes. What was not taken must come again, with more behind it if need be.</summary>
    /// <returns>Bytes; 0 when it takes nothing now, -1 when the connection is over.</returns>
    public unsafe int Write(ReadOnlySpan<byte> bytes)
    {
        nuint writtenBytes;
        OpenSsl.ERR_clear_error();
        fixed (byte* start = bytes)
        {
            int result = OpenSsl.SSL_write_ex(_ssl, start, (nuint)bytes.Length, &writtenBytes);
            return result == 1 ? (int)writtenBytes : Fail(result);
        }
    }

    /// <summary>Says goodbye, if the connection is sound, and lets the socket go, which stays open.</summary>
    public void Dispose()
    {
        if (_ssl == 0) return;
        OpenSsl.ERR_clear_error();
        if (!_isBroken) _ = OpenSsl.SSL_shutdown(_ssl);
        OpenSsl.SSL_free(_ssl);
        _ssl = 0;
        _socket.DangerousRelease();
    }

    /// <summary>Shakes hands, blocking as the socket does.</summary>
    internal static TlsSession Connect(nint context, SafeSocketHandle socket, string host)
    {
        bool isHeld = false;
        socket.DangerousAddRef(ref isHeld);
        nint ssl = OpenSsl.SSL_new(context);
        if (ssl == 0)
        {
            socket.DangerousRelease();
            throw new TlsException("OpenSSL has no memory for a connection");
        }

        var session = new TlsSession(ssl, socket);
        try
        {
            session.ShakeHands(host);
            return session;
        }
        catch
        {
            session._isBroken = true;
            session.Dispose();
            throw;
        }
    }

    /// <summary>OpenSSL's words for an error.</summary>
    internal static string Reason(uint error) => Text(OpenSsl.ERR_reason_error_string(error)) is { Length: > 0 } reason ? reason : $"OpenSSL error {error}";

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    private void ShakeHands(string host)
    {
        ReadOnlySpan<byte> http = "\x08http/1.1"u8;   // WebSocket begins as HTTP/1.1; a host that prefers HTTP/2 must not choose it
        OpenSsl.SSL_set_hostflags(_ssl, OpenSsl.NoPartialWildcards);
        if (OpenSsl.SSL_set1_host(_ssl, host) != 1) throw new TlsException($"{host} is not a host name");
        if (!IPAddress.TryParse(host, out _)) OpenSsl.SSL_ctrl(_ssl, OpenSsl.ControlServerName, 0, host);   // names only (RFC 6066, 3)
        OpenSsl.SSL_set_alpn_protos(_ssl, http, (uint)http.Length);
        if (OpenSsl.SSL_set_fd(_ssl, (int)_socket.DangerousGetHandle()) != 1) throw new TlsException("OpenSSL does not take the socket");
        OpenSsl.ERR_clear_error();
        int result = OpenSsl.SSL_connect(_ssl);
        if (result == 1) return;
        int error = Marshal.GetLastPInvokeError();
        nint verified = OpenSsl.SSL_get_verify_result(_ssl);
        if (verified != 0) throw new TlsException($"certificate refused: {Text(OpenSsl.X509_verify_cert_error_string(verified))}");
        throw new TlsException(Clause(OpenSsl.SSL_get_error(_ssl, result), error) ?? "ended by the peer");
    }

    /// <summary>What a call that did not succeed means: 0 for later, -1 for never.</summary>
    private int Fail(int result)
    {
        int error = Marshal.GetLastPInvokeError();
        int kind = OpenSsl.SSL_get_error(_ssl, result);
        if (kind is OpenSsl.ErrorWantRead or OpenSsl.ErrorWantWrite) return 0;
        _isBroken = kind is OpenSsl.ErrorSsl or OpenSsl.ErrorSyscall;   // nothing may be said after either
        Fault = Clause(kind, error);
        return Over;
    }

    private static string? Clause(int kind, int error) => kind switch
    {
        OpenSsl.ErrorZeroReturn => null,
        OpenSsl.ErrorSsl => $"TLS failed: {Reason(OpenSsl.ERR_get_error())}",
        OpenSsl.ErrorSyscall => error switch
        {
            ConnectionReset => "connection reset",
            BrokenPipe => "connection closed by the peer",
            TimedOut => "connection timed out",
            _ => $"socket error {error}",
        },
        _ => $"TLS failed with {kind}",
    };
}
