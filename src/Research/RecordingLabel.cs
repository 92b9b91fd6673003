namespace LatencyEngine.Research;

/// <summary>What a market is, in one phrase for reports. The shipped ones are known by their names (samples/SOURCES.md); of any other nothing is claimed.</summary>
internal static class RecordingLabel
{
    private const string DerivedPrefix = "v5shaped-";
    private const string GenuinePrefix = "bybit-linear-";

    public static string Of(string? path)
    {
        if (path is null) return "generated, not a recording";
        string name = Path.GetFileName(path);
        return name.StartsWith(DerivedPrefix, StringComparison.Ordinal) ? "derived: a Binance futures stream in the shape of V5, not a Bybit capture"
            : name.StartsWith(GenuinePrefix, StringComparison.Ordinal) ? "genuine Bybit V5 capture"
            : "recording of unstated origin";
    }
}
