using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>The engine's look-ups where engine and venue share one virtual clock: the same questions as over REST, answered by the venue in place.</summary>
internal static class SessionLookUp
{
    /// <summary>Sends a look-up to the venue.</summary>
    /// <param name="session">The venue's side.</param>
    /// <param name="payload">As the engine published it.</param>
    /// <param name="symbols">Those that the engine trades.</param>
    /// <param name="nowNanos">Logic time at which it leaves.</param>
    public static void AskLookUp(this ReplaySession session, ReadOnlySpan<byte> payload, IReadOnlyList<string> symbols, long nowNanos)
    {
        byte[] request = payload.ToArray();
        session.Ask(Answer, nowNanos);

        IReadOnlyList<(DeliveryChannel, ReadOnlyMemory<byte>)> Answer(long atNanos) =>
            // Nothing is awaited: the venue answers at once.
            [.. LookUp.RunAsync(request, symbols, (path, query) => Task.FromResult(session.Rest.Answer(AccountSettings.DefaultUid, path, query, atNanos))).GetAwaiter().GetResult().Select(frame => (InboundKinds.ChannelOf(frame.Kind), (ReadOnlyMemory<byte>)frame.Payload))];
    }
}
