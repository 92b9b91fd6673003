using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.Quoting;

namespace LatencyEngine.SideBySide;

/// <summary>What a decision of the quoting core costs, and what its estimators add to an event.</summary>
internal static class QuotingComparison
{
    private const int Operations = 200_000;
    private const int EventsCount = 4_096;
    private const int WindowSeconds = 30;
    private const int WindowIncrements = 300;
    private const long FairTicks = 600_000;
    private const double SigmaTicks = 40;
    private const int UnitsMax = 10;

    private static readonly string[] Models = ["avellanedaStoikov", "glft", "glftExact", "threeLevels", "twoInstruments"];

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        Decisions("decide", movesSigma: false),
        Decisions("price", movesSigma: true),
        new Entry(["Quoting.sigma.ewma", "Quoting.sigma.rolling", "Quoting.sigma.bounded"], ["quoting.sigma.rollingOverEwma", "quoting.sigma.recountOverRolling"], Sigma),
        new Entry(["Quoting.intensity.trade"], [], _ => Trades()),
        new Entry(["Quoting.intensity.fit"], [], _ => Fits()),
    ];

    private static Entry Decisions(string name, bool movesSigma)
    {
        string[] figures = [.. Models.Select(model => $"Quoting.{name}.{model}")];
        string[] ratios = [.. Models.Skip(1).Select(model => $"quoting.{name}.{model}OverAvellanedaStoikov")];
        return new Entry(figures, ratios, context => Decide(context.Instruments[new InstrumentId(0)], figures, ratios, movesSigma));
    }

    /// <summary>Wanted quotes of tops that move; with a volatility that moves each time the model itself is asked each time, but for a table, which stands. Two instruments are decided on in turn.</summary>
    private static Comparison Decide(InstrumentSpec bitcoin, string[] figures, string[] ratios, bool movesSigma)
    {
        Quoter[][] quoters = [[AvellanedaStoikov(1)], [Glft(isExact: false)], [Glft(isExact: true)], [AvellanedaStoikov(3)], [AvellanedaStoikov(1), AvellanedaStoikov(1)]];
        return new Comparison
        {
            Contestants = [.. figures.Zip(quoters, Of)],
            Ratios = [.. ratios.Zip(figures.Skip(1), (ratio, figure) => new Ratio(ratio, figure, figures[0]))],
        };

        Contestant Of(string figure, Quoter[] quoters)
        {
            var targets = new QuoteTarget[quoters[0].TargetCount];
            return Contestant.OfBatches(new Figure(figure), Operations, () =>
            {
                long sum = 0;
                for (int i = 0; i < Operations; i++)
                {
                    long bid = FairTicks + (i & 63);
                    var top = new BookTop(new PriceTicks(bid), new QtyLots(10), new PriceTicks(bid + 1), new QtyLots(10));
                    quoters[i % quoters.Length].Quote(in top, bid + 0.5, movesSigma ? SigmaTicks + (i & 31) : SigmaTicks, position: default, biasTicks: 0, targets);
                    sum += targets[0].Price.Ticks;
                }

                return sum;
            });
        }

        AvellanedaStoikovQuoter AvellanedaStoikov(int levels) =>
            new(bitcoin, new AvellanedaStoikovSettings { Gamma = 0.00015, K = 0.02, TauSeconds = 60, MinSigmaTicks = 5, MaxSigmaTicks = 400, Pipeline = Pipeline(levels) });

        GlftQuoter Glft(bool isExact)
        {
            var quoter = new GlftQuoter(bitcoin, new GlftSettings { Gamma = 0.00015, ExecutionGamma = 0.00015, ArrivalRatePerSecond = 2, K = 0.02, ImpactTicks = 0, MinSigmaTicks = 5, MaxSigmaTicks = 400, IsExact = isExact, Pipeline = Pipeline(levels: 1) });
            if (!isExact) return quoter;
            var table = new QuoteTable();
            byte[] content = new byte[QuoteTable.BytesMax];
            bool isTaken = quoter.TryAskForTable(SigmaTicks, FairTicks, out QuoteTableRequest asked)
                && InventorySolver.SolveEndless(InventoryProblem.Glft(quoter.Settings.At(asked.SigmaTicks, asked.FairTicks, asked.ArrivalRatePerSecond, asked.DecayPerTick)), UnitsMax, table) == SolveStatus.Solved
                && quoter.TryTakeTable(in asked, content.AsSpan(0, table.Write(content)));
            return isTaken ? quoter : throw new InvalidOperationException("no table for the exact quotes");
        }

        QuotePipelineSettings Pipeline(int levels) => new()
        {
            MakerFeeE8 = 20_000, MinEdgeE8 = 2_000, Levels = levels, Step = new TickDelta(20), BaseQty = new QtyLots(10), SizeMultiplierE8 = 100_000_000, UnitsMax = UnitsMax,
        };
    }

    /// <summary>Every mid is a sample: what the spacing would leave out costs next to nothing.</summary>
    private static Comparison Sigma(BenchContext context)
    {
        var ewma = new EwmaVolatility(WindowSeconds);
        var rolling = new RollingVolatility(WindowSeconds, WindowIncrements, isJumpRobust: false);
        var bounded = new BoundedVolatility(new EwmaVolatility(WindowSeconds), WindowSeconds);
        var recount = new RecountedVolatility(WindowIncrements);
        Contestant[] ours = [Of("Quoting.sigma.ewma", (mid, nanos) => ewma.OnMid(mid, nanos)), Of("Quoting.sigma.rolling", (mid, nanos) => rolling.OnMid(mid, nanos)), Of("Quoting.sigma.bounded", bounded.OnMid)];
        if (!context.WithPeers) return new Comparison { Contestants = ours };
        Contestant peer = Of("Quoting.sigma.recount", recount.OnMid);
        RequireSame(rolling, recount);
        return new Comparison
        {
            Contestants = [.. ours, peer],
            Ratios =
            [
                new Ratio("quoting.sigma.rollingOverEwma", "Quoting.sigma.rolling", "Quoting.sigma.ewma"),
                Ratio.TimesFaster("quoting.sigma.recountOverRolling", "Quoting.sigma.rolling", "Quoting.sigma.recount"),
            ],
        };

        static Contestant Of(string figure, Action<double, long> onMid)
        {
            double[] mids = Mids();
            long nanos = EventsCount * ArrivalIntensity.StepNanos;
            return Contestant.OfBatches(new Figure(figure), Operations, () =>
            {
                for (int i = 0; i < Operations; i++) onMid(mids[i & (EventsCount - 1)], nanos += ArrivalIntensity.StepNanos);
                return nanos;
            });
        }
    }

    /// <exception cref="AnswersDifferException">The running sums are not the window's.</exception>
    private static void RequireSame(RollingVolatility rolling, RecountedVolatility recount)
    {
        double[] mids = Mids();
        for (int i = 0; i < EventsCount; i++)
        {
            rolling.OnMid(mids[i], i * ArrivalIntensity.StepNanos);
            recount.OnMid(mids[i], i * ArrivalIntensity.StepNanos);
            if (Math.Abs(rolling.RealisedPerSqrtSecond - recount.RealisedPerSqrtSecond) > 1e-9 * recount.RealisedPerSqrtSecond)
            {
                throw new AnswersDifferException(FormattableString.Invariant($"mid {i}: the rolling volatility is {rolling.RealisedPerSqrtSecond}, counted again {recount.RealisedPerSqrtSecond}"));
            }
        }
    }

    /// <summary>Four trades and a mid in each step of 100 ms; its fits, one in 250 events, are in it.</summary>
    private static Comparison Trades()
    {
        const int EventsPerStep = 5;
        var intensity = new ArrivalIntensity(depthMaxTicks: 100);
        int[] depths = Depths();
        long nanos = 0;
        return new Comparison
        {
            Contestants =
            [
                Contestant.OfBatches(new Figure("Quoting.intensity.trade"), Operations, () =>
                {
                    for (int i = 0; i < Operations; i++)
                    {
                        nanos += ArrivalIntensity.StepNanos / EventsPerStep;
                        int depth = depths[i & (EventsCount - 1)];
                        if (i % EventsPerStep == 0) intensity.OnMid(2 * FairTicks, nanos);
                        else if ((i & 1) == 0) intensity.OnTrade(Side.Buy, new PriceTicks(FairTicks + depth), nanos);
                        else intensity.OnTrade(Side.Sell, new PriceTicks(FairTicks - depth), nanos);
                    }

                    return intensity.Fits;
                }),
            ],
        };
    }

    /// <summary>A fit of both sides, of about 190 usable depths each, with the one step a side that comes and the one that goes in the five seconds between.</summary>
    private static Comparison Fits()
    {
        const int Refits = 5_000;
        const int DepthMaxTicks = 100;
        var intensity = new ArrivalIntensity(DepthMaxTicks);
        long step = 1;
        intensity.OnMid(2 * FairTicks, 0);
        return new Comparison
        {
            Contestants =
            [
                Contestant.OfBatches(new Figure("Quoting.intensity.fit"), Refits, () =>
                {
                    for (int i = 0; i < Refits; i++, step += ArrivalIntensity.StepsPerFit)
                    {
                        int depth = 1 + (i * 37 % DepthMaxTicks);
                        intensity.OnTrade(Side.Buy, new PriceTicks(FairTicks + depth), step * ArrivalIntensity.StepNanos);
                        intensity.OnTrade(Side.Sell, new PriceTicks(FairTicks - depth), step * ArrivalIntensity.StepNanos);
                    }

                    return intensity.Fits + intensity.Asks.UsableDepths;
                }),
            ],
        };
    }

    /// <summary>A walk on half ticks.</summary>
    private static double[] Mids()
    {
        var random = new Random(1);
        double mid = FairTicks;
        return [.. Enumerable.Range(0, EventsCount).Select(_ => mid += random.Next(-9, 10) / 2.0)];
    }

    /// <summary>Depths of trades in ticks, most of them small.</summary>
    private static int[] Depths()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, EventsCount).Select(_ => 1 + (int)(-Math.Log(1 - random.NextDouble()) * 20))];
    }

    /// <summary>The realised volatility as one writes it first: the window's squares are summed anew with every sample.</summary>
    private sealed class RecountedVolatility(int increments)
    {
        private readonly double[] _changes = new double[increments];
        private readonly long[] _nanos = new long[increments];
        private double _mid;
        private long _sampledNanos;
        private long _samples;

        public double RealisedPerSqrtSecond { get; private set; }

        public void OnMid(double mid, long nanos)
        {
            if (_samples > 0)
            {
                int newest = (int)((_samples - 1) % _changes.Length);
                _changes[newest] = mid - _mid;
                _nanos[newest] = nanos - _sampledNanos;
                double squares = 0;
                long time = 0;
                for (int i = 0; i < _changes.Length; i++)
                {
                    squares += _changes[i] * _changes[i];
                    time += _nanos[i];
                }

                RealisedPerSqrtSecond = Math.Sqrt(squares / (time / 1e9));
            }

            _mid = mid;
            _sampledNanos = nanos;
            _samples++;
        }
    }
}
