namespace LatencyEngine.Transport.Tests;

public sealed class ClockAndCredentialsTests
{
    [Fact]
    public void The_systems_clock_shows_the_time_of_day_and_never_goes_back()
    {
        var clock = new SystemClock();
        long last = 0;
        for (int i = 0; i < 10_000; i++)
        {
            long now = clock.NowNanos;
            Assert.True(now >= last);
            last = now;
        }

        Assert.InRange((last / 1_000_000) - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), -60_000, 0);
        Assert.InRange(clock.RealNanosUntil(clock.NowNanos + 60_000_000_000), 1, 60_000_000_000);
    }

    [Fact]
    public void A_login_is_signed_as_the_venue_asks()
    {
        // Vector of bybit-v5.md, 4.
        Assert.Equal("977d2a1068009c263a4e3e15a2838ccaf62d1eda4ca2ff08b5456910b481b58b", new ApiCredentials("any", "test-secret").SignLogin(1_700_000_010_000));
    }

    [Fact]
    public void A_request_is_signed_as_the_venue_asks()
    {
        // Vector of bybit-v5.md, 9.1.
        Assert.Equal(
            "9a7c8cfd6ba1a7c498aa4dd5a7f9cfbba01fcb6eebae734ffe0d775870a1a3fb",
            new ApiCredentials("test-key", "test-secret").Sign("1700000000000test-key5000category=linear&symbol=BTCUSDT"));
    }

    [Fact]
    public void No_text_shows_the_key_or_the_secret()
    {
        var credentials = new ApiCredentials("test-key", "test-secret");
        var settings = new IoSettings
        {
            PublicAddress = new Uri("ws://a/"), PrivateAddress = new Uri("ws://a/"), TradeAddress = new Uri("ws://a/"), Credentials = credentials, PublicTopics = [], BookTopics = [],
            Clock = new ManualClock(0), TickNanos = 0, OnLookUp = _ => { },
        };

        Assert.Equal("(credentials)", credentials.ToString());
        Assert.DoesNotContain("test-", settings.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "secret")]
    [InlineData("key", " ")]
    public void Empty_credentials_are_refused(string key, string secret) => Assert.Throws<ArgumentException>(() => new ApiCredentials(key, secret));

    [Fact]
    public void A_scaled_clock_stands_until_it_is_started_and_then_runs_at_its_speed()
    {
        var clock = new ScaledClock(firstNanos: 5_000, speed: 1_000);
        Assert.Equal(5_000, clock.NowNanos);
        Assert.Equal(5_000, clock.NowNanos);
        Assert.Equal(2_000_000, clock.RealNanosUntil(5_000 + 2_000_000_000));

        long before = Meter.StageClock.NowNanos();
        clock.Start();
        long shown = clock.NowNanos;
        Assert.InRange(shown, 5_000, 5_000 + ((Meter.StageClock.NowNanos() - before) * 1_000));
        Assert.True(SpinWait.SpinUntil(() => clock.NowNanos > shown + 1_000_000_000, TimeSpan.FromSeconds(90)));
        Assert.True(clock.RealNanosUntil(shown) < 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_clock_that_does_not_go_forward_is_refused(double speed) => Assert.Throws<ArgumentOutOfRangeException>(() => new ScaledClock(0, speed));
}
