namespace LatencyEngine.Ring.Tests;

/// <summary>Delays of about 0 to 0.3 microseconds, in steps of about a nanosecond, in an order that never repeats within a test: two threads that were let go together meet at every offset. One thread's.</summary>
internal struct Jitter(ulong seed)
{
    private const int StepsMax = 256;

    private ulong _state = seed;

    /// <summary>Keeps the core busy; calls nothing and touches no memory but this.</summary>
    public void Delay()
    {
        ulong state = _state;
        for (ulong steps = (state >> 32) % StepsMax; steps > 0; steps--) state = Next(state);
        _state = Next(state);
    }

    /// <summary>Linear congruential, modulo 2^64: Knuth, "The Art of Computer Programming", volume 2, 3.3.4 (MMIX).</summary>
    private static ulong Next(ulong state) => unchecked((state * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407);
}
