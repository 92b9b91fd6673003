using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>The way between a session and the engine: memory, or sockets. Used by one thread.</summary>
internal interface IEngineLink
{
    /// <summary>Hands over one event and returns when the engine has dealt with it.</summary>
    /// <param name="delivery">What the engine receives and when; its channel says how.</param>
    /// <param name="endOfBurst">The engine decides after it.</param>
    void Hand(in Delivery delivery, bool endOfBurst);

    /// <summary>Hands over an event that does not come from the venue.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="timeNanos">Logic time.</param>
    void Post(InboundKind kind, byte[] payload, long timeNanos);

    /// <summary>Gives the session what the engine has sent since the last call, in order, and solves the tables that it has asked for: in the same moment of logic time, so that equal runs stay equal.</summary>
    /// <param name="session">The venue's side.</param>
    /// <param name="nowNanos">Logic time at which it was sent.</param>
    void Collect(ReplaySession session, long nowNanos);
}
