using System.Net;
using System.Net.Sockets;
using System.Text;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

public sealed class WarmCancelTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpListener _venue = new(IPAddress.Loopback, 0);

    public WarmCancelTests() => _venue.Start();

    public void Dispose() => _venue.Dispose();

    [Fact]
    public async Task On_the_connection_that_stands_the_request_is_at_the_venue_when_the_call_returns()
    {
        using var cancelling = new WarmCancel(Client());
        cancelling.Start();
        using Socket connection = await _venue.AcceptSocketAsync().WaitAsync(Patience);
        Assert.StartsWith("GET /v5/market/time", await RequestAsync(connection), StringComparison.Ordinal);
        await AnswerAsync(connection, """{"retCode":0,"retMsg":"OK","result":{}}""");
        await Task.Delay(200);   // the client puts the connection back when it has read the answer

        Task<string?> cancelled = cancelling.CancelAllAsync();
        bool hasArrived = connection.Available > 0;

        Assert.True(hasArrived);
        string request = await RequestAsync(connection);
        Assert.StartsWith("POST /v5/order/cancel-all", request, StringComparison.Ordinal);
        Assert.Contains("\"settleCoin\":\"USDT\"", request, StringComparison.Ordinal);
        await AnswerAsync(connection, """{"retCode":0,"retMsg":"OK","result":{"list":[]},"time":1}""");
        Assert.Null(await cancelled.WaitAsync(Patience));
        Assert.False(_venue.Pending());   // no second connection
    }

    [Fact]
    public async Task What_the_venue_refuses_is_told_in_a_line_without_the_key()
    {
        using var cancelling = new WarmCancel(Client());
        Task<string?> cancelled = cancelling.CancelAllAsync();
        using Socket connection = await _venue.AcceptSocketAsync().WaitAsync(Patience);
        await RequestAsync(connection);
        await AnswerAsync(connection, """{"retCode":10003,"retMsg":"API key test-key-that-is-long is invalid.","result":{},"time":1}""");

        string? text = await cancelled.WaitAsync(Patience);

        Assert.Contains("is invalid", text, StringComparison.Ordinal);
        Assert.DoesNotContain("test-key-that-is-long", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_venue_that_is_away_is_told_too()
    {
        using var cancelling = new WarmCancel(Client());
        _venue.Stop();

        Assert.NotNull(await cancelling.CancelAllAsync().WaitAsync(Patience));
    }

    private RestClient Client() => new(
        new Uri($"http://{_venue.LocalEndpoint}"), new ApiCredentials("test-key-that-is-long", "test-secret"), new SystemClock(), recvWindowMillis: 5_000, TimeSpan.FromSeconds(5));

    /// <summary>One request with its body.</summary>
    private static async Task<string> RequestAsync(Socket connection)
    {
        var text = new StringBuilder();
        byte[] bytes = new byte[4_096];
        while (true)
        {
            int count = await connection.ReceiveAsync(bytes).WaitAsync(Patience);
            text.Append(Encoding.UTF8.GetString(bytes, 0, count));
            string so = text.ToString();
            int end = so.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            int length = so.Split("\r\n").Where(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)).Select(line => int.Parse(line[16..], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
            if (count == 0 || (end >= 0 && so.Length >= end + 4 + length)) return so;
        }
    }

    private static async Task AnswerAsync(Socket connection, string body) =>
        await connection.SendAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
}
