namespace LatencyEngine.Simulator;

/// <summary>Where the frames of a market come from: a <see cref="RecordingReader"/>, or anything else for a market that goes on now.</summary>
/// <remarks>One thread, the venue's.</remarks>
public interface IFrameSource : IDisposable
{
    /// <summary>Full names of the topics, for example <c>orderbook.200.BTCUSDT</c>.</summary>
    IReadOnlyCollection<string> Topics { get; }

    /// <summary>Share read, 0 to 1; 0 of a market without end.</summary>
    double Progress { get; }

    /// <summary>The next frame; false when there is none, of a live market none for now. An empty frame of a live market says that it is lost: what follows begins with snapshots.</summary>
    /// <param name="frame">Its time counts in a recording; a frame of a live market happens when it is read.</param>
    /// <exception cref="RecordingException">A line of a recording is damaged.</exception>
    bool TryRead(out RecordedFrame frame);
}
