namespace LatencyEngine.Bybit.Tests;

public sealed class VenueEndpointsTests
{
    [Fact]
    public void Demo_has_mainnets_market_and_no_order_socket()
    {
        VenueEndpoints demo = VenueEndpoints.Environments["demo"], mainnet = VenueEndpoints.Environments["mainnet"];

        Assert.Equal(mainnet.Public, demo.Public);
        Assert.Null(demo.Trade);
        Assert.NotEqual(mainnet.Private, demo.Private);
        Assert.NotEqual(mainnet.Rest, demo.Rest);
    }

    [Fact]
    public void Every_environment_is_reached_through_TLS()
    {
        Assert.Equal(["demo", "mainnet", "testnet"], VenueEndpoints.Environments.Keys.Order(StringComparer.Ordinal));
        Assert.All(VenueEndpoints.Environments.Values, endpoints =>
        {
            Assert.Equal("https", endpoints.Rest.Scheme);
            Assert.All(new[] { endpoints.Public, endpoints.Private, endpoints.Trade }.OfType<Uri>(), socket => Assert.Equal("wss", socket.Scheme));
        });
    }

    [Theory]
    [InlineData("http://127.0.0.1:8701", "ws://127.0.0.1:8701/")]
    [InlineData("https://proxy.example.org", "wss://proxy.example.org/")]
    public void A_venue_at_one_address_has_its_sockets_there(string address, string sockets)
    {
        VenueEndpoints endpoints = VenueEndpoints.At(new Uri(address));

        Assert.Equal([$"{sockets}v5/public/linear", $"{sockets}v5/private", $"{sockets}v5/trade"], new[] { endpoints.Public, endpoints.Private, endpoints.Trade! }.Select(uri => uri.ToString()));
    }

    [Theory]
    [InlineData("ws://127.0.0.1:8701")]
    [InlineData("http://127.0.0.1:8701/v5")]
    [InlineData("http://127.0.0.1:8701/?a=b")]
    [InlineData("http://key@127.0.0.1:8701/")]
    public void An_address_that_is_more_or_other_than_host_and_port_is_refused(string address) => Assert.Throws<ArgumentException>(() => VenueEndpoints.At(new Uri(address)));
}
