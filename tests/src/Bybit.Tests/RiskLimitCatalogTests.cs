using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Bybit.Tests;

public sealed class RiskLimitCatalogTests
{
    [Fact]
    public void The_shipped_ladders_are_read_row_by_row()
    {
        RiskLimitCatalog catalog = RiskLimitCatalog.Load(ReferenceFiles.Sample("risk-limits-202608.json"));

        Assert.Equal(new RiskLimitRow(2_000_000m, 0.005m, 100m, 0m), catalog["BTCUSDT"][0]);
        Assert.Equal(new RiskLimitRow(2_600_000m, 0.0056m, 90m, 1_200m), catalog["BTCUSDT"][1]);
        Assert.Equal(20, catalog["BTCUSDT"].Count);
    }

    [Fact]
    public void A_symbol_without_a_ladder_is_named_with_those_that_have_one()
    {
        RiskLimitCatalog catalog = RiskLimitCatalog.Load(ReferenceFiles.Sample("risk-limits-202608.json"));

        var fault = Assert.Throws<InstrumentException>(() => catalog["DOGEUSDT"]);

        Assert.EndsWith("no risk-limit ladder for DOGEUSDT; it has BTCUSDT, ETHUSDT, SOLUSDT", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_venue_tells_is_written_as_a_file_of_the_same_ladders_with_rates_as_fractions()
    {
        using JsonDocument rows = JsonDocument.Parse("""
            [{"symbol":"SOLUSDT","riskLimitValue":"500000","maintenanceMargin":"1.5","initialMargin":"2","maxLeverage":"50.00","mmDeduction":"1000"},
             {"symbol":"SOLUSDT","riskLimitValue":"100000","maintenanceMargin":"0.5","initialMargin":"1","maxLeverage":"100.00","mmDeduction":""}]
            """);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, RiskLimitCatalog.Of(rows.RootElement.EnumerateArray(), "test").ToJson());

            Assert.Equal([new RiskLimitRow(100_000m, 0.005m, 100m, 0m), new RiskLimitRow(500_000m, 0.015m, 50m, 1_000m)], RiskLimitCatalog.Load(path)["SOLUSDT"]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"ladders":{"BTCUSDT":{"tiers":[{"riskLimitValue":"x"}]}}}""")]
    [InlineData("""{"ladders":{"BTCUSDT":{"tiers":[{"riskLimitValue":1,"maintenanceMargin":"1","maxLeverage":"1","mmDeduction":"0"}]}}}""")]
    public void A_file_of_another_form_is_one_line_that_says_what_was_wanted(string content)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);

            var fault = Assert.Throws<InstrumentException>(() => RiskLimitCatalog.Load(path));

            Assert.StartsWith($"{path}: not a risk-limit file (wanted ladders.SYMBOL.tiers[]", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault.Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.StartsWith("/nowhere/ladders.json: cannot be read: ", Assert.Throws<InstrumentException>(() => RiskLimitCatalog.Load("/nowhere/ladders.json")).Message, StringComparison.Ordinal);
}
