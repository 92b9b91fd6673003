namespace LatencyEngine.Simulator;

/// <summary>A published fee level of USDT perpetuals with its order limit (Bybit V5, 16.7 and 17.3; figures of mid 2026).</summary>
/// <remarks>The market-maker levels MM 1 to 3 are not here: their maker rebates are published, what they pay as takers is not in our sources.</remarks>
public sealed class FeeTier
{
    private readonly decimal _makerPercent;
    private readonly decimal _takerPercent;

    internal FeeTier(string name, decimal takerPercent, decimal makerPercent, int requestsPerSecond, bool isPro = false)
    {
        Name = name;
        _takerPercent = takerPercent;
        _makerPercent = makerPercent;
        RequestsPerSecond = requestsPerSecond;
        IsPro = isPro;
    }

    /// <summary>Every level, lowest first. The rates of Pro levels are those of symbol group G1.</summary>
    public static IReadOnlyList<FeeTier> All { get; } =
    [
        new("VIP 0", 0.0550m, 0.0200m, 10),
        new("VIP 1", 0.0400m, 0.0180m, 20),
        new("VIP 2", 0.0375m, 0.0160m, 40),
        new("VIP 3", 0.0350m, 0.0140m, 60),
        new("VIP 4", 0.0320m, 0.0120m, 60),
        new("VIP 5", 0.0320m, 0.0100m, 60),
        new("Supreme VIP", 0.0300m, 0.0000m, 60),
        new("Pro 1", 0.028m, 0.010m, 200, isPro: true),
        new("Pro 2", 0.025m, 0.005m, 400, isPro: true),
        new("Pro 3", 0.022m, 0.0025m, 600, isPro: true),
        new("Pro 4", 0.020m, 0.001m, 800, isPro: true),
        new("Pro 5", 0.018m, 0m, 1_000, isPro: true),
        new("Pro 6", 0.015m, 0m, 1_200, isPro: true),
    ];

    /// <summary>The level of an ordinary account.</summary>
    public static FeeTier Vip0 { get; } = All[0];

    /// <summary>The published name, for example "Pro 5".</summary>
    public string Name { get; }

    /// <summary>Order-entry requests a second, for each of create, amend and cancel.</summary>
    public int RequestsPerSecond { get; }

    private bool IsPro { get; }

    /// <summary>Finds a level by its published name; case and spaces do not matter.</summary>
    /// <exception cref="ArgumentException">No such level; the message lists those known.</exception>
    public static FeeTier Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string wanted = Key(name);
        return All.FirstOrDefault(tier => Key(tier.Name) == wanted)
            ?? throw new ArgumentException($"no fee tier '{name}'; known are {string.Join(", ", All.Select(tier => tier.Name))}", nameof(name));
    }

    /// <summary>The rates of a symbol at this level.</summary>
    /// <exception cref="ArgumentException">A Pro level and a symbol outside group G1 (BTC, ETH, XRP, SOL): groups of other symbols are not in our sources.</exception>
    public FeeRates RatesFor(string symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        if (IsPro && symbol is not ("BTCUSDT" or "ETHUSDT" or "XRPUSDT" or "SOLUSDT"))
        {
            throw new ArgumentException(
                $"fee tier {Name} has known rates for BTCUSDT, ETHUSDT, XRPUSDT and SOLUSDT only, was {symbol}; choose a VIP tier", nameof(symbol));
        }

        return new FeeRates(_makerPercent / 100m, _takerPercent / 100m);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static string Key(string name) => name.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
}
