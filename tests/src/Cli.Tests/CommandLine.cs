using LatencyEngine.Research;

namespace LatencyEngine.Cli.Tests;

/// <summary>The program with everything around it replaced: streams, environment, and the run itself.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly SharedText _output = new();
    private readonly SharedText _error = new();
    private readonly CancellationTokenSource _interruption = new();

    public Dictionary<string, string> Environment { get; } = [];

    public bool IsTerminal { get; init; }

    public string HostRoot { get; init; } = "/";

    public Func<RunRequest, IProgress<RunProgress>?, CancellationToken, RunResult> Run { get; init; } = (_, _, _) => throw new InvalidOperationException("no run was expected");

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public int Invoke(params string[] args) => Program.Invoke(args, new CliContext
    {
        Output = _output,
        Error = _error,
        OutputIsTerminal = IsTerminal,
        ErrorIsTerminal = IsTerminal,
        Environment = Environment,
        Run = Run,
        HostRoot = HostRoot,
        Interrupted = _interruption.Token,
    });

    public void Interrupt() => _interruption.Cancel();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _interruption.Dispose();
    }
}
