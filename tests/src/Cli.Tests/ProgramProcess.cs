using System.Diagnostics;
using System.Globalization;

namespace LatencyEngine.Cli.Tests;

/// <summary>The program in a process of its own, which a test may kill, stop and continue.</summary>
internal sealed class ProgramProcess : IDisposable
{
    /// <summary>Far above what a start, an end or a reaction takes on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly SharedText _output = new();
    private readonly SharedText _error = new();

    /// <summary>Starts it.</summary>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="args">Verb and options.</param>
    /// <param name="shell">A shell's command line that ends by running the program, as <c>"$@"</c>; null to start it without one.</param>
    /// <param name="native">The native program's file; null for the one that was built beside the tests.</param>
    public ProgramProcess(IReadOnlyDictionary<string, string> environment, IEnumerable<string> args, string? shell = null, string? native = null)
    {
        string[] program = [.. native is null ? (string[])[Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "latency-engine.dll")] : [native], .. args];
        if (shell is not null) program = ["/bin/bash", "-c", shell, "program", .. program];
        var start = new ProcessStartInfo(program[0], program.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _output.WriteLine(line.Data);
        _process.ErrorDataReceived += (_, line) => _error.WriteLine(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    /// <summary>Sends a signal by its name, such as <c>STOP</c>.</summary>
    public void Signal(string name) => Signal(name, Id);

    /// <summary>Sends a signal to a process of which only the number is known.</summary>
    public static void Signal(string name, int processId)
    {
        using Process kill = Process.Start("/bin/bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {processId}")]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits until it is so.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.False(HasExited, $"it has ended before it came to that: {Output}{Error}");
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, $"it did not come to that: {Output}{Error}");
            await Task.Delay(AskEvery);
        }
    }

    /// <summary>Waits until a line is said.</summary>
    public Task UntilSaidAsync(string text) => UntilAsync(() => Task.FromResult(Error.Contains(text, StringComparison.Ordinal) || Output.Contains(text, StringComparison.Ordinal)));

    /// <summary>Waits for its end, and that of all who write where it does.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> EndAsync()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"it does not end: {Output}{Error}");
        }

        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _output.Dispose();
        _error.Dispose();
    }
}
