using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The risk-limit tiers of one symbol, lowest first.</summary>
public sealed class RiskLadder
{
    private readonly RiskTier[] _tiers;

    /// <summary>Checks and keeps the tiers.</summary>
    /// <exception cref="ArgumentException">Empty, not rising, or a deduction breaks <c>ded_n = ded_(n-1) + limit_(n-1) × (MMR_n - MMR_(n-1))</c> (docs/models.md, 3.2).</exception>
    public RiskLadder(IEnumerable<RiskTier> tiers, bool isAssumed)
    {
        _tiers = [.. tiers];
        IsAssumed = isAssumed;
        if (_tiers.Length == 0) throw new ArgumentException("a risk ladder needs at least one tier", nameof(tiers));
        if (_tiers[0].Deduction != 0) throw new ArgumentException($"the deduction of the first tier must be 0, was {_tiers[0].Deduction}", nameof(tiers));
        for (int i = 1; i < _tiers.Length; i++)
        {
            RiskTier below = _tiers[i - 1];
            RiskTier tier = _tiers[i];
            decimal expected = below.Deduction + (below.ValueLimit * (tier.MaintenanceRate - below.MaintenanceRate));
            if (tier.ValueLimit <= below.ValueLimit || tier.MaintenanceRate <= below.MaintenanceRate || tier.MaxLeverage >= below.MaxLeverage)
            {
                throw new ArgumentException($"risk tier {i + 1}: limit and MMR must rise and leverage fall from tier to tier", nameof(tiers));
            }

            if (tier.Deduction != expected) throw new ArgumentException($"risk tier {i + 1}: deduction must be {expected}, was {tier.Deduction}", nameof(tiers));
        }
    }

    /// <summary>True when the venue's published ladder is not in our sources and this one stands in for it.</summary>
    public bool IsAssumed { get; }

    /// <summary>The tiers, lowest first.</summary>
    public IReadOnlyList<RiskTier> Tiers => _tiers;

    /// <summary>Largest leverage of any tier.</summary>
    public decimal MaxLeverage => _tiers[0].MaxLeverage;

    /// <summary>The first tier whose limit is not below the value; the last tier above the ladder.</summary>
    public RiskTier TierOf(decimal value) => Array.Find(_tiers, tier => value <= tier.ValueLimit) ?? _tiers[^1];

    /// <summary>Largest position value at a leverage: the limit of the last tier that still allows it; 0 when none does.</summary>
    public decimal ValueLimitAt(decimal leverage) => Array.FindLast(_tiers, tier => leverage <= tier.MaxLeverage)?.ValueLimit ?? 0m;

    /// <summary>Reads the ladders of a file like <c>samples/risk-limits-202608.json</c>, by symbol.</summary>
    /// <exception cref="InvalidDataException">The file has another shape, or a ladder breaks its identity.</exception>
    public static IReadOnlyDictionary<string, RiskLadder> LoadAll(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.GetProperty("ladders").EnumerateObject().ToDictionary(
                ladder => ladder.Name,
                ladder => new RiskLadder(
                    ladder.Value.GetProperty("tiers").EnumerateArray().Select((tier, index) => ParseTier(index + 1, tier)),
                    ladder.Value.GetProperty("assumed").GetBoolean()),
                StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"not a risk-limit file: {path} ({e.Message})", e);
        }
    }

    private static RiskTier ParseTier(int id, JsonElement tier) =>
        new(id, Number(tier, "riskLimitValue"), Number(tier, "maintenanceMargin"), Number(tier, "maxLeverage"), Number(tier, "mmDeduction"));

    private static decimal Number(JsonElement owner, string key) =>
        decimal.Parse(owner.GetProperty(key).GetString()!, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
