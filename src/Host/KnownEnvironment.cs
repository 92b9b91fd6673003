using System.Globalization;

namespace LatencyEngine.Host;

/// <summary>The environment names the engine shares with other tools, beside its own <c>LATENCY_ENGINE_*</c>: what form each must have and what becomes of it.</summary>
internal static class KnownEnvironment
{
    private const string NotSet = "not set";
    private const string Unused = "accepted, not used by this version";

    private static readonly string[] Timeframes = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d", "1w"];

    private static readonly Name[] Names =
    [
        new("BYBIT_API_KEY", Check.Secret, "key of the account that ./run.sh live trades on"),
        new("BYBIT_API_SECRET", Check.Secret, "its secret"),
        new("VENUE_API_KEY", Check.Secret, "key of the first account of ./run.sh venue"),
        new("VENUE_API_SECRET", Check.Secret, "its secret"),
        new("VENUE_API_PERMISSIONS", Check.Names, "what that key may change: all, unless set"),
        new("VENUE_SECOND_API_KEY", Check.Secret, "key of the second account of ./run.sh venue"),
        new("VENUE_SECOND_API_SECRET", Check.Secret, "its secret"),
        new("VENUE_SECOND_API_PERMISSIONS", Check.Names, "what that key may change: all, unless set"),
        new("TELEGRAM_BOT_TOKEN", Check.Secret, Unused),
        new("TELEGRAM_CHAT_ID", Check.Secret, Unused),
        new("BYBIT_TESTNET", Check.Flag, "environment of ./run.sh live where --env names none: testnet or mainnet"),
        new("BYBIT_BASE_URL", Check.Url, "--endpoint of ./run.sh live where that names none"),
        new("TRADING_PAPER_MODE", Check.Flag, "true forbids ./run.sh live"),
        new("TRADING_INITIAL_CAPITAL", Check.Key, "sets venue:startBalanceUsdt", "venue:startBalanceUsdt"),
        new("TRADING_MAX_POSITION_PCT", Check.Fraction, Unused),
        new("TRADING_MAX_DRAWDOWN_PCT", Check.Fraction, Unused),
        new("TRADING_ENABLED", Check.Flag, Unused),
        new("TRADING_TIMEFRAME", Check.Timeframe, Unused),
        new("LOOP_INTERVAL_SECONDS", Check.Seconds, Unused),
        new("MAX_CONCURRENT_SETUPS", Check.Count, Unused),
        new("MAX_CONCURRENT_TRADES", Check.Count, Unused),
        new("RISK_PER_TRADE_PERCENT", Check.Fraction, Unused),
    ];

    private enum Check
    {
        Secret,
        Flag,
        Url,
        Key,
        Fraction,
        Timeframe,
        Seconds,
        Count,
        Names,
    }

    /// <summary>The names that stand for a configuration key, with that key.</summary>
    public static IEnumerable<(string Variable, string Key)> Keys => Names.Where(name => name.Key is not null).Select(name => (name.Variable, name.Key!));

    /// <summary>The names whose values nobody may see.</summary>
    public static IEnumerable<string> Secrets => Names.Where(name => name.Check == Check.Secret).Select(name => name.Variable);

    /// <summary>Checks every name's form and says what becomes of it. A variable that is set to nothing counts as absent. Values of secrets appear nowhere.</summary>
    public static IReadOnlyList<EnvironmentName> Read(IReadOnlyDictionary<string, string> environment, List<string> faults)
    {
        var read = new List<EnvironmentName>(Names.Length);
        foreach (Name name in Names)
        {
            if (!environment.TryGetValue(name.Variable, out string? value) || value.Length == 0)
            {
                read.Add(new EnvironmentName(name.Variable, NotSet, name.Use));
                continue;
            }

            bool secret = name.Check == Check.Secret;
            if (Fault(name.Check, value) is string fault) faults.Add(secret ? $"{name.Variable} {fault} (value hidden)" : $"{name.Variable} {fault}, was \"{value}\"");
            read.Add(new EnvironmentName(name.Variable, secret ? "set (hidden)" : value, name.Use));
        }

        RequireBoth("BYBIT_API_KEY", "BYBIT_API_SECRET", read, faults);
        RequireBoth("VENUE_API_KEY", "VENUE_API_SECRET", read, faults);
        RequireBoth("VENUE_SECOND_API_KEY", "VENUE_SECOND_API_SECRET", read, faults);
        RequireBoth("TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID", read, faults);
        return read;
    }

    private static void RequireBoth(string first, string second, List<EnvironmentName> read, List<string> faults)
    {
        bool hasFirst = IsSet(first);
        bool hasSecond = IsSet(second);
        if (hasFirst != hasSecond) faults.Add($"{(hasFirst ? second : first)} must be set too, or neither it nor {(hasFirst ? first : second)}");

        bool IsSet(string variable) => read.Exists(name => name.Name == variable && name.Shown != NotSet);
    }

    private static string? Fault(Check check, string value) => check switch
    {
        Check.Secret => value.All(c => c is > ' ' and <= '~') ? null : "must be printable ASCII without spaces",
        Check.Flag => value.ToUpperInvariant() is "TRUE" or "FALSE" or "1" or "0" ? null : "must be true or false",
        Check.Url => IsVenueUrl(value) ? null : "must be an https address such as https://api.bybit.com (http only for this machine)",
        Check.Fraction => Positive(value) is <= 1m ? null : "must be a fraction above 0, at most 1 (0.10 is 10 %)",
        Check.Timeframe => Timeframes.Contains(value) ? null : $"must be one of {string.Join(' ', Timeframes)}",
        Check.Seconds => Positive(value) is not null ? null : "must be a number of seconds above 0",
        Check.Count => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? null : "must be a whole number above 0",
        _ => null, // Key and Names: checked where they are read.
    };

    private static decimal? Positive(string value) =>
        decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && number > 0 ? number : null;

    private static bool IsVenueUrl(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    private sealed record Name(string Variable, Check Check, string Use, string? Key = null);
}
