using System.CommandLine;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>calibrate</c>: the quoting core's parameters fitted to a recording.</summary>
internal static class CalibrateVerb
{
    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "write what was fitted as a configuration overlay, for --overlay; an existing file is not overwritten" };
        var command = new Command("calibrate", "Fit volatility, arrival rates by depth, microprice and order flow to a recording, with confidence intervals.");
        options.AddCalibrateTo(command);
        command.Options.Add(output);
        command.SetAction(parsed =>
        {
            EngineConfiguration configuration = options.Read(parsed, context).Configuration;
            IReadOnlyList<string>? symbols = options.Symbols(parsed);
            string? overlay = OverlayPath(parsed.GetResult(output) is null ? null : parsed.GetValue(output), output.Name);
            CalibrationResult result = CalibrationRunner.Run(configuration.Data.Recording, symbols, configuration.Data.Instruments, configuration.Quoting, context.Interrupted);
            if (overlay is not null)
            {
                using var file = new StreamWriter(new FileStream(overlay, FileMode.CreateNew, FileAccess.Write));
                file.Write(CalibrationOverlay.Serialize(result));
                result = result with { OverlayPath = overlay };
            }

            if (options.WantsJson(parsed)) context.Output.WriteLine(CalibrationJson.Serialize(result));
            else context.Output.Write(CalibrationText.Render(result));
            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>Looked at before anything is fitted.</summary>
    private static string? OverlayPath(string? path, string option)
    {
        if (path is null) return null;
        if (string.IsNullOrWhiteSpace(path)) throw new ConfigurationException([$"{option} needs a value"]);
        string full = Path.GetFullPath(path);
        if (Path.Exists(full)) throw new ConfigurationException([$"{option} must be a new file, and {path} exists; move it away, or name another"]);
        return Directory.Exists(Path.GetDirectoryName(full)) ? full : throw new ConfigurationException([$"{option} must be in an existing folder, was {path}"]);
    }
}
