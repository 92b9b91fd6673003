using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary>What a person sees of a run while it goes on.</summary>
internal interface IRunDisplay : IProgress<RunProgress>
{
    /// <summary>The run is over: what follows starts on a line of its own.</summary>
    void End();
}
