using System.Globalization;

namespace LatencyEngine.Host;

/// <summary>That a run was killed.</summary>
/// <param name="By">Who: the user and process of a client, or <c>inside</c>, <c>file</c> or <c>signal</c> with what it was.</param>
/// <param name="Why">The reason given.</param>
/// <param name="AtUtc">When.</param>
/// <param name="Flattens">The positions are to be closed as well, and were not shown to be flat since.</param>
public sealed record KillRecord(string By, string Why, DateTime AtUtc, bool Flattens)
{
    private const int TextMax = 200;

    /// <summary>One of now; of a text a line of 200 characters is kept.</summary>
    public static KillRecord Now(string by, string why, bool flattens = false) => new(OneLine(by), OneLine(why), DateTime.UtcNow, flattens);

    /// <summary>Several for people, in a clause.</summary>
    public static string Describe(IEnumerable<KillRecord> kills) => string.Join("; and ", kills);

    /// <summary>For people, in a clause.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"by {By} at {AtUtc:yyyy-MM-dd HH:mm:ss}Z: {Why}{(Flattens ? " (positions are being closed)" : "")}");

    /// <summary>The same with another reason.</summary>
    internal KillRecord Because(string why) => this with { Why = OneLine(why) };

    private static string OneLine(string text)
    {
        string line = string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length > TextMax ? line[..TextMax] : line;
    }
}
