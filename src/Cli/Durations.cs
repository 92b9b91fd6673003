using System.Globalization;

namespace LatencyEngine.Cli;

/// <summary>Lengths of time as people write them.</summary>
internal static class Durations
{
    private const double SecondsMax = 365 * 86_400.0;

    /// <summary>Seconds, or a number with s, m or h; null for anything else.</summary>
    /// <param name="option">Where it was written, for the fault.</param>
    /// <param name="text">As it was written.</param>
    /// <param name="faults">Gets a line where it is none.</param>
    public static TimeSpan? Read(string option, string text, List<string> faults)
    {
        int unitSeconds = text.EndsWith('h') ? 3_600 : text.EndsWith('m') ? 60 : 1;
        ReadOnlySpan<char> number = text.Length > 1 && text[^1] is ('s' or 'm' or 'h') ? text.AsSpan(0, text.Length - 1) : text;
        bool isNumber = double.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds);
        seconds *= unitSeconds;
        if (isNumber && seconds is > 0 and <= SecondsMax) return TimeSpan.FromSeconds(seconds);
        faults.Add(isNumber ? $"{option} must be above 0 seconds, at most {SecondsMax:0}, was {text}" : $"{option} must be seconds, or a number with s, m or h such as 20m, was {text}");
        return null;
    }
}
