using System.CommandLine;

namespace LatencyEngine.Cli;

/// <summary>What stands behind an option.</summary>
internal static class OptionText
{
    /// <summary>The text; null where the option is not given, and, with a fault, where nothing stands behind it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="faults">Gets a line where nothing stands behind it, once.</param>
    public static string? Of(ParseResult parsed, Option<string> option, List<string> faults)
    {
        if (parsed.GetResult(option) is null) return null;
        string? value = parsed.GetValue(option);
        if (!string.IsNullOrWhiteSpace(value)) return value;
        string fault = $"{option.Name} needs a value";
        if (!faults.Contains(fault)) faults.Add(fault);
        return null;
    }
}
