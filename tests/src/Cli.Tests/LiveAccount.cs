using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Transport;

namespace LatencyEngine.Cli.Tests;

/// <summary>An account as the venue itself tells it.</summary>
internal sealed class LiveAccount : IDisposable
{
    private readonly RestClient _client;

    public LiveAccount(string address, string key, string secret)
    {
        _client = new RestClient(new Uri(address), new ApiCredentials(key, secret), new SystemClock(), recvWindowMillis: 5_000, TimeSpan.FromSeconds(60));
        Rest = new BybitRest(_client);
    }

    public BybitRest Rest { get; }

    /// <summary>Its newest closed orders; none while the venue is away.</summary>
    public async Task<JsonElement[]> OrdersAsync()
    {
        byte[] body;
        try
        {
            body = await _client.GetAsync("/v5/order/history", "category=linear&limit=50");
        }
        catch (VenueRefusalException)
        {
            return [];
        }

        using JsonDocument answer = JsonDocument.Parse(body);
        return [.. answer.RootElement.GetProperty("result").GetProperty("list").EnumerateArray().Select(order => order.Clone())];
    }

    public void Dispose() => _client.Dispose();
}
