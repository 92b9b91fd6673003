using System.Text;
using System.Text.Json;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Simulator;
using Xunit.Abstractions;

namespace LatencyEngine.Research.Tests;

/// <summary>One run in which the venue cuts connections more than a hundred times; its journal and the venue's own log say afterwards whether anything was lost, doubled or made blindly.</summary>
public sealed class ConnectionCutTests : IClassFixture<ConnectionCutTests.CutRun>
{
    private const int CutsMin = 100;

    private readonly CutRun _run;

    public ConnectionCutTests(CutRun run, ITestOutputHelper output)
    {
        _run = run;
        output.WriteLine($"seed {_run.Result.Seed}, {_run.Result.Reconnects} reconnects, {_run.Result.Fills} fills, {_run.Result.OrdersSent} requests");
    }

    [Fact]
    public void Connections_were_cut_and_came_back_a_hundred_times_and_no_invariant_broke_and_nothing_was_allocated()
    {
        Assert.Empty(_run.Result.InvariantBreaks);
        Assert.Null(_run.Result.KilledBy);
        Assert.True(_run.Result.Reconnects >= CutsMin, $"{_run.Result.Reconnects} reconnects");
        Assert.True(_run.Result.Fills > 0);
        Assert.Equal(0, _run.Result.HotPathAllocatedBytes);
        Assert.Equal(0, _run.Result.FramesRejected);
    }

    [Fact]
    public void The_journal_is_answered_byte_for_byte()
    {
        _run.Tape.AssertAnswers(_run.Tape.Play(_run.Request));
        foreach (bool isPaired in (bool[])[false, true]) Assert.Null(ReplayRunner.Run(_run.Request.JournalPath!, isPaired).Difference);
    }

    [Fact]
    public void After_each_return_the_book_is_the_recorded_one_of_its_update_id()
    {
        var recorded = new RecordedBook(_run.Request.RecordingPath!, "BTCUSDT");
        var blindness = new Blindness();
        int compared = 0;
        var livesSeen = new HashSet<ushort>();
        long lastUpdate = -1;
        _run.Tape.Play(_run.Request, (frame, engine) =>
        {
            blindness.Take(frame);
            InstrumentLane lane = engine.Lanes[0];
            Assert.True(!lane.Book.IsUsable || blindness.Books.Contains("BTCUSDT"), "a book is in use that no snapshot of this connection has begun");
            if (!frame.IsEndOfBurst || !lane.Book.IsUsable || lane.Book.UpdateId == lastUpdate) return;
            lastUpdate = lane.Book.UpdateId;
            recorded.AssertEquals(lane.Book);
            compared++;
            if (frame.Kind == (byte)InboundKind.PublicFrame) livesSeen.Add(frame.Generation);
        });

        Assert.True(compared > 500, $"{compared} books were compared");
        Assert.True(livesSeen.Count > CutsMin / 3, $"books of {livesSeen.Count} connections were compared");
    }

    [Fact]
    public void Nothing_is_created_or_amended_while_a_connection_is_away_or_executions_may_be_missing()
    {
        var blindness = new Blindness();
        var mayQuote = new List<bool>();
        foreach (JournalTape.Frame frame in _run.Tape.Inbound)
        {
            blindness.Take(frame);
            mayQuote.Add(!blindness.IsBlind && blindness.Books.Contains("BTCUSDT"));
        }

        JournalTape.Frame[] changes = [.. Requests().Where(request => Operation(request) is "order.create" or "order.amend")];
        Assert.All(changes, change => Assert.True(mayQuote[(int)change.CauseSequence], $"at event {change.CauseSequence}: {Encoding.UTF8.GetString(change.Payload)}"));
        Assert.True(changes.Length > 100, $"{changes.Length} creates and amends prove little");
        Assert.True(blindness.Lost >= CutsMin && mayQuote.Count(may => !may) > CutsMin);
    }

    [Fact]
    public void Every_order_of_the_venues_log_was_created_once_by_a_request_of_the_engine_and_none_is_open()
    {
        string[] created = [.. Requests().Where(request => Operation(request) == "order.create").Select(LinkId)];
        string[] known = [.. _run.Venue.Accounts[0].Orders.Select(order => order.OrderLinkId)];

        Assert.Equal(created.Length, created.Distinct().Count());
        Assert.Equal(known.Length, known.Distinct().Count());
        Assert.Empty(known.Except(created));
        Assert.True(known.Length > 50, $"{known.Length} orders prove little");
        Assert.All(_run.Venue.Accounts[0].Orders, order => Assert.False(order.IsOpen, order.OrderLinkId));
        Assert.Equal(0, _run.Engine.Orders.LiveOrders);
    }

    [Fact]
    public void Executions_position_and_wallet_are_the_venues()
    {
        Guid[] booked = [.. _run.Tape.Outbound.Where(frame => frame.Kind == (byte)OutboundKind.ExecutionFact).Select(frame => new Guid(BigEndian(frame.Read<ExecutionFact>().ExecutionId), bigEndian: true))];

        Assert.Equal(_run.Venue.Accounts[0].Fills.Select(fill => Guid.Parse(fill.ExecId)), booked);
        Assert.Equal(_run.Venue.Accounts[0].Wallet, _run.Engine.Ledger.Wallet.Units / 1e8m);
        Assert.Equal(_run.Venue.Accounts[0].Position("BTCUSDT").Qty, _run.Result.FinalPositionQty);
        Assert.Equal(_run.Result.FinalPositionQty, _run.Venue.Accounts[0].Fills[^1].PositionAfter);
    }

    private IEnumerable<JournalTape.Frame> Requests() => _run.Tape.Outbound.Where(frame => frame.Kind == (byte)OutboundKind.Request);

    private static string Operation(JournalTape.Frame request)
    {
        using JsonDocument document = JsonDocument.Parse(request.Payload);
        return document.RootElement.GetProperty("op").GetString()!;
    }

    private static string LinkId(JournalTape.Frame request)
    {
        using JsonDocument document = JsonDocument.Parse(request.Payload);
        return document.RootElement.GetProperty("args")[0].GetProperty("orderLinkId").GetString()!;
    }

    private static byte[] BigEndian(UInt128 number)
    {
        byte[] bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>The run: the derived recording, a cut every fifth of a real second, the engine on a thread of its own.</summary>
    public sealed class CutRun : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public CutRun()
        {
            Request = Runs.DryRun(Runs.Derived, _folder.Path, ("venue:speed", "15"), ("venue:seed", "20261121"), ("placement:threads", "paired")) with
            {
                Scenario = DryRunScenario.Cuts,
                JournalPath = Path.Combine(_folder.Path, "run.journal"),
            };
            RunStage? stage = null;
            Result = DryRunner.Run(Request, progress: null, new DryRunHooks { CutInterval = TimeSpan.FromSeconds(2.7), OnServing = (set, _) => stage = set }, CancellationToken.None);
            Venue = stage!.Session.Venue;
            Engine = stage.Engine;
            Tape = JournalTape.Read(Request.JournalPath!);
        }

        internal JournalTape Tape { get; }

        public RunRequest Request { get; }

        public RunResult Result { get; }

        public Venue Venue { get; }

        public Engine Engine { get; }

        public void Dispose() => _folder.Dispose();
    }
}
