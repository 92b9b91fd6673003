using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace LatencyEngine.Simulator.Tests;

/// <summary>A client of the venue's sockets that keeps every text frame until it is asked for.</summary>
internal sealed class SocketClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Channel<string> _received = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<WebSocketCloseStatus?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;

    /// <summary>How the server closed; null when it did so without a close frame.</summary>
    public Task<WebSocketCloseStatus?> Closed => _closed.Task;

    public ClientWebSocketOptions Options => _socket.Options;

    public IReadOnlyDictionary<string, IEnumerable<string>>? ResponseHeaders => _socket.HttpResponseHeaders;

    public async Task ConnectAsync(Uri endpoint)
    {
        await _socket.ConnectAsync(endpoint, CancellationToken.None);
        _reading = ReadAsync();
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendAsync(byte[] text) => _socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public Task<string> NextAsync() => _received.Reader.ReadAsync().AsTask();

    /// <summary>Closes and returns what the server answered with.</summary>
    public async Task<WebSocketCloseStatus?> CloseAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        return await Closed;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 20];
        int length = 0;
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close) break;
                length += received.Count;
                if (!received.EndOfMessage) continue;
                Assert.Equal(WebSocketMessageType.Text, received.MessageType);
                _received.Writer.TryWrite(Encoding.UTF8.GetString(buffer, 0, length));
                length = 0;
            }

            _closed.TrySetResult(_socket.CloseStatus);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            _closed.TrySetResult(null);
        }
        finally
        {
            _received.Writer.TryComplete();
        }
    }
}
