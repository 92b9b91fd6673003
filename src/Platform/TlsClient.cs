using System.Net.Sockets;

namespace LatencyEngine.Platform;

/// <summary>What the TLS connections of a client have in common: TLS 1.2 or 1.3, the authorities that are trusted, no renegotiation. On OpenSSL 3, as .NET's own TLS is on Linux.</summary>
/// <remarks>Thread: any; connections made from it may be on different threads.</remarks>
public sealed class TlsClient : IDisposable
{
    private nint _context;

    /// <summary>Loads the authorities.</summary>
    /// <param name="authoritiesPath">PEM file of the certificates that are trusted, and no others; null for the system's, which <c>SSL_CERT_FILE</c> and <c>SSL_CERT_DIR</c> replace.</param>
    /// <exception cref="TlsException">OpenSSL 3 is not there, or the file cannot be read.</exception>
    public TlsClient(string? authoritiesPath = null)
    {
        try
        {
            _context = OpenSsl.SSL_CTX_new(OpenSsl.TLS_client_method());
        }
        catch (DllNotFoundException missing)
        {
            throw new TlsException("TLS needs OpenSSL 3 (libssl.so.3); get it with: apt-get install libssl3", missing);
        }

        if (_context == 0) throw new TlsException("OpenSSL has no memory for a TLS context");
        OpenSsl.SSL_CTX_ctrl(_context, OpenSsl.ControlMinimumVersion, OpenSsl.Version12, 0);
        OpenSsl.SSL_CTX_ctrl(_context, OpenSsl.ControlMode, OpenSsl.ModePartialWrite | OpenSsl.ModeMovingWriteBuffer, 0);
        OpenSsl.SSL_CTX_ctrl(_context, OpenSsl.ControlReadAhead, 1, 0);   // one call of the system for all that the socket holds, not two for each record
        OpenSsl.SSL_CTX_set_options(_context, OpenSsl.OptionNoRenegotiation);
        OpenSsl.SSL_CTX_set_verify(_context, OpenSsl.VerifyPeer, 0);
        OpenSsl.ERR_clear_error();
        int loaded = authoritiesPath is null ? OpenSsl.SSL_CTX_set_default_verify_paths(_context) : OpenSsl.SSL_CTX_load_verify_file(_context, authoritiesPath);
        if (loaded == 1) return;
        string reason = TlsSession.Reason(OpenSsl.ERR_get_error());
        Dispose();
        throw new TlsException($"trusted certificates cannot be read from {authoritiesPath ?? "the system"}: {reason}");
    }

    /// <summary>Shakes hands over a connected, blocking socket. The certificate must be valid now, for this host, and signed by a trusted authority; whether it has been revoked is not asked.</summary>
    /// <param name="socket">Connected; stays the caller's, who may dispose of it at any time to break this off, and else disposes of the session first.</param>
    /// <param name="host">Name or address that the certificate must be for.</param>
    /// <exception cref="TlsException">The peer is not trusted, speaks no TLS 1.2, or went away.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed of.</exception>
    public TlsSession Connect(Socket socket, string host)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentException.ThrowIfNullOrEmpty(host);
        ObjectDisposedException.ThrowIf(_context == 0, this);
        return TlsSession.Connect(_context, socket.SafeHandle, host);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        nint context = Interlocked.Exchange(ref _context, 0);
        if (context != 0) OpenSsl.SSL_CTX_free(context);   // connections hold it for as long as they live
    }
}
