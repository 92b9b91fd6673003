namespace LatencyEngine.Transport;

/// <summary>How long a connection waits for what, in real time.</summary>
public sealed record ConnectionTimings
{
    /// <summary>Longest wait for the TCP connection, the upgrade, the login and all confirmations together.</summary>
    public TimeSpan Establish { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A text ping this often (Bybit V5, 3: every 20 s).</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection on which nothing at all was heard for this long is given up; longer than the ping interval, so that an answer to a ping counts.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before the first attempt to connect again; doubled with each attempt that fails, half of it random.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before an attempt. Bybit allows 500 connections in 5 minutes (Bybit V5, 3).</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection that was of use for this long starts again with the first wait.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(5);
}
