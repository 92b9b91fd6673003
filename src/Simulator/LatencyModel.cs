namespace LatencyEngine.Simulator;

/// <summary>One-way delays between venue and engine: a constant plus a random part, from a seed alone.</summary>
/// <remarks>Each path has its own generator, so the number of frames on one path never changes the delays of another.</remarks>
public sealed class LatencyModel
{
    private const long NanosPerMicro = 1_000;

    private readonly SplitMix64 _feed;
    private readonly SplitMix64 _order;
    private readonly SplitMix64 _response;
    private readonly SplitMix64 _lookUp;
    private readonly Jitter _jitter;

    /// <summary>A model of its own state; give each session a new one.</summary>
    /// <param name="seed">Any value; equal seeds give equal delays.</param>
    /// <param name="feedMicros">Least delay of market data to the engine, µs.</param>
    /// <param name="orderMicros">Least delay of a request to the venue, µs.</param>
    /// <param name="responseMicros">Least delay of acknowledgements and private messages, µs.</param>
    /// <param name="cancelMicros">Least delay of a request that cancels, µs; null for that of the others. It does not overtake an earlier request.</param>
    /// <param name="jitter">Random addition to each; null for a uniform one of up to 100 µs.</param>
    /// <exception cref="ArgumentOutOfRangeException">A delay is below 1 µs or above one minute.</exception>
    public LatencyModel(ulong seed, long feedMicros = 200, long orderMicros = 300, long responseMicros = 200, long? cancelMicros = null, Jitter? jitter = null)
    {
        FeedFloorNanos = Checked(feedMicros, 1, nameof(feedMicros));
        OrderFloorNanos = Checked(orderMicros, 1, nameof(orderMicros));
        ResponseFloorNanos = Checked(responseMicros, 1, nameof(responseMicros));
        CancelFloorNanos = cancelMicros is { } cancel ? Checked(cancel, 1, nameof(cancelMicros)) : OrderFloorNanos;
        _jitter = jitter ?? Jitter.Uniform(100);
        var seeds = new SplitMix64(seed);
        _feed = new SplitMix64(seeds.Next());
        _order = new SplitMix64(seeds.Next());
        _response = new SplitMix64(seeds.Next());
        _lookUp = new SplitMix64(seeds.Next());
    }

    /// <summary>Least delay of market data, ns.</summary>
    public long FeedFloorNanos { get; }

    /// <summary>Least delay of a request that places or amends, ns.</summary>
    public long OrderFloorNanos { get; }

    /// <summary>Least delay of a request that cancels, ns.</summary>
    public long CancelFloorNanos { get; }

    /// <summary>Least delay of any request, ns.</summary>
    public long RequestFloorNanos => Math.Min(OrderFloorNanos, CancelFloorNanos);

    /// <summary>Least delay of a response, ns.</summary>
    public long ResponseFloorNanos { get; }

    /// <summary>The model in one phrase.</summary>
    public string Description =>
        $"feed {FeedFloorNanos / NanosPerMicro} us, order {OrderFloorNanos / NanosPerMicro} us, {(CancelFloorNanos == OrderFloorNanos ? "" : $"cancel {CancelFloorNanos / NanosPerMicro} us, ")}response {ResponseFloorNanos / NanosPerMicro} us, each + {_jitter.Description}";

    /// <summary>The next delay of a market frame, ns.</summary>
    public long NextFeedNanos() => FeedFloorNanos + _jitter.NextNanos(_feed);

    /// <summary>The next delay of a request, ns.</summary>
    public long NextRequestNanos(bool cancels) => (cancels ? CancelFloorNanos : OrderFloorNanos) + _jitter.NextNanos(_order);

    /// <summary>The next delay of a response, ns.</summary>
    public long NextResponseNanos() => ResponseFloorNanos + _jitter.NextNanos(_response);

    /// <summary>The next delay of a look-up to the venue, ns: as long as that of a request.</summary>
    public long NextLookUpRequestNanos() => OrderFloorNanos + _jitter.NextNanos(_lookUp);

    /// <summary>The next delay of a look-up's answer, ns: as long as that of a response.</summary>
    public long NextLookUpResponseNanos() => ResponseFloorNanos + _jitter.NextNanos(_lookUp);

    private static long Checked(long micros, long least, string name)
    {
        const long MinuteMicros = 60_000_000;
        if (micros < least || micros > MinuteMicros) throw new ArgumentOutOfRangeException(name, micros, $"{name} must lie in {least}..{MinuteMicros}");
        return micros * NanosPerMicro;
    }
}
