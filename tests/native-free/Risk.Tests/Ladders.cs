using System.Globalization;
using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Risk.Tests;

/// <summary>The published ladders of the goldens.</summary>
internal static class Ladders
{
    public static RiskTier[] Read(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("margin_tiers.json")));
        return [.. document.RootElement.GetProperty(name).EnumerateArray().Select(row => new RiskTier(
            new MoneyE8(Scaled(row[0], 100_000_000)),
            Scaled(row[1], 100_000_000),
            (int)Scaled(row[3], 100),
            new MoneyE8(Scaled(row[4], 100_000_000))))];
    }

    private static long Scaled(JsonElement text, long scale) => (long)(decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture) * scale);
}
