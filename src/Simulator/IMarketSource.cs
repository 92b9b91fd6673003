namespace LatencyEngine.Simulator;

/// <summary>What moves the markets of a venue, and what the public is told of it.</summary>
/// <remarks>One thread, the venue's. Time comes in through arguments and does not go back.</remarks>
internal interface IMarketSource : IDisposable
{
    /// <summary>Venue time at which it begins, ns since 1970.</summary>
    long FirstNanos { get; }

    /// <summary>When something happens next, ns since 1970; <see cref="long.MaxValue"/> when nothing is known to, null when nothing will any more.</summary>
    long? NextNanos { get; }

    /// <summary>Share played, 0 to 1; 0 for a market without end.</summary>
    double Progress { get; }

    /// <summary>Full names of the topics that can be subscribed to.</summary>
    IReadOnlyCollection<string> Topics { get; }

    /// <summary>Takes what has come from outside, to happen now; true when something has, and <see cref="NextNanos"/> may be sooner than it was.</summary>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    bool Poll(long nowNanos) => false;

    /// <summary>Lets the next thing happen.</summary>
    /// <param name="nowNanos"><see cref="NextNanos"/>.</param>
    /// <param name="frames">What the public is told is added to it, in order.</param>
    /// <param name="output">What the accounts are told is added to it, in order.</param>
    /// <exception cref="RecordingException">A line of a recording is damaged.</exception>
    void Play(long nowNanos, List<MarketMessage> frames, List<VenueMessage> output);

    /// <summary>A request has been served: the public is told at once of what it traded.</summary>
    void AfterRequest(long nowNanos, List<MarketMessage> frames);

    /// <summary>A book or ticker for a client that subscribes anew.</summary>
    /// <param name="topic">Full name of the topic.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <returns>A V5 snapshot frame; null while there is nothing to tell.</returns>
    byte[]? Snapshot(string topic, long nowNanos);
}
