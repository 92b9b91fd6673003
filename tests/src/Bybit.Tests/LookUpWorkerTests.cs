using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

public sealed class LookUpWorkerTests
{
    private const string NoRows = "{\"retCode\":0,\"result\":{\"list\":[]},\"time\":5}";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_look_up_that_fails_is_counted_and_the_next_one_works()
    {
        using var venue = new HttpVenue((request, _) => request.RawUrl!.Contains("startTime=1&", StringComparison.Ordinal)
            ? "{\"retCode\":\"oops\",\"retMsg\":\"not today\"}"
            : NoRows);
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(rest);
        worker.Start(inbox.Inbox);

        worker.Ask(LookUpTests.Request(1, 11));
        Assert.True(SpinWait.SpinUntil(() => worker.Failed == 1, Patience));
        worker.Ask(LookUpTests.Request(2, 12));

        Assert.True(SpinWait.SpinUntil(() => inbox.Generations.Count == 1, Patience), worker.LastFault);
        Assert.Equal([12], inbox.Generations);
        Assert.Equal(1, worker.Failed);
        Assert.Equal("GET /v5/execution/list refused: not today", worker.LastFault);
        worker.Complete();
    }

    [Fact]
    public void It_ends_with_the_look_up_under_way_and_leaves_the_others()
    {
        using var begun = new SemaphoreSlim(0);
        using var released = new ManualResetEventSlim();
        using var venue = new HttpVenue((_, _) =>
        {
            begun.Release();
            released.Wait(Patience);
            return NoRows;
        });
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(rest);
        worker.Start(inbox.Inbox);
        worker.Ask(LookUpTests.Request(1, 11));
        worker.Ask(LookUpTests.Request(2, 12));
        Assert.True(begun.Wait(Patience));

        var ending = new Thread(worker.Complete);
        ending.Start();
        Assert.True(SpinWait.SpinUntil(() => ending.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience));
        released.Set();

        Assert.True(ending.Join(Patience));
        Assert.Single(venue.Asked);
        worker.Ask(LookUpTests.Request(3, 13));
        worker.Complete();
        Assert.Single(venue.Asked);
        Assert.Equal((0, null), (worker.Failed, worker.LastFault));
    }

    [Fact]
    public void A_question_that_was_not_begun_gives_way_to_the_next_one()
    {
        using var begun = new SemaphoreSlim(0);
        using var released = new ManualResetEventSlim();
        using var venue = new HttpVenue((_, _) =>
        {
            begun.Release();
            released.Wait(Patience);
            return NoRows;
        });
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(rest);
        worker.Start(inbox.Inbox);
        worker.Ask(LookUpTests.Request(1, 11));
        Assert.True(begun.Wait(Patience));

        for (int generation = 12; generation <= 15; generation++) worker.Ask(LookUpTests.Request(1, generation));
        released.Set();

        Assert.True(SpinWait.SpinUntil(() => inbox.Generations.Contains(15), Patience));
        Assert.Equal([11, 15], inbox.Generations);
        worker.Complete();
    }

    [Fact]
    public void No_fault_whatever_ends_the_worker()
    {
        using var venue = new HttpVenue((_, _) => NoRows);
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(rest);
        worker.Start(inbox.Inbox);

        worker.Ask([1, 2, 3]);
        Assert.True(SpinWait.SpinUntil(() => worker.Failed == 1, Patience));
        Assert.NotNull(worker.LastFault);
        worker.Ask(LookUpTests.Request(2, 12));

        Assert.True(SpinWait.SpinUntil(() => inbox.Generations.Count == 1, Patience), worker.LastFault);
        worker.Complete();
    }

    [Fact]
    public void Too_many_requests_are_waited_for()
    {
        int asked = 0;
        using var venue = new HttpVenue((_, response) =>
        {
            if (Interlocked.Increment(ref asked) == 1) response.StatusCode = 429;
            return NoRows;
        });
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(rest);
        worker.Start(inbox.Inbox);

        worker.Ask(LookUpTests.Request(1, 11));

        Assert.True(SpinWait.SpinUntil(() => inbox.Generations.Count == 1, Patience), worker.LastFault);
        Assert.Equal(0, worker.Failed);
        worker.Complete();
    }

    [Fact]
    public void The_key_does_not_stand_in_the_last_fault()
    {
        using var venue = new HttpVenue((_, _) => "{\"retCode\":10004,\"retMsg\":\"error sign! origin_string[1682321990138test-key5000category=linear]\"}");
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(rest);
        worker.Start(inbox.Inbox);

        worker.Ask(LookUpTests.Request(1, 11));

        Assert.True(SpinWait.SpinUntil(() => worker.Failed == 1, Patience));
        Assert.Equal("GET /v5/execution/list refused: error sign! origin_string[1682321990138(key)5000category=linear]", worker.LastFault);
        worker.Complete();
    }

    [Fact]
    public void Every_order_is_cancelled_without_waiting_for_a_look_up_by_one_request_at_a_time()
    {
        using var asked = new SemaphoreSlim(0);
        using var released = new ManualResetEventSlim();
        var bodies = new ConcurrentQueue<string>();
        using var venue = new HttpVenue((request, _) =>
        {
            using var body = new StreamReader(request.InputStream);
            bodies.Enqueue($"{request.HttpMethod} {body.ReadToEnd()}");
            asked.Release();
            released.Wait(Patience);
            return "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"list\":[],\"success\":\"1\"},\"time\":5}";
        });
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(rest);   // not started: a cancellation waits for no look-up

        worker.CancelAll();
        Assert.True(asked.Wait(Patience));
        worker.CancelAll();
        worker.CancelAll();
        released.Set();
        worker.Complete();

        Assert.Equal(["/v5/order/cancel-all"], venue.Asked);
        Assert.Equal(["POST {\"category\":\"linear\",\"settleCoin\":\"USDT\"}"], bodies);
        Assert.Equal((0, null), (worker.Failed, worker.LastFault));
        worker.CancelAll();
        worker.Complete();
        Assert.Single(venue.Asked);
    }

    [Fact]
    public void A_refused_cancellation_is_counted_and_the_next_one_is_sent()
    {
        using var venue = new HttpVenue((_, _) => "{\"retCode\":10005,\"retMsg\":\"Permission denied for test-key\",\"result\":{},\"time\":5}");
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(rest);

        worker.CancelAll();
        Assert.True(SpinWait.SpinUntil(() => worker.Failed == 1, Patience));
        Assert.Equal("POST /v5/order/cancel-all refused: Permission denied for (key)", worker.LastFault);

        Assert.True(SpinWait.SpinUntil(() =>
        {
            worker.CancelAll();
            return worker.Failed >= 2;
        }, Patience));
        worker.Complete();
    }

    [Fact]
    public void A_worker_that_was_never_started_ends()
    {
        using RestClient rest = Client(new Uri("http://127.0.0.1:1/"));
        new LookUpWorker(rest).Complete();
    }

    private static RestClient Client(Uri address) => new(address, new ApiCredentials("test-key", "test-secret"), new FixedClock(), recvWindowMillis: 5_000, Patience);

    /// <summary>An io loop that connects to nobody, for the sake of its inbox.</summary>
    private sealed class InboxReader : IEngineSide, IDisposable
    {
        private readonly FrameRing _inbound = new(64, 65_536, 1);
        private readonly IoLoop _loop;
        private readonly Thread _thread;

        public InboxReader()
        {
            var nobody = new Uri($"ws://127.0.0.1:{HttpVenue.FreePort()}/");
            _loop = new IoLoop(
                new IoSettings
                {
                    PublicAddress = nobody, PrivateAddress = nobody, TradeAddress = nobody, Credentials = new ApiCredentials("k", "s"), PublicTopics = [], BookTopics = [],
                    Clock = new FixedClock(), TickNanos = 0, OnLookUp = _ => { },
                },
                _inbound, new FrameRing(64, 4_096, 1), this);
            _thread = new Thread(_loop.Run) { IsBackground = true };
            _thread.Start();
        }

        public Inbox Inbox => _loop.Inbox;

        /// <summary>The generations of the look-ups whose end came.</summary>
        public ConcurrentQueue<long> Generations { get; } = new();

        public void OnPublished()
        {
            while (_inbound.TryPeek(0, out FrameView frame))
            {
                if (frame.Kind == (byte)InboundKind.LookUpEnd) Generations.Enqueue(MemoryMarshal.Read<LookUpEnd>(frame.Payload).PrivateGeneration);
                _inbound.Release(0);
            }
        }

        public void Dispose()
        {
            _loop.Stop();
            _thread.Join();
            _loop.Dispose();
        }
    }
}
