namespace LatencyEngine.Transport;

/// <summary>How long a connection waits for what, in real time.</summary>
public sealed record ConnectionTimings
{
    /// <summary>Longest wait for the TCP connection, the upgrade, the login and all confirmations together.</summary>
    public TimeSpan Establish { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The public socket: a text ping this often (Bybit V5, 3: every 20 s).</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The public socket is given up when nothing at all was heard for this long; longer than the ping interval, so that an answer to a ping counts.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The private and the order-entry socket: a text ping this often. They may rightly be silent, and one that is dead but open hides fills.</summary>
    public TimeSpan AccountPingInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The private and the order-entry socket are given up when nothing at all was heard for this long; longer than their ping interval.</summary>
    public TimeSpan AccountSilenceMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before the first attempt to connect again; doubled with each attempt that fails, half of it random.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before an attempt. Bybit allows 500 connections in 5 minutes (Bybit V5, 3).</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection that was of use for this long starts again with the first wait.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(5);
}
