using System.Net;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The control calls for tests: only where the settings ask for them.</summary>
public sealed class VenueServerControlTests
{
    [Fact]
    public async Task Without_being_asked_for_there_is_no_control()
    {
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        using var http = new HttpClient { BaseAddress = server.RestEndpoint };

        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync("/control/list", null)).StatusCode);
    }

    [Fact]
    public async Task Sockets_are_listed_and_cut_by_channel()
    {
        await using var server = new VenueServer(VenueServerHarness.Settings() with { ServesControl = true });
        await server.StartAsync();
        await using var client = new SocketClient();
        await client.ConnectAsync(server.PrivateEndpoint);
        using var http = new HttpClient { BaseAddress = server.RestEndpoint };
        Assert.True(await VenueServerHarness.ComesTrueAsync(() => server.Connections(DeliveryChannel.Private) == 1));

        JsonElement listed = JsonDocument.Parse(await PostAsync(http, "/control/list", "")).RootElement;
        Assert.Equal("Private", Assert.Single(listed.GetProperty("connections").EnumerateArray()).GetProperty("channel").GetString());
        Assert.Equal("{\"cut\":0}", await PostAsync(http, "/control/cut", "public"));
        Assert.Equal("{\"cut\":1}", await PostAsync(http, "/control/cut", "private"));
        Assert.Null(await client.Closed);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync("/control/dance", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync("/control/cut", new StringContent("everything"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/control/list")).StatusCode);
    }

    private static async Task<string> PostAsync(HttpClient http, string path, string body)
    {
        using var content = new StringContent(body);
        using HttpResponseMessage response = await http.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
