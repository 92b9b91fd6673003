using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using LatencyEngine.Transport;

namespace LatencyEngine.SideBySide;

/// <summary>The other way to TLS on a thread that polls its sockets: .NET's <see cref="SslStream"/> over memory that this object fills from the socket and empties into it.</summary>
internal sealed class SslStreamSocket : ILinkSocket
{
    private readonly Pump _pump;
    private readonly SslStream _secure;
    private readonly byte[] _encrypted = new byte[64 * 1024];
    private readonly byte[] _plain = new byte[64 * 1024];
    private ValueTaskAwaiter<int>? _reading;

    /// <summary>A client's end: shakes hands, blocking, over a connected socket, and blocks no more.</summary>
    public SslStreamSocket(Socket connected, string host, RemoteCertificateValidationCallback validate)
    {
        Socket = connected;
        _pump = new Pump(connected);
        _secure = new SslStream(_pump, leaveInnerStreamOpen: false, validate);
        _secure.AuthenticateAsClient(host);
        StopBlocking();
    }

    /// <summary>A server's end: shakes hands over a connected socket, and blocks until <see cref="StopBlocking"/>.</summary>
    public SslStreamSocket(Socket connected, SslServerAuthenticationOptions options)
    {
        Socket = connected;
        _pump = new Pump(connected);
        _secure = new SslStream(_pump);
        _secure.AuthenticateAsServer(options);
    }

    /// <summary>What is said behind the encryption.</summary>
    public Stream Stream => _secure;

    /// <inheritdoc />
    public Socket Socket { get; }

    /// <inheritdoc />
    public string Scheme => Uri.UriSchemeWss;

    /// <inheritdoc />
    public string? Fault { get; private set; }

    /// <inheritdoc />
    [SuppressMessage("Reliability", "CA2012", Justification = "Its result is taken once, when it is there.")]
    public LinkTransfer Receive(Span<byte> room, out int receivedBytes)
    {
        receivedBytes = 0;
        while (true)
        {
            _reading ??= _secure.ReadAsync(_plain.AsMemory(0, Math.Min(room.Length, _plain.Length))).GetAwaiter();
            if (_reading.Value.IsCompleted)
            {
                receivedBytes = _reading.Value.GetResult();
                _reading = null;
                _plain.AsSpan(0, receivedBytes).CopyTo(room);
                return receivedBytes > 0 ? LinkTransfer.Done : LinkTransfer.Ended;
            }

            int bytes = Socket.Receive(_encrypted, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock) return LinkTransfer.WouldBlock;
            if (error != SocketError.Success)
            {
                Fault = error.ToString();
                return LinkTransfer.Failed;
            }

            _pump.Feed(_encrypted.AsMemory(0, bytes));
        }
    }

    /// <inheritdoc />
    public LinkTransfer Send(ReadOnlySpan<byte> bytes, out int sentBytes)
    {
        _secure.Write(bytes);
        sentBytes = bytes.Length;
        return LinkTransfer.Done;
    }

    /// <summary>From here on <see cref="Receive"/> may be called, and nobody may read <see cref="Stream"/>.</summary>
    public void StopBlocking()
    {
        Socket.Blocking = false;
        _pump.IsPumped = true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _secure.Dispose();
        Socket.Dispose();
    }

    /// <summary>What the stream reads is what it was fed; what it writes goes to the socket at once.</summary>
    private sealed class Pump(Socket socket) : Stream, IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _source;
        private ReadOnlyMemory<byte> _fed;
        private Memory<byte> _wanted;
        private bool _isWaiting;

        /// <summary>False while hands are shaken: then it reads the socket itself.</summary>
        public bool IsPumped { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Feed(ReadOnlyMemory<byte> bytes)
        {
            _fed = bytes;
            if (!_isWaiting) return;
            _isWaiting = false;
            _source.SetResult(TakeFed(_wanted.Span));
        }

        public override int Read(Span<byte> buffer) => socket.Receive(buffer);

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!IsPumped) return new ValueTask<int>(socket.Receive(buffer.Span));
            if (buffer.IsEmpty) return new ValueTask<int>(0);
            if (!_fed.IsEmpty) return new ValueTask<int>(TakeFed(buffer.Span));
            _source.Reset();
            _wanted = buffer;
            _isWaiting = true;
            return new ValueTask<int>(this, _source.Version);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => SocketScript.SendWhole(socket, buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

        void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _source.OnCompleted(continuation, state, token, flags);

        private int TakeFed(Span<byte> room)
        {
            int bytes = Math.Min(_fed.Length, room.Length);
            _fed.Span[..bytes].CopyTo(room);
            _fed = _fed[bytes..];
            return bytes;
        }
    }
}
