using System.Globalization;
using System.Text.RegularExpressions;
using LatencyEngine.Bybit;

namespace LatencyEngine.Cli;

/// <summary>Options that name a venue's market: an environment or an address, its symbols, and the levels of its book.</summary>
internal static partial class MarketAddress
{
    private const string DefaultEnvironment = "mainnet";
    private const int DefaultDepth = 50;
    private static readonly int[] Depths = [1, 50, 200, 1_000];   // Bybit V5, 6.1

    /// <summary>Help of the environment's option.</summary>
    public const string EnvironmentHelp = "whose market: mainnet (default), testnet, or demo, which has mainnet's";

    /// <summary>Help of the depth's option.</summary>
    public const string DepthHelp = "of the book: 1, 50 (default), 200 or 1000";

    /// <summary>Where the venue is reached, and its name for people; null with a fault more where the options do not say.</summary>
    /// <param name="environment">What <c>--env</c> says; null where it is not given.</param>
    /// <param name="address">What the option of an address says; null where it is not given.</param>
    /// <param name="addressOption">That option's name.</param>
    /// <param name="faults">Receives what is wrong, one line a fault.</param>
    public static (VenueEndpoints Endpoints, string Name)? Read(string? environment, string? address, string addressOption, List<string> faults)
    {
        if (environment is not null && address is not null)
        {
            faults.Add($"--env and {addressOption} exclude each other; take one of them away");
            return null;
        }

        if (address is null)
        {
            string name = environment ?? DefaultEnvironment;
            if (VenueEndpoints.Environments.TryGetValue(name, out VenueEndpoints? known)) return (known, name);
            faults.Add($"--env must be one of {string.Join(", ", VenueEndpoints.Environments.Keys)}, was \"{environment}\"");
            return null;
        }

        return At(address, addressOption, faults) is { } endpoints ? (endpoints, address.TrimEnd('/')) : null;
    }

    /// <summary>A venue at one address; null with a fault more where the text is no such address.</summary>
    /// <param name="address">As it was written.</param>
    /// <param name="addressOption">That option's name.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static VenueEndpoints? At(string address, string addressOption, List<string> faults)
    {
        try
        {
            return VenueEndpoints.At(new Uri(address));
        }
        catch (Exception fault) when (fault is UriFormatException or ArgumentException)
        {
            faults.Add($"{addressOption} must be http:// or https:// with host and port alone, for example http://127.0.0.1:8701, was \"{address}\"");
            return null;
        }
    }

    /// <summary>Levels of the book.</summary>
    /// <param name="depth">What <c>--depth</c> says; null where it is not given.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static int ReadDepth(string? depth, List<string> faults)
    {
        int levels = DefaultDepth;
        if (depth is not null && (!int.TryParse(depth, NumberStyles.None, CultureInfo.InvariantCulture, out levels) || !Depths.Contains(levels)))
        {
            faults.Add($"--depth must be one of {string.Join(", ", Depths)}, was \"{depth}\"");
        }

        return levels;
    }

    /// <summary>Different symbols, as the venue writes them; none, with a fault more, where the text is something else.</summary>
    /// <param name="option">The option's name.</param>
    /// <param name="text">As they were written, separated by commas.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static string[] ReadSymbols(string option, string? text, List<string> faults)
    {
        string[] names = (text ?? "").Split(',', StringSplitOptions.TrimEntries);
        if (names.All(name => SymbolName().IsMatch(name)) && names.Distinct(StringComparer.Ordinal).Count() == names.Length) return names;
        faults.Add($"{option} must be different symbols in capitals, separated by commas, for example BTCUSDT,ETHUSDT, was \"{text}\"");
        return [];
    }

    [GeneratedRegex("^[A-Z0-9]{2,30}$")]
    private static partial Regex SymbolName();
}
