using System.CommandLine;
using System.Globalization;
using LatencyEngine.Host;
using LatencyEngine.Simulator;

namespace LatencyEngine.Cli;

/// <summary>The option that makes a flow market busier.</summary>
internal static class FlowRate
{
    private const string Name = "--rate";

    /// <summary>The option.</summary>
    /// <param name="usual">What holds without it.</param>
    public static Option<string> Option(string usual) =>
        new(Name) { HelpName = "NUMBER", Description = $"how many times the usual rate the order flow of a flow market has, 1 to {FlowSettings.RateMax} (default: {usual})" };

    /// <summary>Its value.</summary>
    /// <exception cref="ConfigurationException">It is none.</exception>
    public static int Read(string? text, int usual)
    {
        if (text is null) return usual;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rate) && rate is >= 1 and <= FlowSettings.RateMax) return rate;
        throw new ConfigurationException([$"{Name} must be a whole number from 1 to {FlowSettings.RateMax}, was \"{text}\""]);
    }
}
