using LatencyEngine.Forecast;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>The hot path frame by frame, alone and while another thread of the process fits a forecast of ten years of daily closes on another core, in turns.</summary>
internal static class BesideComparison
{
    private const string AloneP50 = "HotPath.alone.p50";
    private const string AloneP99 = "HotPath.alone.p99";
    private const string BesideP50 = "HotPath.besideFit.p50";
    private const string BesideP99 = "HotPath.besideFit.p99";
    private const string Bytes = "HotPath.besideFit.bytesAllocated";
    private const string Fits = "HotPath.besideFit.forecasts";
    private const int Rows = 3_653;   // ten years
    private const int Passes = 20;

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } = [new Entry([AloneP50, AloneP99, BesideP50, BesideP99, Bytes, Fits], ["besideFit.p50", "besideFit.p99"], Open)];

    private static Comparison Open(BenchContext context)
    {
        Tape.Entry[] tape = [.. context.Tape.Entries];
        DailyCloses all = DailyCloses.Parse(File.ReadLines(Repository.PathOf("samples/btc-usd-daily.csv")), "samples/btc-usd-daily.csv");
        DailyCloses closes = DailyCloses.From(all.DayNumbers.Zip(all.Prices, (day, price) => (DateOnly.FromDayNumber(day), price)).Skip(all.Count - Rows));
        int fitCore = HostThread.FirstCore(HostThread.Allowed());
        var histogram = new LatencyHistogram();
        return new Comparison
        {
            Contestants =
            [
                new Contestant([new Figure(AloneP50), new Figure(AloneP99)], numbers =>
                {
                    Play(tape, histogram);
                    (numbers[0], numbers[1]) = (histogram.ValueAtPercentile(50), histogram.ValueAtPercentile(99));
                }),
                new Contestant([new Figure(BesideP50), new Figure(BesideP99), new Figure(Bytes) { Unit = Figure.Bytes }, new Figure(Fits) { Unit = Figure.Count }], numbers =>
                {
                    using var fitter = new Fitter(closes, fitCore);
                    numbers[2] = Play(tape, histogram);
                    (numbers[0], numbers[1], numbers[3]) = (histogram.ValueAtPercentile(50), histogram.ValueAtPercentile(99), fitter.Done);
                }),
            ],
            Ratios = [new Ratio("besideFit.p50", BesideP50, AloneP50), new Ratio("besideFit.p99", BesideP99, AloneP99)],
        };
    }

    /// <returns>Bytes that the hot path's thread has allocated while it took frames.</returns>
    private static long Play(Tape.Entry[] tape, LatencyHistogram histogram)
    {
        histogram.Reset();
        long bytes = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            Engine engine = Tape.NewEngine();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < tape.Length; i++)
            {
                long started = StageClock.NowNanos();
                Tape.Hand(engine, in tape[i]);
                while (Tape.Take(engine, digest: null) >= 0)
                {
                }

                if (tape[i].Kind == InboundKind.PublicFrame) histogram.Record(StageClock.NowNanos() - started);
            }

            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return bytes;
    }

    /// <summary>Fits one forecast after the other until it is disposed.</summary>
    private sealed class Fitter : IDisposable
    {
        private readonly Thread _thread;
        private readonly CancellationTokenSource _ending = new();
        private int _done;

        public Fitter(DailyCloses closes, int core)
        {
            using var began = new ManualResetEventSlim();
            _thread = new Thread(() =>
            {
                HostThread.TryPin(core);
                began.Set();
                try
                {
                    for (; ; _done++) DailyForecaster.Forecast(closes, days: 30, new ForecastSettings(), _ending.Token);
                }
                catch (OperationCanceledException)
                {
                    // That is its end.
                }
            });
            _thread.Start();
            began.Wait();
        }

        /// <summary>Forecasts made so far.</summary>
        public int Done => Volatile.Read(ref _done);

        public void Dispose()
        {
            _ending.Cancel();
            _thread.Join();
            _ending.Dispose();
        }
    }
}
