using System.ComponentModel;
using System.Diagnostics;

namespace LatencyEngine.SideBySide;

/// <summary>Programs of the host.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed, without the last line break; null when it is not there or failed.</returns>
    public static string? OutputOf(string program, params string[] arguments) => Run(program, out string output, out _, arguments) ? output : null;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="output">What it printed, without the last line break.</param>
    /// <param name="errors">What it wrote to its standard error.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>False when it is not there or failed.</returns>
    public static bool Run(string program, out string output, out string errors, params string[] arguments)
    {
        output = errors = "";
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> reading = process.StandardError.ReadToEndAsync();
            output = process.StandardOutput.ReadToEnd().TrimEnd('\n');
            errors = reading.Result;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            errors = $"{program} is not installed";
            return false;
        }
    }
}
