using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary>Everything the program touches outside itself, so that a test can stand in for the process.</summary>
public sealed record CliContext
{
    /// <summary>Standard output: results only.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error: progress and faults.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>True when a person looks at <see cref="Output"/>: the closing table then has colour.</summary>
    public required bool OutputIsTerminal { get; init; }

    /// <summary>True when a person looks at <see cref="Error"/>: progress then rewrites one line.</summary>
    public required bool ErrorIsTerminal { get; init; }

    /// <summary>The environment, by variable.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>How this program is started once more, for a watchdog of its own; null where <c>live</c> is to start none, as in tests.</summary>
    public IReadOnlyList<string>? OwnProgram { get; init; }

    /// <summary>The folder that stands for <c>/</c> where <c>doctor</c> reads the kernel's files: a made-up one in tests.</summary>
    public string HostRoot { get; init; } = "/";

    /// <summary>Makes a run.</summary>
    public required Func<RunRequest, IProgress<RunProgress>?, CancellationToken, RunResult> Run { get; init; }

    /// <summary>Set when the operator asks the program to stop.</summary>
    public required CancellationToken Interrupted { get; init; }

    /// <summary>Writes one line of the program's own to <see cref="Error"/>; what a venue or a file put into it moves no cursor.</summary>
    public void Say(string line) => Error.WriteLine($"latency-engine: {Figures.OneLine(line)}");
}
