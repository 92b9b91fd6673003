using System.Globalization;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>venue</c>: what it prints, how it is stopped, what it refuses to start with.</summary>
public sealed class VenueVerbTests
{
    [Fact]
    public async Task It_prints_addresses_and_keys_then_ready_serves_in_real_time_and_stops_with_130()
    {
        using var venue = new RunningVenue(new Dictionary<string, string>(), "", "--market", "flow", "--symbols", "BTCUSDT,ETHUSDT", "--balance", "2500", "--leverage", "20");
        string[] lines = venue.Output.TrimEnd().Split('\n');

        Assert.Equal("ready", lines[^1]);
        Assert.Contains("symbols   BTCUSDT, ETHUSDT", lines);
        Assert.Equal(2, lines.Count(line => line.StartsWith("account ", StringComparison.Ordinal) && line.Contains("2,500 USDT, isolated margin, 20x", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Where(line => line.StartsWith("  key ", StringComparison.Ordinal)).Distinct().Count());
        Assert.Equal(2, lines.Where(line => line.StartsWith("  secret ", StringComparison.Ordinal)).Distinct().Count());
        var rest = new Uri(Assert.Single(lines, line => line.StartsWith("REST ", StringComparison.Ordinal)).Split(' ')[^1]);
        Assert.True(rest.IsLoopback);
        using var http = new HttpClient();
        using JsonDocument time = JsonDocument.Parse(await http.GetStringAsync(new Uri(rest, "/v5/market/time")));
        Assert.InRange(time.RootElement.GetProperty("time").GetInt64() - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), -10_000, 10_000);

        Assert.Equal(ExitStatus.Interrupted, venue.Stop());
        Assert.Equal("latency-engine: interrupted; the venue is closed\n", venue.Error);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new Uri(rest, "/v5/market/time")));
    }

    [Fact]
    public void Keys_come_from_the_environment_and_the_document_is_one_line()
    {
        var environment = new Dictionary<string, string>
        {
            ["VENUE_API_KEY"] = "first-key",
            ["VENUE_API_SECRET"] = "first-secret",
            ["VENUE_SECOND_API_KEY"] = "second-key",
            ["VENUE_SECOND_API_SECRET"] = "second-secret",
        };
        using var venue = new RunningVenue(environment, "--json", "--market", "flow", "--symbols", "ETHUSDT", "--seed", "7");

        Assert.Single(venue.Output.TrimEnd().Split('\n'));
        JsonElement document = venue.Document;
        Assert.Equal(
            [("first-key", "first-secret"), ("second-key", "second-secret")],
            document.GetProperty("accounts").EnumerateArray().Select(account => (account.GetProperty("key").GetString()!, account.GetProperty("secret").GetString()!)));
        Assert.Equal(["ETHUSDT"], document.GetProperty("symbols").EnumerateArray().Select(symbol => symbol.GetString()!));
        Assert.True(document.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task A_recording_is_played_as_if_it_happened_now_and_goes_on_for_ever()
    {
        using var venue = new RunningVenue("--data", ReferenceFiles.Sample("bybit-linear-btc-sol-20260809.frames.gz"), "--symbols", "BTCUSDT");
        var rest = new Uri(venue.Rest);
        using var http = new HttpClient();

        JsonElement book = default;
        Assert.True(await UntilAsync(async () =>
        {
            book = JsonDocument.Parse(await http.GetStringAsync(new Uri(rest, "/v5/market/orderbook?category=linear&symbol=BTCUSDT&limit=5"))).RootElement.GetProperty("result");
            return book.TryGetProperty("b", out JsonElement bids) && bids.GetArrayLength() == 5;
        }));
        Assert.InRange(book.GetProperty("cts").GetInt64() - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), -60_000, 10_000);
        Assert.True(decimal.Parse(book.GetProperty("b")[0][0].GetString()!, CultureInfo.InvariantCulture) < decimal.Parse(book.GetProperty("a")[0][0].GetString()!, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("--bind must be an IP address of this machine, for example 127.0.0.1, was \"everywhere\"", "--bind", "everywhere")]
    [InlineData("--bind must be an IP address of this machine, for example 127.0.0.1, was \"\"", "--bind", "")]
    [InlineData("--bind must be an IP address of this machine, for example 127.0.0.1, was \"127.0.0.1:8701\"", "--bind", "127.0.0.1:8701")]
    [InlineData("--symbols must be different symbols separated by commas, for example BTCUSDT,ETHUSDT, was \"BTCUSDT,,\"", "--symbols", "BTCUSDT,,")]
    [InlineData("--leverage must be 1 to 100, was 101", "--leverage", "101")]
    [InlineData("--margin-mode must be isolated or cross, was portfolio", "--margin-mode", "portfolio")]
    [InlineData("--data is of a recording, and the market is flow: leave it out, or --market flow", "--market", "flow", "--data", "/dev/null")]
    [InlineData("--queue-model is of a recording, and the market is flow: leave it out, or --market flow", "--market", "flow", "--queue-model", "risk-averse")]
    [InlineData("--rate must be a whole number from 1 to 20, was \"21\"", "--market", "flow", "--rate", "21")]
    [InlineData("--rate is of a flow market: add --market flow", "--rate", "10")]
    [InlineData("DOGEUSDT is unknown; the list holds BTCUSDT, ETHUSDT, SOLUSDT", "--market", "flow", "--symbols", "DOGEUSDT")]
    public void What_cannot_be_served_is_one_line_and_status_2(string expected, params string[] options)
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke(["venue", .. options]));
        Assert.Contains(expected, Assert.Single(line.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(line.Output);
    }

    [Theory]
    [InlineData("VENUE_API_SECRET must be set too, or neither it nor VENUE_API_KEY", "VENUE_API_KEY=a")]
    [InlineData("VENUE_API_KEY and VENUE_SECOND_API_KEY must differ: a key is of one account", "VENUE_API_KEY=a", "VENUE_API_SECRET=b", "VENUE_SECOND_API_KEY=a", "VENUE_SECOND_API_SECRET=c")]
    [InlineData("VENUE_API_PERMISSIONS must be readOnly, or some of Order,Position,AccountTransfer separated by commas, was \"Order,Trade\"", "VENUE_API_PERMISSIONS=Order,Trade")]
    [InlineData("VENUE_SECOND_API_PERMISSIONS must be readOnly, or some of Order,Position,AccountTransfer separated by commas, was \"readOnly,Order\"", "VENUE_SECOND_API_PERMISSIONS=readOnly,Order")]
    public void Keys_that_cannot_be_used_are_one_line_and_status_2(string expected, params string[] environment)
    {
        using var line = new CommandLine();
        foreach (string[] pair in environment.Select(set => set.Split('='))) line.Environment[pair[0]] = pair[1];
        line.Interrupt();   // a venue that starts in spite of it ends at once

        Assert.Equal(ExitStatus.Usage, line.Invoke("venue", "--port", "0", "--market", "flow", "--symbols", "BTCUSDT"));
        Assert.Equal($"latency-engine: {expected}", Assert.Single(line.ErrorLines));
        Assert.Empty(line.Output);
    }

    [Fact]
    public async Task A_key_may_do_what_its_permissions_in_the_environment_say()
    {
        var environment = new Dictionary<string, string> { ["VENUE_API_PERMISSIONS"] = "readOnly", ["VENUE_SECOND_API_PERMISSIONS"] = "Position,Order" };
        using var venue = new RunningVenue(environment, "--json", "--market", "flow", "--symbols", "BTCUSDT");
        JsonElement[] accounts = [.. venue.Document.GetProperty("accounts").EnumerateArray()];
        Assert.Equal(["[]", """["Order","Position"]"""], accounts.Select(account => account.GetProperty("permissions").GetRawText()));
        using var http = new HttpClient { BaseAddress = new Uri(venue.Rest) };
        const string Order = """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"1000"}""";

        foreach ((JsonElement account, int readOnly, string names, int order, int money) in ((JsonElement, int, string, int, int)[])[(accounts[0], 1, "[]", 10_005, 10_005), (accounts[1], 0, """["Order","Position"]""", 0, 10_005)])
        {
            JsonElement info = await CallAsync(http, account, "/v5/user/query-api");
            Assert.Equal((readOnly, names), (info.GetProperty("result").GetProperty("readOnly").GetInt32(), info.GetProperty("result").GetProperty("permissions").GetProperty("ContractTrade").GetRawText()));
            Assert.Equal(0, Code(await CallAsync(http, account, "/v5/account/info")));
            Assert.Equal(order, Code(await CallAsync(http, account, "/v5/order/create", Order)));
            Assert.Equal(money, Code(await CallAsync(http, account, "/v5/account/demo-apply-money", """{"adjustType":0,"utaDemoApplyMoney":[{"coin":"USDT","amountStr":"100"}]}""")));
        }

        static int Code(JsonElement answer) => answer.GetProperty("retCode").GetInt32();
    }

    [Fact]
    public async Task It_listens_at_the_address_that_it_is_told_and_nowhere_else()
    {
        using var venue = new RunningVenue("--market", "flow", "--symbols", "BTCUSDT", "--bind", "127.0.0.2");
        using var http = new HttpClient();
        var rest = new Uri(venue.Rest);

        Assert.Equal("127.0.0.2", rest.Host);
        Assert.All((string[])["public", "private", "trade"], socket => Assert.Equal("127.0.0.2", new Uri(venue.Document.GetProperty(socket).GetString()!).Host));
        using JsonDocument time = JsonDocument.Parse(await http.GetStringAsync(new Uri(rest, "/v5/market/time")));
        Assert.Equal(0, time.RootElement.GetProperty("retCode").GetInt32());
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new UriBuilder(rest) { Host = "127.0.0.1" }.Uri));
    }

    [Fact]
    public void An_address_that_is_not_of_this_machine_is_one_line()
    {
        using var line = new CommandLine();

        Assert.NotEqual(ExitStatus.Done, line.Invoke("venue", "--port", "0", "--market", "flow", "--symbols", "BTCUSDT", "--bind", "192.0.2.1"));
        Assert.Contains("192.0.2.1", Assert.Single(line.ErrorLines), StringComparison.Ordinal);
        Assert.EndsWith("name an address of this machine, for example 127.0.0.1", line.ErrorLines[0], StringComparison.Ordinal);
        Assert.Empty(line.Output);
    }

    /// <summary>A signed call: a POST where there is a body, else a GET (Bybit V5, 9.1).</summary>
    private static async Task<JsonElement> CallAsync(HttpClient http, JsonElement account, string path, string body = "")
    {
        string timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        string key = account.GetProperty("key").GetString()!;
        using var request = new HttpRequestMessage(body.Length > 0 ? HttpMethod.Post : HttpMethod.Get, path);
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("X-BAPI-API-KEY", key);
        request.Headers.Add("X-BAPI-TIMESTAMP", timestamp);
        request.Headers.Add("X-BAPI-SIGN", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(account.GetProperty("secret").GetString()!), Encoding.UTF8.GetBytes(timestamp + key + body))));
        using HttpResponseMessage response = await http.SendAsync(request);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private static async Task<bool> UntilAsync(Func<Task<bool>> condition)
    {
        DateTime limit = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (!await condition())
        {
            if (DateTime.UtcNow > limit) return false;
            await Task.Delay(50);
        }

        return true;
    }
}
