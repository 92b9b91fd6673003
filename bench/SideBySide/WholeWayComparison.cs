using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.SideBySide;

/// <summary>The whole way: one venue's market over sockets, answered by the engine, by ccxt and by bybit-api, which follow the book and amend two orders. From the receipt of a frame in the contestant's process until the kernel has taken the request that answers it, and processor time of the process for each of the venue's book messages.</summary>
/// <remarks>Every contestant is a process of its own, made for each round and measured for some seconds once it trades; the venue is another one, on the first core that may be used, the contestants have the last one. docs/benchmarks.md.</remarks>
internal static class WholeWayComparison
{
    private const string Client = "bench/SideBySide/node/wholeWay.mjs";
    private const string Packages = "tests/clients/node_modules";
    private const string Remedy = "apt-get install nodejs npm, then npm ci in tests/clients, or ./run.sh bench --peers";
    private const int SettleMillis = 5_000;   // node compiles what it runs often
    private const int MeasuredMillis = 3_000;
    private const double FailuresMax = 0.02;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry(["WholeWay.p50", "WholeWay.p99", "WholeWay.cpu", "WholeWay.spin.p50", "WholeWay.spin.p99", "WholeWay.spin.cpu"], ["wholeWay.ccxt", "wholeWay.bybitApi", "wholeWay.spin.ccxt", "wholeWay.spin.bybitApi", "wholeWay.cpu.ccxt", "wholeWay.cpu.bybitApi"], Open),
    ];

    private static Comparison Open(BenchContext context)
    {
        var venue = new Venue();
        var contestants = new List<Contestant> { Of("WholeWay", venue, () => venue.Engine("block")), Of("WholeWay.spin", venue, () => venue.Engine("spin")) };
        foreach ((string peer, string package) in context.WithPeers ? (IEnumerable<(string, string)>)[("ccxt", "ccxt"), ("bybitApi", "bybit-api")] : [])
        {
            if (!NodePeer.IsInstalled || !Directory.Exists(Repository.PathOf($"{Packages}/{package}"))) context.Miss(package, Remedy);
            else contestants.Add(Of($"wholeWay.{peer}", venue, () => venue.Peer(peer)));
        }

        return new Comparison
        {
            Contestants = contestants,
            Ratios =
            [
                Ratio.TimesFaster("wholeWay.ccxt", "WholeWay.p50", "wholeWay.ccxt.p50"),
                Ratio.TimesFaster("wholeWay.bybitApi", "WholeWay.p50", "wholeWay.bybitApi.p50"),
                Ratio.TimesFaster("wholeWay.spin.ccxt", "WholeWay.spin.p50", "wholeWay.ccxt.p50"),
                Ratio.TimesFaster("wholeWay.spin.bybitApi", "WholeWay.spin.p50", "wholeWay.bybitApi.p50"),
                Ratio.TimesFaster("wholeWay.cpu.ccxt", "WholeWay.cpu", "wholeWay.ccxt.cpu"),
                Ratio.TimesFaster("wholeWay.cpu.bybitApi", "WholeWay.cpu", "wholeWay.bybitApi.cpu"),
            ],
            IsPinned = false,
        }.Holding(venue);
    }

    private static Contestant Of(string name, Venue venue, Func<Process> start) => new(
        [new Figure($"{name}.p50"), new Figure($"{name}.p99"), new Figure($"{name}.cpu")],
        numbers =>
        {
            using Process process = start();
            try
            {
                Line(process, name, line => line == WholeWayProcess.Ready);
                Thread.Sleep(SettleMillis);
                process.StandardInput.WriteLine();
                (long messages, long nanos) = (venue.Messages, HostThread.ProcessNanos(process.Id));
                Thread.Sleep(MeasuredMillis);
                (messages, nanos) = (venue.Messages - messages, HostThread.ProcessNanos(process.Id) - nanos);
                process.StandardInput.Close();
                using JsonDocument told = JsonDocument.Parse(Line(process, name, line => line.StartsWith('{')));
                long Told(string member) => told.RootElement.GetProperty(member).GetInt64();
                if (messages == 0 || Told("count") < 10 || Told("failures") > FailuresMax * Told("requests")) throw new AnswersDifferException($"{name} did not trade as it should: {messages} messages of the book in {MeasuredMillis} ms, and it tells {told.RootElement.GetRawText()}");
                (numbers[0], numbers[1], numbers[2]) = (Told("p50"), Told("p99"), (double)nanos / messages);
                process.WaitForExit(Patience);
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }) { IsInProcess = false };

    private static string Line(Process process, string name, Func<string, bool> isIt)
    {
        Task<string?> reading = Task.Run(() =>
        {
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (isIt(line)) return line;
            }

            return null;
        });
        return reading.Wait(Patience) && reading.Result is { } found ? found : throw new InvalidOperationException($"{name} of the whole way's comparison ended or fell silent; what it has said is above");
    }

    private static Process Start(int core, IEnumerable<string> command, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("taskset", ["-c", FormattableString.Invariant($"{core}"), .. command]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static string[] Own(params string[] arguments) => [Environment.ProcessPath!, .. Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? (string[])[typeof(WholeWayComparison).Assembly.Location] : [], .. arguments];

    /// <summary>The venue, and a witness that counts its book messages.</summary>
    private sealed class Venue : IDisposable
    {
        private readonly Process _process;
        private readonly string _rest;
        private readonly string[] _keys;
        private readonly ClientWebSocket _witness = new();
        private readonly int _contestantsCore;
        private long _messages;

        public Venue()
        {
            ulong[] allowed = HostThread.Allowed();
            _contestantsCore = HostThread.LastCore(allowed);
            _process = Start(HostThread.FirstCore(allowed), Own(WholeWayProcess.VenueVerb));
            string[] told = Line(_process, "the venue", line => line.StartsWith(WholeWayProcess.Ready, StringComparison.Ordinal)).Split(' ');
            (_rest, _keys) = (told[1].TrimEnd('/'), told[2..]);
            _witness.ConnectAsync(new Uri(Socket("/v5/public/linear")), CancellationToken.None).GetAwaiter().GetResult();
            _witness.SendAsync(Encoding.UTF8.GetBytes($$"""{"op":"subscribe","args":["orderbook.50.{{WholeWayProcess.Symbol}}"]}"""), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).GetAwaiter().GetResult();
            _ = Task.Run(CountAsync);
        }

        public long Messages => Interlocked.Read(ref _messages);

        public Process Engine(string wait) => Start(_contestantsCore, Own(WholeWayProcess.EngineVerb, _rest, _keys[0], _keys[1], wait));

        public Process Peer(string name) => Start(
            _contestantsCore,
            ["node", Repository.PathOf(Client), name],
            ("VENUE_REST", _rest), ("VENUE_PUBLIC", Socket("/v5/public/linear")), ("VENUE_PRIVATE", Socket("/v5/private")), ("VENUE_TRADE", Socket("/v5/trade")), ("VENUE_API_KEY", _keys[2]), ("VENUE_API_SECRET", _keys[3]));

        public void Dispose()
        {
            _witness.Dispose();
            _process.StandardInput.Close();
            if (!_process.WaitForExit(Patience)) _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }

        private string Socket(string path) => $"ws{_rest["http".Length..]}{path}";

        private async Task CountAsync()
        {
            byte[] room = new byte[1 << 16];
            try
            {
                while (_witness.State == WebSocketState.Open)
                {
                    ValueWebSocketReceiveResult part = await _witness.ReceiveAsync(room.AsMemory(), CancellationToken.None);
                    if (part.EndOfMessage) Interlocked.Increment(ref _messages);
                }
            }
            catch (Exception ended) when (ended is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The comparison is over, or it finds that nothing is counted any more.
            }
        }
    }
}
