using System.Text.Json;
using System.Text.Json.Nodes;
using LatencyEngine.Bybit;
using LatencyEngine.Journal;
using LatencyEngine.Model;

namespace LatencyEngine.Host.Tests;

public sealed class RulesFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rules-folder-tests-").FullName;
    private readonly AccountVenue _venue = new();

    private string Journal => Path.Combine(_root, "live.journal");

    private string Folder => Journal + ".rules";

    public void Dispose()
    {
        _venue.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task What_a_start_has_read_is_kept_as_the_venue_told_it_and_read_again_the_same()
    {
        JsonNode row = _venue.Results["/v5/market/instruments-info"]["list"]!.AsArray().First(row => row!["symbol"]!.GetValue<string>() == "SOLUSDT")!;
        row["news"] = "1.50";   // whatever it is, it is kept
        LiveStart start = await _venue.StartAsync();

        using (RulesFolder rules = RulesFolder.For(Journal))
        {
            rules.Write(start.Instruments, ["SOLUSDT", "BTCUSDT"]);
            rules.Write(start.RiskLimits);
            rules.Keep();
        }

        using JsonDocument kept = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "instruments.json")));
        JsonElement[] rows = [.. kept.RootElement.GetProperty("result").GetProperty("list").EnumerateArray()];
        Assert.Equal([row.ToJsonString()], rows.Take(1).Select(each => each.GetRawText()));
        Assert.Equal(2, rows.Length);
        InstrumentTable again = InstrumentCatalog.Load(Path.Combine(Folder, "instruments.json")).Select(["BTCUSDT", "SOLUSDT"]);
        InstrumentTable read = start.Instruments.Select(["BTCUSDT", "SOLUSDT"]);
        Assert.Equal(read[new InstrumentId(1)].TickE8, again[new InstrumentId(1)].TickE8);
        foreach (string symbol in (string[])["BTCUSDT", "SOLUSDT"]) Assert.Equal(start.RiskLimits[symbol], RiskLimitCatalog.Load(Path.Combine(Folder, "risk-limits.json"))[symbol]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_goes_unless_a_journal_needs_it(bool hasJournal)
    {
        LiveStart start = await _venue.StartAsync();
        string written;
        using (RulesFolder rules = RulesFolder.For(hasJournal ? Journal : null))
        {
            rules.Write(start.RiskLimits);
            written = rules.RiskLimitsPath;
            Assert.True(File.Exists(written));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(written)));
    }

    [Fact]
    public async Task Another_journals_rules_are_left_alone_and_what_cannot_be_written_is_one_line()
    {
        LiveStart start = await _venue.StartAsync();
        using RulesFolder rules = RulesFolder.For(Journal);
        File.WriteAllText(Folder, "");

        Assert.Equal($"{Folder} is of another journal; name another one, or move both away", Assert.Throws<JournalException>(() => RulesFolder.For(Journal)).Message);
        Assert.StartsWith($"{Folder} cannot be written: ", Assert.Throws<JournalException>(() => rules.Write(start.RiskLimits)).Message, StringComparison.Ordinal);
    }
}
