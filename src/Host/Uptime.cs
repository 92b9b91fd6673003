using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>How much of the time quotes could be made, of that in which the venue could be reached, and what was in the way.</summary>
/// <remarks>The venue counts as away from the first attempt to connect that fails until one succeeds: a connection that is lost and comes back at once is the engine's downtime, not the venue's. Thread: one.</remarks>
internal sealed class Uptime
{
    private const string LookUp = "lookUp";
    private const string Killed = "killed";

    private readonly Dictionary<string, long> _downNanos = new(StringComparer.Ordinal);
    private readonly Dictionary<QuotesHeldBy, long> _heldNanos = [];
    private long _firstActiveNanos = -1;
    private long _lastNanos;
    private long _activeNanos;
    private long _awayNanos;

    /// <summary>Real time since quotes could first be made, ns; 0 before.</summary>
    public long ElapsedNanos => _firstActiveNanos < 0 ? 0 : _lastNanos - _firstActiveNanos;

    /// <summary>Quotes could be made at least once.</summary>
    public bool HasBegun => _firstActiveNanos >= 0;

    /// <summary>Of that time, in which quotes could be made, ns.</summary>
    public long ReadyNanos => _activeNanos;

    /// <summary>Of that time, in which the venue could not be reached, ns.</summary>
    public long AwayNanos => _awayNanos;

    /// <summary>In percent; null before quotes could first be made.</summary>
    public double? Percent => ElapsedNanos - _awayNanos > 0 ? 100.0 * _activeNanos / (ElapsedNanos - _awayNanos) : null;

    /// <summary>Seconds in which the venue could be reached and quotes could not be made, by what was missing: the first of the connections public, private and trade that was not of use, or else <c>lookUp</c>: the end of one, or what it has found, as an orphan to be cancelled or a position that cannot be taken over; all of the time in which it was killed is <c>killed</c>.</summary>
    public IReadOnlyDictionary<string, double> DownSeconds => _downNanos.ToDictionary(down => down.Key, down => Seconds(down.Value));

    /// <summary>Seconds in which quotes could be made, but those of at least one instrument were held back or further out, by why (<see cref="QuotesHeldBy"/>).</summary>
    public IReadOnlyDictionary<string, double> HeldSeconds => HeldQuotes.Seconds(_heldNanos);

    /// <summary>Takes a look.</summary>
    /// <param name="nowNanos">Real time.</param>
    /// <param name="state">The engine as it last described itself.</param>
    /// <param name="io">How the connections stand.</param>
    public void Look(long nowNanos, in EngineFact state, IoLoop io)
    {
        bool isActive = state.State is QuotingState.Active or QuotingState.Reducing;   // it would rather not
        if (_firstActiveNanos < 0)
        {
            if (!isActive) return;
            (_firstActiveNanos, _lastNanos) = (nowNanos, nowNanos);
        }

        long stepNanos = nowNanos - _lastNanos;
        _lastNanos = nowNanos;
        if (isActive)
        {
            _activeNanos += stepNanos;
            if (HeldQuotes.IsHeld(in state)) _heldNanos[state.HeldBy] = _heldNanos.GetValueOrDefault(state.HeldBy) + stepNanos;
        }
        else if (EngineThreads.Channels.Any(channel => io.Status(channel).IsAway))
        {
            _awayNanos += stepNanos;
        }
        else
        {
            string missing = state.State == QuotingState.Killed ? Killed : Missing(io);
            _downNanos[missing] = _downNanos.GetValueOrDefault(missing) + stepNanos;
        }
    }

    private static string Missing(IoLoop io)
    {
        foreach (VenueChannel channel in EngineThreads.Channels)
        {
            if (io.Status(channel).Phase != ConnectionPhase.Ready) return Name(channel);
        }

        return LookUp;
    }

    private static string Name<T>(T of)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(of.ToString());

    private static double Seconds(long nanos) => Math.Round(nanos / 1e9, 3);
}
