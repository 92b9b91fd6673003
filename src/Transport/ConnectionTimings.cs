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

    /// <summary>Longest wait before each of the first <see cref="RetriesSoon"/> attempts: a venue that is back after seconds is to be found at once.</summary>
    public TimeSpan RetrySoonMax { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many attempts are made so; afterwards the waits double again.</summary>
    public int RetriesSoon { get; init; } = 50;

    /// <summary>Longest wait before an attempt. Bybit allows 500 connections in 5 minutes (Bybit V5, 3).</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection that was of use for this long starts again with the first wait.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>With disconnect protection: the engine counts as hanging when frames wait and it has taken none for this long. Below the account's window less a ping interval.</summary>
    public TimeSpan EngineStallMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The private and the order-entry socket are made anew by plan at this age, one after the other and not both within <see cref="StableAfter"/>: before the venue ends them at a moment of its own.</summary>
    public TimeSpan AccountAgeMax { get; init; } = TimeSpan.FromHours(23);

    /// <summary>Longest wait for the engine to have its orders cancelled before an old order-entry socket is given up.</summary>
    public TimeSpan LeaveWithin { get; init; } = TimeSpan.FromSeconds(5);
}
