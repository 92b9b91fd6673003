using System.Text.RegularExpressions;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed partial class KnownEnvironmentTests
{
    [Theory]
    [InlineData("BYBIT_TESTNET", "true", "false", "1", "0", "True")]
    [InlineData("TRADING_PAPER_MODE", "true")]
    [InlineData("TRADING_ENABLED", "false")]
    [InlineData("BYBIT_BASE_URL", "https://api.bybit.com", "http://127.0.0.1:8080", "http://localhost")]
    [InlineData("TRADING_MAX_POSITION_PCT", "0.10", "1")]
    [InlineData("TRADING_MAX_DRAWDOWN_PCT", "0.2")]
    [InlineData("RISK_PER_TRADE_PERCENT", "0.01")]
    [InlineData("TRADING_TIMEFRAME", "1m", "4h", "1d")]
    [InlineData("LOOP_INTERVAL_SECONDS", "0.5", "60")]
    [InlineData("MAX_CONCURRENT_SETUPS", "3")]
    [InlineData("MAX_CONCURRENT_TRADES", "1")]
    public void Well_formed_values_are_accepted_and_shown(string variable, params string[] values)
    {
        foreach (string value in values)
        {
            EnvironmentName name = Load((variable, value)).EnvironmentNames.Single(name => name.Name == variable);

            Assert.Equal(value, name.Shown);
            bool isOfLive = variable is "BYBIT_TESTNET" or "BYBIT_BASE_URL" or "TRADING_PAPER_MODE";
            Assert.Contains(isOfLive ? "./run.sh live" : "accepted, not used by this version", name.Use, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("BYBIT_TESTNET", "maybe", "must be true or false")]
    [InlineData("BYBIT_BASE_URL", "http://api.bybit.com", "must be an https address")]
    [InlineData("BYBIT_BASE_URL", "api.bybit.com", "must be an https address")]
    [InlineData("TRADING_MAX_POSITION_PCT", "10", "must be a fraction above 0, at most 1 (0.10 is 10 %)")]
    [InlineData("TRADING_MAX_POSITION_PCT", "10%", "must be a fraction")]
    [InlineData("TRADING_MAX_DRAWDOWN_PCT", "0", "must be a fraction")]
    [InlineData("RISK_PER_TRADE_PERCENT", "1.5", "must be a fraction")]
    [InlineData("TRADING_TIMEFRAME", "7m", "must be one of 1m 3m")]
    [InlineData("LOOP_INTERVAL_SECONDS", "-1", "must be a number of seconds above 0")]
    [InlineData("MAX_CONCURRENT_SETUPS", "2.5", "must be a whole number above 0")]
    [InlineData("MAX_CONCURRENT_TRADES", "0", "must be a whole number above 0")]
    public void A_malformed_value_is_a_fault_that_names_the_variable(string variable, string value, string rule)
    {
        string fault = Assert.Single(Assert.Throws<ConfigurationException>(() => Load((variable, value))).Faults);

        Assert.StartsWith($"{variable} {rule}", fault, StringComparison.Ordinal);
        Assert.EndsWith($", was \"{value}\"", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_shown_as_present_and_nothing_more()
    {
        EngineConfiguration configuration = Load(
            ("BYBIT_API_KEY", "k3y"), ("BYBIT_API_SECRET", "s3cret"), ("VENUE_API_KEY", "v1k"), ("VENUE_API_SECRET", "v1s"), ("VENUE_SECOND_API_KEY", "v2k"), ("VENUE_SECOND_API_SECRET", "v2s"),
            ("TELEGRAM_BOT_TOKEN", "t0ken"), ("TELEGRAM_CHAT_ID", "-100"));

        Assert.All(configuration.EnvironmentNames.Where(name => name.Shown != "not set"), name => Assert.Equal("set (hidden)", name.Shown));
        Assert.Equal(8, configuration.EnvironmentNames.Count(name => name.Shown != "not set"));
        string everything = configuration.ToString() + string.Join('\n', configuration.Values) + string.Join('\n', configuration.EnvironmentNames);
        Assert.All(["k3y", "s3cret", "v1k", "v1s", "v2k", "v2s", "t0ken", "-100"], secret => Assert.DoesNotContain(secret, everything, StringComparison.Ordinal));
    }

    [Fact]
    public void A_malformed_secret_is_refused_without_showing_it()
    {
        string fault = Assert.Single(Assert.Throws<ConfigurationException>(() => Load(("BYBIT_API_KEY", "abc"), ("BYBIT_API_SECRET", "hunter2 "))).Faults);

        Assert.Equal("BYBIT_API_SECRET must be printable ASCII without spaces (value hidden)", fault);
    }

    [Fact]
    public void Half_a_pair_of_secrets_is_a_fault()
    {
        Assert.Equal(
            ["BYBIT_API_SECRET must be set too, or neither it nor BYBIT_API_KEY", "TELEGRAM_BOT_TOKEN must be set too, or neither it nor TELEGRAM_CHAT_ID"],
            Assert.Throws<ConfigurationException>(() => Load(("BYBIT_API_KEY", "abc"), ("TELEGRAM_CHAT_ID", "5"))).Faults);
    }

    [Fact]
    public void The_example_file_lists_every_name_with_no_value()
    {
        string[] lines = File.ReadAllLines(ReferenceFiles.InRepository(".env.example"));
        IEnumerable<string> listed = lines.Select(line => Assignment().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);

        Assert.Equal(Load().EnvironmentNames.Select(name => name.Name).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_commented_line_of_the_example_file_loads_without_its_comment_sign()
    {
        Match[] examples = [.. File.ReadAllLines(ReferenceFiles.InRepository(".env.example")).Select(line => CommentedAssignment().Match(line)).Where(match => match.Success)];
        Assert.True(examples.Length >= 5);

        foreach (Match example in examples)
        {
            (string variable, string value) = (example.Groups[1].Value, example.Groups[2].Value.Trim('"'));
            EngineConfiguration configuration = Load((variable, value));
            Assert.Equal(value.Length > 0, configuration.Values.Any(set => set.Origin == variable && set.Value == value));
        }
    }

    [GeneratedRegex("^#([A-Z_]+)=(.*)$")]
    private static partial Regex CommentedAssignment();

    [GeneratedRegex("^([A-Z_]+)=$")]
    private static partial Regex Assignment();

    private static EngineConfiguration Load(params (string Variable, string Value)[] environment) =>
        ConfigurationReader.Load(Profile.Shipped, environment.ToDictionary(pair => pair.Variable, pair => pair.Value), []);
}
