using LatencyEngine.Host;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>Where a test reaches into a dry-run. The defaults are every other run's.</summary>
internal sealed record DryRunHooks
{
    /// <summary>Stands in for the hot path's own entry.</summary>
    public Func<Engine, FrameHandler>? EngineFrame { get; init; }

    /// <summary>Gets both sides when the venue is served and nothing is connected yet.</summary>
    public Action<RunStage, VenueServer>? OnServing { get; init; }

    /// <summary>How long a connection may be away, in real time, before the run is given up.</summary>
    public TimeSpan GoneAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Logic time from one cut to the next, on the average: about a hundred cuts in the shipped recording.</summary>
    public TimeSpan CutInterval { get; init; } = TimeSpan.FromSeconds(3.4);
}
