using System.Text.Json.Nodes;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed class EngineBuilderFaultTests : IDisposable
{
    private const string Instruments = "instruments-linear-20260809.json";
    private const string Ladders = "risk-limits-202608.json";

    private readonly string _folder = Directory.CreateTempSubdirectory("engine-builder-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_shipped_profile_builds_at_any_leverage_of_its_instruments_that_leaves_its_distance_to_liquidation()
    {
        foreach (string leverage in (string[])["1", "1.01", "50", "100"])
        {
            Engine engine = Build(Load(new ConfigurationOverride("venue:leverage", leverage, "--leverage")));

            Assert.Equal(["BTCUSDT", "SOLUSDT"], engine.Lanes.Select(lane => lane.Spec.Symbol));
        }
    }

    [Fact]
    public void Leverage_above_an_instruments_own_is_one_line_for_each_such_symbol()
    {
        string instruments = Changed(Instruments, document =>
        {
            foreach (JsonNode? row in document["result"]!["list"]!.AsArray()) row!["leverageFilter"]!["maxLeverage"] = row["symbol"]!.GetValue<string>() == "BTCUSDT" ? "40.00" : "25.00";
        });

        Assert.Equal(
            [
                "configs/market-making.json: venue:leverage must be at most 40, the highest of BTCUSDT, was 50",
                "configs/market-making.json: venue:leverage must be at most 25, the highest of SOLUSDT, was 50",
            ],
            FaultsOf(Load(), instruments: instruments));
    }

    [Fact]
    public void Leverage_above_the_first_row_of_a_ladder_names_the_option_that_set_it()
    {
        string ladders = Changed(Ladders, document => FirstRow(document, "SOLUSDT")["maxLeverage"] = "75");

        Assert.Equal(
            ["--leverage must be at most 75, the highest of SOLUSDT, was 75.01"],
            FaultsOf(Load(new ConfigurationOverride("venue:leverage", "75.01", "--leverage")), ladders: ladders));
    }

    [Theory]
    [InlineData("0.01492", null)]
    [InlineData("0.01493", "must be below 0.014925, where a new BTCUSDT position is liquidated at leverage 50, was 0.01493")] // a long's is 0.015075
    [InlineData("0.0199", "must be below 0.014925, where a new BTCUSDT position is liquidated at leverage 50, was 0.0199")]
    public void An_isolated_jump_ends_before_a_new_position_is_liquidated(string fraction, string? fault)
    {
        EngineConfiguration configuration = Load(new("symbols", "BTCUSDT", "--symbols"), new("risk:isolatedJumpFraction", fraction, "here"));

        if (fault is null) Build(configuration);
        else Assert.Equal([$"here (risk:isolatedJumpFraction) {fault}"], FaultsOf(configuration));
    }

    [Fact]
    public void A_cross_account_may_have_to_survive_more_than_an_isolated_position_can() =>
        Assert.True(Build(Load(new("symbols", "BTCUSDT", "--symbols"), new("account:marginMode", "cross", "here"), new("risk:crossJumpFraction", "0.2", "here"))).Gate.IsCross);

    [Fact]
    public void A_largest_order_value_below_the_venues_smallest_is_refused()
    {
        Assert.Equal(
            ["here (risk:orderNotionalMaxUsdt) must be at least 5, the smallest order value of BTCUSDT, was 4.99"],
            FaultsOf(Load(new("symbols", "BTCUSDT", "--symbols"), new("risk:orderNotionalMaxUsdt", "4.99", "here"))));
    }

    [Fact]
    public void A_quantity_off_the_instruments_steps_names_the_variable_that_set_it()
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, new Dictionary<string, string> { ["LATENCY_ENGINE_INSTRUMENTS__BTCUSDT__ORDERQTY"] = "0.0105" }, []);

        Assert.Equal(["LATENCY_ENGINE_INSTRUMENTS__BTCUSDT__ORDERQTY (instruments:BTCUSDT:orderQty) must be a multiple of 0.001 and at least 0.001, was 0.0105"], FaultsOf(configuration));
    }

    [Fact]
    public void A_ladder_whose_rows_do_not_follow_from_each_other_is_a_fault_of_the_ladder()
    {
        string ladders = Changed(Ladders, document => FirstRow(document, "BTCUSDT")["mmDeduction"] = "1");
        string none = Changed(Ladders, document => document["ladders"]!["BTCUSDT"]!["tiers"] = new JsonArray());

        Assert.StartsWith("risk ladder BTCUSDT: deduction of row 0 must be 0", Assert.Throws<InstrumentException>(() => Build(Load(), ladders: ladders)).Message, StringComparison.Ordinal);
        Assert.StartsWith("risk ladder BTCUSDT: at least one row", Assert.Throws<InstrumentException>(() => Build(Load(), ladders: none)).Message, StringComparison.Ordinal);
    }

    private static JsonNode FirstRow(JsonNode ladders, string symbol) => ladders["ladders"]![symbol]!["tiers"]![0]!;

    private static EngineConfiguration Load(params IReadOnlyList<ConfigurationOverride> overrides) => ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, overrides);

    private static IReadOnlyList<string> FaultsOf(EngineConfiguration configuration, string? instruments = null, string? ladders = null) =>
        Assert.Throws<ConfigurationException>(() => Build(configuration, instruments, ladders)).Faults;

    private static Engine Build(EngineConfiguration configuration, string? instruments = null, string? ladders = null)
    {
        InstrumentTable table = InstrumentCatalog.Load(instruments ?? ReferenceFiles.Sample(Instruments)).Select(configuration.Symbols);
        AccountFees[] fees = [.. configuration.Symbols.Select(_ => new AccountFees(0m, 0.00018m))];
        return EngineBuilder.Build(configuration, table, fees, RiskLimitCatalog.Load(ladders ?? ReferenceFiles.Sample(Ladders)));
    }

    private string Changed(string sample, Action<JsonNode> change)
    {
        JsonNode document = JsonNode.Parse(File.ReadAllText(ReferenceFiles.Sample(sample)))!;
        change(document);
        string path = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(path, document.ToJsonString());
        return path;
    }
}
