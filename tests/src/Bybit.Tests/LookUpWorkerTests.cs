using System.Collections.Concurrent;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

public sealed class LookUpWorkerTests
{
    // Executions twice, wallet and open orders.
    private const int RequestsOfALookUp = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_look_up_that_fails_is_counted_and_the_next_one_works()
    {
        using var venue = new HttpVenue((request, _) => request.RawUrl!.Contains("startTime=1&", StringComparison.Ordinal)
            ? "{\"retCode\":\"oops\",\"retMsg\":\"not today\"}"
            : Nothing(request));
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(new BybitRest(rest), []);
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
    public void It_ends_with_the_request_under_way_and_leaves_the_others()
    {
        using var begun = new SemaphoreSlim(0);
        using var released = new ManualResetEventSlim();
        using var venue = new HttpVenue((request, _) =>
        {
            begun.Release();
            released.Wait(Patience);
            return Nothing(request);
        });
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(new BybitRest(rest), []);
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

    [Theory]
    [InlineData(11, 2)]   // the one under way is finished: its answer is still wanted
    [InlineData(12, 1)]   // it is of an earlier private connection, and its answer would be void
    public void A_question_that_was_not_begun_gives_way_to_the_next_one(int generation, int answers)
    {
        using var begun = new SemaphoreSlim(0);
        using var released = new ManualResetEventSlim();
        using var venue = new HttpVenue((request, _) =>
        {
            begun.Release();
            released.Wait(Patience);
            return Nothing(request);
        });
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(new BybitRest(rest), []);
        worker.Start(inbox.Inbox);
        worker.Ask(LookUpTests.Request(1, 11));
        Assert.True(begun.Wait(Patience));

        for (int since = 2; since <= 5; since++) worker.Ask(LookUpTests.Request(since, generation));
        released.Set();

        Assert.True(SpinWait.SpinUntil(() => inbox.Generations.Count == answers && venue.Asked.Count(asked => asked.Contains("startTime=5&", StringComparison.Ordinal)) == 2, Patience));
        Assert.DoesNotContain(venue.Asked, asked => asked.Contains("startTime=2&", StringComparison.Ordinal));
        worker.Complete();
    }

    [Fact]
    public void No_fault_whatever_ends_the_worker()
    {
        using var venue = new HttpVenue((request, _) => Nothing(request));
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(new BybitRest(rest), []);
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
        using var venue = new HttpVenue((request, response) =>
        {
            if (Interlocked.Increment(ref asked) == 1) response.StatusCode = 429;
            return Nothing(request);
        });
        using var inbox = new InboxReader();
        using RestClient rest = Client(venue.Address);
        var worker = new LookUpWorker(new BybitRest(rest), []);
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
        var worker = new LookUpWorker(new BybitRest(rest), []);
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
        var worker = new LookUpWorker(new BybitRest(rest), []);   // not started: a cancellation waits for no look-up

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
        var worker = new LookUpWorker(new BybitRest(rest), []);

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
        new LookUpWorker(new BybitRest(rest), []).Complete();
    }

    private static string Nothing(System.Net.HttpListenerRequest request) => request.RawUrl!.StartsWith("/v5/account/", StringComparison.Ordinal) ? LookUpTests.AnAccount : LookUpTests.NoRows;

    private static RestClient Client(Uri address) => new(address, new ApiCredentials("test-key", "test-secret"), new FixedClock(), recvWindowMillis: 5_000, Patience, new SwiftTime());
}
