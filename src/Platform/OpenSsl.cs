using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>The calls into OpenSSL 3 that a TLS client needs (man 7 ssl). Errors are noted in a queue a thread, which a call that may fail must find empty.</summary>
internal static partial class OpenSsl
{
    public const int ErrorSsl = 1;            // SSL_ERROR_*
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorSyscall = 5;
    public const int ErrorZeroReturn = 6;

    public const int ControlMode = 33;                     // SSL_CTRL_MODE
    public const int ControlReadAhead = 41;                // SSL_CTRL_SET_READ_AHEAD
    public const int ControlServerName = 55;               // SSL_CTRL_SET_TLSEXT_HOSTNAME
    public const int ControlMinimumVersion = 123;          // SSL_CTRL_SET_MIN_PROTO_VERSION
    public const int ModePartialWrite = 1;                 // SSL_MODE_ENABLE_PARTIAL_WRITE
    public const int ModeMovingWriteBuffer = 2;            // SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    public const int Version12 = 0x0303;                   // TLS1_2_VERSION
    public const ulong OptionNoRenegotiation = 1UL << 30;  // SSL_OP_NO_RENEGOTIATION
    public const int VerifyPeer = 1;                       // SSL_VERIFY_PEER
    public const uint NoPartialWildcards = 4;              // X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    [LibraryImport(Ssl)]
    public static partial nint TLS_client_method();

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    public static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [LibraryImport(Ssl)]
    public static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_set_default_verify_paths(nint context);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_load_verify_file(nint context, string path);

    [LibraryImport(Ssl)]
    public static partial nint SSL_new(nint context);

    [LibraryImport(Ssl)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_set_fd(nint ssl, int descriptor);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint SSL_ctrl(nint ssl, int command, nint number, string text);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_set1_host(nint ssl, string host);

    [LibraryImport(Ssl)]
    public static partial void SSL_set_hostflags(nint ssl, uint flags);

    [LibraryImport(Ssl)]
    public static partial int SSL_set_alpn_protos(nint ssl, ReadOnlySpan<byte> protocols, uint lengthBytes);

    [LibraryImport(Ssl, SetLastError = true)]
    public static partial int SSL_connect(nint ssl);

    [LibraryImport(Ssl, SetLastError = true)]
    public static unsafe partial int SSL_read_ex(nint ssl, byte* room, nuint lengthBytes, nuint* readBytes);

    [LibraryImport(Ssl, SetLastError = true)]
    public static unsafe partial int SSL_write_ex(nint ssl, byte* bytes, nuint lengthBytes, nuint* writtenBytes);

    [LibraryImport(Ssl)]
    public static partial int SSL_has_pending(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_verify_result(nint ssl);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_version(nint ssl);

    [LibraryImport(Crypto)]
    public static partial nint X509_verify_cert_error_string(nint result);

    [LibraryImport(Crypto)]
    public static partial void ERR_clear_error();

    [LibraryImport(Crypto)]
    public static partial uint ERR_get_error();

    [LibraryImport(Crypto)]
    public static partial nint ERR_reason_error_string(uint error);
}
