using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

/// <summary>The shipped hybrid profile's thread, step by step.</summary>
public sealed class HybridThreadTests
{
    private const long Minute = 60_000_000_000;

    // 2024-08-08 12:00 UTC: the shipped closes go on until 2025.
    private static readonly EpochNanos Noon = new(1_723_118_400L * 1_000_000_000);

    private readonly List<Bias> _biases = [];
    private readonly List<DirectionalRequest> _requests = [];
    private readonly SlowInbox _inbox;
    private EpochNanos _now = Noon;

    public HybridThreadTests() => _inbox = new SlowInbox((kind, payload) =>
    {
        if (kind == InboundKind.Bias) _biases.Add(MemoryMarshal.Read<Bias>(payload));
        else _requests.Add(MemoryMarshal.Read<DirectionalRequest>(payload));
    });

    [Fact]
    public void It_forecasts_from_the_closes_of_days_that_are_over_and_its_score_becomes_a_bias()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Step(thread);

        Assert.StartsWith("forecast from closes to 2024-08-07: ", Notes(thread)[0]);
        Bias bias = Assert.Single(_biases);
        Assert.True(bias.ScoreE8 is > 30_000_000 and <= 100_000_000, $"{bias.ScoreE8}");   // its members, equal, were above the price that day
        Assert.Equal(((long)bias.ScoreE8 * 10, _now), (bias.ShiftNanoTicks, bias.MadeAt));   // a tick at a full score
    }

    [Fact]
    public void Weighed_by_skill_a_forecast_without_any_makes_no_bias()
    {
        HybridThread thread = Thread(setting: ("hybrid:ensemble", "weighted"));
        Trade(thread, 61_000);
        Step(thread);

        Assert.Equal(0, _biases[^1].ScoreE8);
        Assert.Equal("no bias: no member of the forecast has skill", Notes(thread)[^1]);
    }

    [Fact]
    public void Without_a_price_there_is_no_bias_and_it_says_so_once()
    {
        HybridThread thread = Thread();
        Step(thread);
        Step(thread);

        Assert.Equal([0, 0], _biases.Select(bias => bias.ScoreE8));
        Assert.Equal(["no bias: there is no price"], Notes(thread).Skip(1));
    }

    [Fact]
    public void A_history_that_is_too_short_or_too_old_makes_no_bias()
    {
        using var file = new TemporaryFile("date,close\n2024-08-06,61000\n2024-08-07,61000\n");
        HybridThread thread = Thread(file.Path);
        Trade(thread, 61_000);
        Step(thread);
        Assert.Equal(0, _biases[^1].ScoreE8);
        Assert.StartsWith("no new forecast, the last one stays: ", Notes(thread)[0]);

        using var old = new TemporaryFile("date,close\n" + string.Concat(Enumerable.Range(0, 400).Select(day => $"{new DateOnly(2023, 7, 4).AddDays(day):yyyy-MM-dd},{30_000 + day}\n")));
        thread = Thread(old.Path);   // to 2024-08-06: 36 h before this noon
        Trade(thread, 30_000);
        Step(thread);
        Assert.Contains("no bias: the forecast is older than 36 h", Notes(thread));
    }

    [Fact]
    public void A_signal_asks_for_a_position_once_with_a_bound_and_a_stop_by_the_plan()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Account(thread, lots: 0);
        Step(thread);

        DirectionalRequest request = Assert.Single(_requests);
        double score = Math.Abs(_biases[^1].ScoreE8 / 1e8);
        Assert.Equal((long)(25_000 * 0.1 * score / 61_000 / 0.001), request.Wanted.Lots);
        Assert.Equal((610_305, 561_200, 600), (request.Bound.Ticks, request.Stop.Ticks, request.EntrySeconds));

        Told(thread, DirectionalOutcome.Taken, request.Wanted.Lots);
        Account(thread, request.Wanted.Lots);
        Trade(thread, 61_000);
        Step(thread);
        Assert.Single(_requests);
    }

    [Fact]
    public void What_the_quotes_hold_is_not_taken_for_its_own()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Account(thread, lots: 9);
        Step(thread);

        Assert.True(Assert.Single(_requests).Wanted.Lots > 9);
    }

    [Fact]
    public void A_candle_of_the_venue_that_its_trades_do_not_make_is_an_alert_and_one_that_they_make_is_none()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);   // the first minute was joined in its middle
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_000, "0.5");
        Trade(thread, 61_200, "0.25");
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_100, "1");
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_100, "1");

        Kline(thread, minutesAgo: 2, close: 61_200, high: 61_200, volume: "0.75");
        Assert.Empty(Notes(thread));
        Kline(thread, minutesAgo: 1, close: 61_100, high: 61_150, volume: "1");

        Assert.Equal(["the minute of 12:02 UTC differs: its trades make 61100 61100 61100 61100, 1 traded; the venue has 61000 61150 61000 61100, 1"], Notes(thread));
    }

    [Fact]
    public void What_was_missed_leaves_its_minute_unheard_of()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_000);
        thread.OnMissed(3);
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_000);

        Kline(thread, minutesAgo: 1, close: 1, high: 2, volume: "1");

        Assert.Equal(["3 messages of the market were missed: the candles of this minute and this day are not whole"], Notes(thread));
    }

    [Fact]
    public void A_price_of_more_than_a_minute_ago_is_none()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Step(thread);
        Assert.NotEqual(0, _biases[^1].ScoreE8);
        Step(thread);

        Assert.Equal(0, _biases[^1].ScoreE8);
        Assert.Equal("no bias: there is no price", Notes(thread)[^1]);
    }

    [Fact]
    public void A_close_that_is_missing_among_the_last_makes_no_bias()
    {
        using var file = new TemporaryFile("date,close\n" + string.Concat(Enumerable.Range(0, 400).Where(day => day != 395).Select(day => $"{new DateOnly(2023, 7, 5).AddDays(day):yyyy-MM-dd},{60_000 + day}\n")));
        HybridThread thread = Thread(file.Path);   // to 2024-08-07
        Trade(thread, 61_000);
        Step(thread);

        Assert.Equal(0, _biases[^1].ScoreE8);
        Assert.Equal("no bias: the close of 2024-08-03 is missing", Notes(thread)[^1]);
    }

    [Fact]
    public void A_day_that_was_heard_through_becomes_a_close_and_a_new_forecast()
    {
        using var file = new TemporaryFile("date,close\n" + string.Concat(Enumerable.Range(0, 400).Select(day => $"{new DateOnly(2023, 7, 5).AddDays(day):yyyy-MM-dd},{60_000 + day}\n")));
        HybridThread thread = Thread(file.Path);
        _now = new EpochNanos(Noon.Nanos - (12 * 60 * Minute) - Minute);   // 23:59 of the 7th
        Trade(thread, 60_400);
        for (int hour = 0; hour < 24; hour++)
        {
            _now = new EpochNanos(Noon.Nanos + ((hour - 12) * 60 * Minute));
            Trade(thread, 60_500 + hour);
        }

        _now = new EpochNanos(Noon.Nanos + (12 * 60 * Minute));
        Trade(thread, 60_600);
        Step(thread);

        Assert.StartsWith("forecast from closes to 2024-08-08: ", Notes(thread)[0]);
    }

    [Fact]
    public void After_a_stop_the_position_is_not_its_own_any_more_and_a_refusal_is_told()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Account(thread, lots: 0);
        Step(thread);
        long wanted = Assert.Single(_requests).Wanted.Lots;
        Told(thread, DirectionalOutcome.Taken, wanted);
        Account(thread, wanted);
        Told(thread, DirectionalOutcome.StopReached, wanted);
        Told(thread, DirectionalOutcome.Ended, wanted);
        Told(thread, DirectionalOutcome.NothingMayOpen, wanted);
        Assert.Equal(["the stop is reached", "the engine has refused it: NothingMayOpen"], Notes(thread).TakeLast(2));

        Account(thread, wanted);   // what the quotes hold now
        _now = new EpochNanos(_now.Nanos + (5 * 60 * Minute));
        Trade(thread, 61_000);
        Step(thread);

        Assert.Equal(2, _requests.Count);
    }

    [Fact]
    public void Closes_that_cannot_be_read_are_one_line()
    {
        using var file = new TemporaryFile("day,price\nnonsense\n");

        ConfigurationException fault = Assert.Throws<ConfigurationException>(() => Thread(file.Path));

        Assert.StartsWith("hybrid:dailyCloses: ", Assert.Single(fault.Faults));
        Assert.Equal("hybrid:dailyCloses: /nowhere.csv: no such file; name a CSV with the columns date and close", Assert.Single(Assert.Throws<ConfigurationException>(() => Thread("/nowhere.csv")).Faults));
    }

    private static HybridThread Thread(string? closes = null, (string Key, string Value)? setting = null)
    {
        (string Key, string Value)? changed = closes is null ? setting : ("hybrid:dailyCloses", closes);
        EngineConfiguration configuration = ConfigurationReader.Load(
            ReferenceFiles.InRepository("configs/hybrid.json"), Profile.NoEnvironment, changed is { } one ? [new ConfigurationOverride(one.Key, one.Value, "test")] : []);
        return new HybridThread(configuration, InstrumentCatalog.Load(configuration.Data.Instruments).Select(configuration.Symbols));
    }

    private void Step(HybridThread thread)
    {
        _now = new EpochNanos(_now.Nanos + Minute);
        thread.Step(_now, _inbox);
    }

    private void Trade(HybridThread thread, int price, string qty = "0.1") => thread.OnMarket(
        Encoding.UTF8.GetBytes($$"""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{{_now.Milliseconds}},"data":[{"T":{{_now.Milliseconds}},"s":"BTCUSDT","S":"Buy","v":"{{qty}}","p":"{{price}}.00","L":"PlusTick","i":"a","BT":false,"RPI":false,"seq":1}]}"""), _now);

    private void Kline(HybridThread thread, int minutesAgo, int close, int high, string volume)
    {
        long start = (_now.Milliseconds / 60_000 * 60_000) - (minutesAgo * 60_000);
        thread.OnMarket(Encoding.UTF8.GetBytes($$"""{"topic":"kline.1.BTCUSDT","data":[{"start":{{start}},"end":{{start + 59_999}},"interval":"1","open":"61000","close":"{{close}}","high":"{{high}}","low":"61000","volume":"{{volume}}","turnover":"1","confirm":true,"timestamp":{{start + 59_000}}}],"ts":{{start + 60_100}},"type":"snapshot"}"""), _now);
    }

    private static void Account(HybridThread thread, long lots) => thread.OnAccount(
        [
            new LaneFact
            {
                Instrument = new InstrumentId(0), LiveOrders = 0, BestBid = default, BestAsk = default, OwnBid = default, OwnAsk = default, Position = new QtyLots(lots), MarkPrice = new PriceE8(61_000 * PriceE8.One),
                LiquidationPrice = default, Unrealised = default, MaintenanceMargin = default,
            },
        ],
        new MoneyE8(25_000 * MoneyE8.One));

    private static void Told(HybridThread thread, DirectionalOutcome outcome, long wanted)
    {
        var fact = new DirectionalFact { Instrument = new InstrumentId(0), Outcome = outcome, Id = 1, Wanted = new QtyLots(wanted), Position = default, MarkPrice = default, GateReason = 0 };
        thread.OnDirectional(in fact);
    }

    private static List<string> Notes(HybridThread thread)
    {
        var notes = new List<string>();
        while (thread.TryTakeNote(out string note)) notes.Add(note);
        return notes;
    }

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"closes-{Guid.NewGuid():N}.csv");

        public void Dispose() => File.Delete(Path);
    }
}
