using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>What a run has done at its own pace beside the engine: it hears the market's trades and candles, and thinks at fixed steps of logic time. What it says reaches the engine as events.</summary>
/// <remarks>Members are called by one thread, one at a time: the slow thread, or in lockstep and in virtual time the one that plays the market, which waits for it. It may block and allocate as it likes. docs/decisions/0027-bias-and-directional-requests.md.</remarks>
public interface ISlowThread
{
    /// <summary>Logic time from one step to the next, ns; positive. Steps are due at its whole multiples since 1970. It may change from step to step.</summary>
    long StepNanos { get; }

    /// <summary>Hears a message of the public topics <c>publicTrade</c> and <c>kline</c>, as the venue sent it.</summary>
    /// <param name="message">JSON (Bybit V5, 6); valid only during the call.</param>
    /// <param name="at">Logic time of its arrival.</param>
    void OnMarket(ReadOnlySpan<byte> message, EpochNanos at);

    /// <summary>Messages have come faster than they were heard, and were lost to it: what it counts from them has a hole, here: what came before it has been heard before, and what came after it comes after. Never in lockstep or in virtual time.</summary>
    /// <param name="messages">How many, since the last call; 0 when the connection was away and nobody knows.</param>
    void OnMissed(long messages);

    /// <summary>Hears what the account holds, as the engine last told it; before a step, once the engine has told it.</summary>
    /// <param name="lanes">Each instrument.</param>
    /// <param name="wallet">The wallet.</param>
    /// <param name="state">Whether the engine quotes; where it is blind, or was never anything else, what the account holds may not be known yet.</param>
    void OnAccount(ReadOnlySpan<LaneFact> lanes, MoneyE8 wallet, QuotingState state)
    {
    }

    /// <summary>Hears what became of a directional request.</summary>
    void OnDirectional(in DirectionalFact fact)
    {
    }

    /// <summary>Takes the next sentence for people. Any thread.</summary>
    /// <param name="note">The sentence.</param>
    /// <returns>False while there is none.</returns>
    bool TryTakeNote(out string note)
    {
        note = "";
        return false;
    }

    /// <summary>A step is due. One that falls behind is not called for the steps that it has missed.</summary>
    /// <param name="asOf">The step; never in the future. What was heard by then has come before it, but for the messages of the burst in which it fell due.</param>
    /// <param name="inbox">Takes what is to be told to the engine; during the call only.</param>
    void Step(EpochNanos asOf, SlowInbox inbox);
}
