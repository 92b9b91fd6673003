namespace LatencyEngine.Simulator;

/// <summary>Plays a session to the clients of a server by a clock that the caller keeps: real time, or real time scaled.</summary>
/// <remarks>One thread, which owns session and server's driver side; it neither waits nor reads a clock.</remarks>
public sealed class TimedPlay
{
    private readonly ReplaySession _session;
    private readonly VenueServer _server;
    private readonly List<Delivery> _deliveries = [];

    /// <summary>Joins a session and a server; neither is disposed of here.</summary>
    /// <exception cref="ArgumentException">A key of the server belongs to an account that the venue does not have.</exception>
    public TimedPlay(ReplaySession session, VenueServer server)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(server);
        if (server.Uids.Except(session.Venue.Accounts.Select(account => account.Uid)).ToList() is [var uid, ..])
        {
            throw new ArgumentException($"an API key belongs to account {uid}, which the venue does not have: add the account or change the key's uid", nameof(server));
        }

        _session = session;
        _server = server;
    }

    /// <summary>Hands what clients have sent to the session, plays what is due and sends it to them.</summary>
    /// <param name="nowNanos">Venue time, ns since 1970; a time already played counts as the time played.</param>
    /// <returns>How long until something is due, ns, above 0; null when nothing is: then only a client can bring more.</returns>
    /// <exception cref="RecordingException">A later line of the recording is damaged.</exception>
    public long? Step(long nowNanos)
    {
        long playedNanos = Math.Max(nowNanos, _session.LastTimeNanos);
        _server.DrainIncoming(_session.ProducedCount, request => _session.Take(in request, playedNanos));
        _deliveries.Clear();
        _session.PlayUntil(playedNanos, _deliveries);
        foreach (Delivery delivery in _deliveries) _server.Route(in delivery);
        return _session.NextDueNanos - playedNanos;
    }
}
