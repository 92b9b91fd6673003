using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LatencyEngine.Cli;

/// <summary>Ctrl-C, SIGTERM, and the end of the terminal (SIGHUP) or Ctrl-\ (SIGQUIT): the first asks for an orderly stop. Ctrl-C, SIGTERM or SIGQUIT a second or more later ends the process at once.</summary>
public sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Repeated = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private long _firstAt;

    /// <summary>Listens from now on.</summary>
    public Interruption()
    {
        // Without the last two a session that is cut would leave orders and positions to nobody.
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    /// <summary>Set by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    /// <summary>Takes a signal. What comes within a second is the same wish told twice, as a shell and its terminal tell it; and a terminal that ends is never in a hurry.</summary>
    /// <param name="signal">Which.</param>
    /// <param name="timestamp">When, of <see cref="Stopwatch"/>.</param>
    /// <returns>True: the process is to end at once.</returns>
    public bool Take(PosixSignal signal, long timestamp)
    {
        long firstAt = Interlocked.CompareExchange(ref _firstAt, timestamp, 0);
        if (firstAt != 0) return signal != PosixSignal.SIGHUP && Stopwatch.GetElapsedTime(firstAt, timestamp) >= Repeated;
        _source.Cancel();
        return false;
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Take(context.Signal, Stopwatch.GetTimestamp())) Environment.Exit(ExitStatus.Interrupted);
    }
}
