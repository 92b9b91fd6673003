using System.Diagnostics;

namespace LatencyEngine.TestData;

/// <summary>Runs the scripts of <c>tests/foreign</c> and <c>tests/clients</c> with node.</summary>
public static class NodeScripts
{
    private static readonly string Tests = Path.Combine(ReferenceFiles.RepositoryRoot, "tests");

    /// <summary>Whether a package of a folder below <c>tests</c> is installed there and node is on the path.</summary>
    public static bool IsInstalled(string folder, string package) =>
        File.Exists(Path.Combine(Tests, folder, "node_modules", package, "package.json"))
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node")));

    /// <summary>Starts a script; its standard streams are redirected. The caller ends it.</summary>
    /// <param name="script">Its path below <c>tests</c>, for example <c>foreign/ws-server.mjs</c>.</param>
    /// <param name="arguments">What the script is given.</param>
    public static Process Start(string script, params string[] arguments) => Start(script, new Dictionary<string, string>(), arguments);

    /// <summary>Starts a script with variables added to its environment.</summary>
    /// <param name="script">Its path below <c>tests</c>.</param>
    /// <param name="environment">What is added, by variable.</param>
    /// <param name="arguments">What the script is given.</param>
    public static Process Start(string script, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        string path = Path.Combine(Tests, script);
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Path.GetDirectoryName(path),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(path);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string variable, string value) in environment) start.Environment[variable] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"node did not start for {script}");
    }

    /// <summary>Runs a script to its end and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed, or did not end within five minutes.</exception>
    public static string Run(string script, params string[] arguments)
    {
        using Process process = Start(script, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{script} did not end within five minutes");
        }

        if (process.ExitCode != 0) throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {error.Result}");
        return output.Result;
    }
}
