using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>The venue's end of a contestant's connections, as a script uses it. One thread; waits for nothing.</summary>
internal interface IScriptedVenue
{
    /// <summary>Sends one whole WebSocket frame.</summary>
    void Send(VenueChannel channel, ReadOnlySpan<byte> frame);

    /// <summary>Takes what has come in on the order connection.</summary>
    /// <returns>Bytes; 0 when there are none.</returns>
    int Receive(Span<byte> room);
}
