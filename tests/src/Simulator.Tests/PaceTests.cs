using System.Diagnostics;
using System.Text;
using LatencyEngine.TestData;
using Xunit.Abstractions;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The venue under ten times the busiest recorded second and a thousand new orders a second, each cancelled: nothing is lost, and a request costs the last time what it cost at first. Time is printed, not asserted.</summary>
/// <remarks>To see the figures: <c>dotnet test tests/src/Simulator.Tests -c Release --filter PaceTests --logger "console;verbosity=detailed"</c>.</remarks>
public sealed class PaceTests(ITestOutputHelper print) : IDisposable
{
    private const long SecondNanos = 1_000_000_000;
    private const long StartNanos = 1_700_000_000 * SecondNanos;
    private const int Seconds = 10;
    private const int CyclesPerSecond = 1_000;   // an order and the cancel of an earlier one
    private const int CancelledLater = 20;
    private const int WarmUpCycles = 1_000;
    private const int MeasuredCycles = 2_000;   // whole seconds of the recording, which repeats itself each second

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Ten_times_the_busiest_recorded_second_with_a_thousand_orders_and_cancels_a_second_all_come_through()
    {
        int frames = WriteRecording();
        Run("recording", new ReplaySettings { RecordingPath = _path, Venue = Venue("BTCUSDT"), Latency = new LatencyModel(1) }, atLeast: frames);
        Run("recording, every topic derived", new ReplaySettings { RecordingPath = _path, DerivesTopics = true, Venue = Venue("BTCUSDT"), Latency = new LatencyModel(1) }, atLeast: frames);
    }

    [Fact]
    public void A_flow_market_with_every_topic_of_two_symbols_answers_a_thousand_orders_and_cancels_a_second() =>
        Run("flow", new ReplaySettings { Flow = new FlowSettings(), Venue = Venue("BTCUSDT", "SOLUSDT"), Latency = new LatencyModel(1) }, atLeast: Seconds * 100);

    [Fact]
    public async Task Over_sockets_to_clients_of_the_public_private_and_order_channels_all_of_it_comes_through_as_well()
    {
        const int BatchesPerSecond = 100;
        const int CyclesPerBatch = CyclesPerSecond / BatchesPerSecond;
        WriteRecording();
        using var session = new ReplaySession(new ReplaySettings { RecordingPath = _path, DerivesTopics = true, Venue = Venue("BTCUSDT"), Latency = new LatencyModel(1) });
        long now = session.FirstTimeNanos;
        await using var server = new VenueServer(VenueServerHarness.Settings() with { Keys = [VenueHarness.Key], Topics = session.Topics, Clock = () => Interlocked.Read(ref now) });
        await server.StartAsync();
        var play = new TimedPlay(session, server);
        await using SocketClient market = await ConnectAsync(server.PublicEndpoint, "", VenueServerHarness.Command("subscribe", "orderbook.50.BTCUSDT", "publicTrade.BTCUSDT", "tickers.BTCUSDT"));
        string login = VenueServerHarness.Auth((now / 1_000_000) + 10_000);
        await using SocketClient orders = await ConnectAsync(server.PrivateEndpoint, login, VenueServerHarness.Command("subscribe", "order"));
        await using SocketClient trade = await ConnectAsync(server.TradeEndpoint, login, "");
        play.Step(now);

        int sent = 0;
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        for (int batch = 0; batch < Seconds * BatchesPerSecond; batch++)
        {
            for (int cycle = batch * CyclesPerBatch; cycle < (batch + 1) * CyclesPerBatch; cycle++)
            {
                await trade.SendAsync(Create(cycle, now));
                sent++;
                if (cycle < CancelledLater) continue;
                await trade.SendAsync(Cancel(cycle - CancelledLater, now));
                sent++;
            }

            Assert.True(await VenueServerHarness.ComesTrueAsync(() => server.ReceivedRequests == sent));
            play.Step(Interlocked.Add(ref now, SecondNanos / BatchesPerSecond));
        }

        play.Step(Interlocked.Add(ref now, SecondNanos));
        for (int i = 0; i < sent; i++)
        {
            Assert.Contains("\"retCode\":0,", await trade.NextAsync().WaitAsync(VenueServerHarness.Patience), StringComparison.Ordinal);
            Assert.Contains("\"topic\":\"order\"", await orders.NextAsync().WaitAsync(VenueServerHarness.Patience), StringComparison.Ordinal);
        }

        double seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        Assert.Equal(CancelledLater, session.Venue.Accounts[0].OpenOrders.Count);
        Assert.Contains("topic", await market.NextAsync().WaitAsync(VenueServerHarness.Patience), StringComparison.Ordinal);
        print.WriteLine($"over sockets: {Seconds} s of venue time took {seconds:0.00} s of processor time, its clients' share among it, {seconds / Seconds:P0} of one core; {sent} requests");
    }

    private static async Task<SocketClient> ConnectAsync(Uri endpoint, string login, string subscription)
    {
        var client = new SocketClient();
        await client.ConnectAsync(endpoint);
        foreach (string command in new[] { login, subscription }.Where(command => command.Length > 0))
        {
            await client.SendAsync(command);
            await client.NextAsync().WaitAsync(VenueServerHarness.Patience);
        }

        return client;
    }

    private static byte[] Create(int cycle, long nowNanos) =>
        Request("order.create", $$"""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.001","price":"50000","category":"linear","timeInForce":"PostOnly","orderLinkId":"o{{cycle}}"}""", cycle, nowNanos);

    private static byte[] Cancel(int cycle, long nowNanos) =>
        Request("order.cancel", $$"""{"symbol":"BTCUSDT","category":"linear","orderLinkId":"o{{cycle}}"}""", cycle, nowNanos);

    private static int OrdersTold(List<Delivery> deliveries) => deliveries.Count(delivery => delivery.Channel == DeliveryChannel.Private && delivery.Frame.Span.IndexOf("\"topic\":\"order\""u8) >= 0);

    private static VenueSettings Venue(params string[] symbols) => VenueHarness.Settings(symbols: symbols) with
    {
        Accounts = [new AccountSettings { FeeTier = FeeTier.Parse("Pro 6"), StartBalance = 1_000_000m, Leverage = 10m }],
    };

    private static byte[] Request(string op, string args, int number, long nowNanos) =>
        Encoding.UTF8.GetBytes(VenueHarness.RequestText(op, args, nowNanos / 1_000_000, $"{op}-{number}"));

    /// <summary>The frames of the busiest second ten times within each second, behind a snapshot.</summary>
    private int WriteRecording()
    {
        using RecordingReader recording = RecordingReader.Open(ReferenceFiles.Sample("v5shaped-btcusdt-20240808.frames.gz"));
        List<RecordedFrame> frames = [.. recording.ReadAll()];
        List<RecordedFrame> busiest = [.. frames.GroupBy(frame => frame.ReceivedAtNanos / SecondNanos).MaxBy(second => second.Count())!];
        using var writer = new StreamWriter(_path) { NewLine = "\n" };
        writer.WriteLine($"{StartNanos} {Encoding.UTF8.GetString(frames.First(frame => MarketFrame.IsSnapshotFrame(frame.Frame.Span) && Encoding.UTF8.GetString(frame.Frame.Span).Contains("orderbook", StringComparison.Ordinal)).Frame.Span)}");
        for (int lap = 0; lap < 10 * Seconds; lap++)
        {
            foreach (RecordedFrame frame in busiest) writer.WriteLine($"{StartNanos + (((lap * SecondNanos) + (frame.ReceivedAtNanos % SecondNanos)) / 10)} {Encoding.UTF8.GetString(frame.Frame.Span)}");
        }

        print.WriteLine($"busiest recorded second: {busiest.Count} frames");
        return 10 * Seconds * busiest.Count;
    }

    private void Run(string name, ReplaySettings settings, int atLeast)
    {
        using var session = new ReplaySession(settings);
        List<Delivery> deliveries = [];
        int acknowledged = 0;
        int published = 0;
        int told = 0;
        long earlyBytes = 0;
        long lateBytes = 0;
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        for (int cycle = 0; cycle < Seconds * CyclesPerSecond; cycle++)
        {
            long now = session.LastTimeNanos;
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            session.Submit(Create(cycle, now), now);
            if (cycle >= CancelledLater) session.Submit(Cancel(cycle - CancelledLater, now), now);
            deliveries.Clear();
            session.PlayUntil(now + (SecondNanos / CyclesPerSecond), deliveries);
            acknowledged += deliveries.Count(delivery => delivery.Channel == DeliveryChannel.Trade && delivery.Frame.Span.IndexOf("\"retCode\":0,"u8) > 0);
            published += deliveries.Count(delivery => delivery.Channel == DeliveryChannel.Public);
            told += OrdersTold(deliveries);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            if (cycle is >= WarmUpCycles and < WarmUpCycles + MeasuredCycles) earlyBytes += allocated;
            else if (cycle >= (Seconds * CyclesPerSecond) - MeasuredCycles) lateBytes += allocated;
        }

        double seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        deliveries.Clear();
        session.PlayUntil(session.LastTimeNanos + SecondNanos, deliveries);
        acknowledged += deliveries.Count(delivery => delivery.Channel == DeliveryChannel.Trade && delivery.Frame.Span.IndexOf("\"retCode\":0,"u8) > 0);
        published += deliveries.Count(delivery => delivery.Channel == DeliveryChannel.Public);
        Assert.Equal((2 * Seconds * CyclesPerSecond) - CancelledLater, acknowledged);
        Assert.Equal(CancelledLater, session.Venue.Accounts[0].OpenOrders.Count);
        told += OrdersTold(deliveries);
        Assert.Equal((2 * Seconds * CyclesPerSecond) - CancelledLater, told);   // a New and a Cancelled
        Assert.True(lateBytes < 2 * earlyBytes, $"{MeasuredCycles} cycles allocated {earlyBytes} bytes at first and {lateBytes} at last: what a request costs grows with the history");
        Assert.True(published >= atLeast, $"{published} public frames, {atLeast} at least were due");
        print.WriteLine($"{name}: {Seconds} s of venue time took {seconds:0.00} s of processor time, {seconds / Seconds:P0} of one core; {published} public frames, {acknowledged} requests");
    }
}
