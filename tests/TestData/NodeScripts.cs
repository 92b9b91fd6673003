using System.Diagnostics;

namespace LatencyEngine.TestData;

/// <summary>Runs the scripts of <c>tests/foreign</c> with node.</summary>
public static class NodeScripts
{
    private static readonly string Folder = Path.Combine(ReferenceFiles.RepositoryRoot, "tests", "foreign");

    /// <summary>Whether a package of <c>tests/foreign/package.json</c> is installed there and node is on the path.</summary>
    public static bool IsInstalled(string package) =>
        File.Exists(Path.Combine(Folder, "node_modules", package, "package.json"))
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node")));

    /// <summary>Starts a script; its standard streams are redirected. The caller ends it.</summary>
    /// <param name="script">File name in <c>tests/foreign</c>.</param>
    /// <param name="arguments">What the script is given.</param>
    public static Process Start(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(script);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException($"node did not start for {script}");
    }

    /// <summary>Runs a script to its end and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed, or did not end within a minute.</exception>
    public static string Run(string script, params string[] arguments)
    {
        using Process process = Start(script, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{script} did not end within a minute");
        }

        if (process.ExitCode != 0) throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {error.Result}");
        return output.Result;
    }
}
