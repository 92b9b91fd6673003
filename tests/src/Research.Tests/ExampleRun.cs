using LatencyEngine.Host;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>A made-up run with plausible figures, the same for the same arguments: what a report has to be able to show.</summary>
internal static class ExampleRun
{
    public static readonly DateTime Start = new(2026, 8, 9, 21, 26, 59, DateTimeKind.Utc);

    public static (RunResult Result, IReadOnlyList<TradeRow> Trades) Make(int seed = 1, int samples = 3_440, int fills = 260, decimal finalPnl = -3.2118m)
    {
        var random = new Random(seed);
        string[] symbols = ["BTCUSDT", "SOLUSDT"];
        decimal[] mid = [61_234.5m, 143.27m];
        decimal[] tick = [0.1m, 0.01m];
        decimal[] lot = [0.004m, 1.5m];
        decimal[] position = [0m, 0m];
        decimal[] largest = [0m, 0m];
        decimal wobble = 0m;
        decimal fees = 0m;
        decimal feesAtVip0 = 0m;
        decimal turnover = 0m;
        var taken = new List<RunSample>();
        var trades = new List<TradeRow>();
        for (int i = 0; i < samples; i++)
        {
            DateTime utc = Start.AddMilliseconds(100 * i);
            for (int s = 0; s < symbols.Length; s++) mid[s] += tick[s] * random.Next(-40, 41);
            if (i > 0 && (long)i * fills / samples > (long)(i - 1) * fills / samples)
            {
                int s = random.Next(symbols.Length);
                bool buys = position[s] > lot[s] * 4 || (position[s] > -lot[s] * 4 && random.Next(2) == 0) ? position[s] < 0 : position[s] <= 0;
                if (Math.Abs(position[s]) < lot[s] * 5) buys = random.Next(2) == 0;
                decimal price = mid[s] + (buys ? -tick[s] : tick[s]) * random.Next(1, 30);
                position[s] += buys ? lot[s] : -lot[s];
                largest[s] = Math.Max(largest[s], Math.Abs(position[s]));
                decimal value = price * lot[s];
                feesAtVip0 += value * 0.0002m;
                turnover += value;
                long at = Nanos(utc) + random.Next(100_000_000);
                trades.Add(new TradeRow
                {
                    Symbol = symbols[s],
                    ExecType = "Trade",
                    Side = buys ? "Buy" : "Sell",
                    IsMaker = true,
                    Price = price,
                    Qty = lot[s],
                    Value = value,
                    Fee = 0m,
                    FeeAtVip0 = value * 0.0002m,
                    OrderId = $"0f4a1c7e-0000-4000-8000-{trades.Count:x12}",
                    OrderLinkId = $"le-{trades.Count}",
                    ExecId = $"1b2c3d4e-0000-4000-8000-{trades.Count:x12}",
                    ExecutedAtNanos = at,
                    PlacedAtNanos = at - random.NextInt64(5_000_000, 9_000_000_000),
                    PlacedOnBookMillis = at / 1_000_000,
                    QueueAheadAtPlacement = random.Next(0, 4_000) * 0.001m,
                    FilledBefore = 0m,
                    Prints = [new TradePrint(at - 1_000, at / 1_000_000, $"print-{trades.Count}", price, 0.75m), new TradePrint(at, at / 1_000_000, $"print-{trades.Count}b", price, lot[s])],
                    PositionAfter = position[s],
                    AverageEntryAfter = position[s] == 0m ? 0m : price,
                    RealisedPnlAfter = wobble,
                    FeesAfter = fees,
                    WalletAfter = 10_000m + wobble,
                });
            }

            wobble += 0.01m * random.Next(-30, 31);
            decimal drift = finalPnl * i / Math.Max(samples - 1, 1);
            decimal equity = 10_000m + drift + (wobble * (samples - 1 - i) / Math.Max(samples - 1, 1));
            decimal?[] none = [null, null];
            taken.Add(new RunSample(
                utc, equity, [.. position], i < 3 ? none : [.. mid], i < 5 ? none : [mid[0] - (20 * tick[0]), mid[1] - (20 * tick[1])], i < 5 ? none : [mid[0] + (20 * tick[0]), mid[1] + (20 * tick[1])]));
        }

        decimal unrealised = 1.0482m;
        var result = new RunResult
        {
            Verb = "dry-run",
            Market = "replay",
            Data = "samples/bybit-linear-btc-sol-20260809.frames.gz",
            DataLabel = "genuine Bybit V5 capture",
            Symbols = symbols,
            Leverage = 50m,
            QuotingModel = "glft",
            LevelsPerSide = 3,
            Seed = 42,
            FeeTier = "Pro 5",
            MakerFeeRate = 0m,
            TakerFeeRate = 0.0003m,
            QueueModel = "trades-at-or-through",
            LatencyModel = "feed 2 ms, order 1 ms, response 1 ms, jitter 0.3 ms",
            MarkPriceSource = new Dictionary<string, string> { ["BTCUSDT"] = "tickers", ["SOLUSDT"] = "mid (derived)" },
            Speed = "5x",
            Reconnects = 2,
            IoAllocatedBytesPerMessage = 0.5,
            Placement = "inline (engine on the io thread, not pinned), waits by block, 2 cores",
            FirstUtc = Start,
            LastUtc = Start.AddMilliseconds(100 * samples),
            RecordingSeconds = samples / 10.0,
            WallSeconds = 0.84,
            Interrupted = false,
            FramesDecoded = 12_170,
            FramesForOtherSymbols = 0,
            FramesRejected = 0,
            GuardActions = 0,
            LossLimits = new Dictionary<string, long>(),
            PausedUntil = new Dictionary<string, DateTime>(),
            KilledBy = null,
            Incidents = [],
            Funding = 0m,
            CrossedWithoutFill = 0,
            BiasUpdates = 0,
            BiasesRefused = 0,
            BiasMin = null,
            BiasMax = null,
            Trades = 0,
            DirectionalRefused = 0,
            SlowThreadMissed = null,
            OrdersSent = 1_742,
            CreatesSent = 402,
            AmendsSent = 1_198,
            CancelsSent = 142,
            QuoteTables = 0,
            QuoteTablesRefused = 0,
            QuotesHeld = new Dictionary<string, long> { ["bookAge"] = 2, ["sweep"] = 31 },
            HeldSeconds = new Dictionary<string, double> { ["bookAge"] = 1.2, ["sweep"] = 16.4 },
            OrdersAcknowledged = 1_733,
            OrdersRejected = 5,
            OrdersUnanswered = 4,
            OrdersPostOnlyRefused = 7,
            GateRefusals = new Dictionary<string, long> { ["PositionLimit"] = 31, ["LiquidationTooClose"] = 4, ["StaleMarketData"] = 118 },
            Fills = trades.Count,
            MakerFills = trades.Count,
            Turnover = turnover,
            RealisedPnl = finalPnl - unrealised,
            UnrealisedPnl = unrealised,
            Fees = fees,
            FeesAtVip0 = feesAtVip0,
            NetPnl = finalPnl,
            NetPnlAtVip0 = finalPnl - feesAtVip0,
            FinalPositionQty = position[0],
            MaxAbsPositionQty = largest[0],
            StartEquity = 10_000m,
            EndEquity = 10_000m + finalPnl,
            MaxDrawdown = 8.4471m,
            Liquidations = 0,
            HotPathAllocatedBytes = 0,
            GcCollections = 3,
            OutboundSha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            Latency = new Dictionary<string, LatencySummary>
            {
                ["decode"] = new(12_170, 214, 402, 1_180, 9_400, 48_200),
                ["decide"] = new(9_411, 640, 980, 2_410, 21_300, 95_000),
                ["tickToOrder"] = new(1_742, 1_410, 2_300, 6_870, 61_000, 131_072),
                ["send"] = new(1_742, 8_200, 14_100, 44_000, 180_000, 412_000),
                ["tickToTrade"] = new(1_742, 9_800, 16_900, 49_000, 231_000, 498_000),
                ["roundTrip"] = new(1_733, 612_000, 790_000, 1_900_000, 7_400_000, 9_100_000),
            },
            Instruments =
            [
                new(symbols[0], trades.Count / 2, -2.1m, 1.0482m, 0m, position[0], largest[0], 61_240.25m, mid[0])
                {
                    MarkOuts = [new("Buy", 0.1, 0.5m, -1.25), new("Buy", 1, 0.5m, 0), new("Sell", 10, 0.25m, 12)],
                },
                new(symbols[1], trades.Count - (trades.Count / 2), -2.16m, 0m, 0m, position[1], largest[1], 143.3m, mid[1]),
            ],
            InvariantBreaks = [],
            Samples = taken,
        };
        return (result, trades);
    }

    public static IReadOnlyDictionary<string, IReadOnlyList<PercentilePoint>> Curves(RunResult result) =>
        result.Latency.ToDictionary(
            stage => stage.Key,
            stage => (IReadOnlyList<PercentilePoint>)
            [
                new(0, stage.Value.P50 * 6 / 10),
                new(25, stage.Value.P50 * 8 / 10),
                new(50, stage.Value.P50),
                new(75, (stage.Value.P50 + stage.Value.P90) / 2),
                new(90, stage.Value.P90),
                new(97, (stage.Value.P90 + stage.Value.P99) / 2),
                new(99, stage.Value.P99),
                new(99.5, (stage.Value.P99 * 3 + stage.Value.P999) / 4),
                new(99.9, stage.Value.P999),
                new(100, stage.Value.Max),
            ]);

    public static long Nanos(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
