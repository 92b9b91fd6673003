namespace LatencyEngine.Host.Tests;

/// <summary>Cores that a profile names, against those that there are.</summary>
public sealed class PlacementConfigurationTests
{
    private static readonly int[] Four = [0, 1, 2, 3];

    [Theory]
    [InlineData("paired", 2, 3, 1)]
    [InlineData("paired", null, null, null)]
    [InlineData("paired", null, null, 0)]
    [InlineData("inline", 3, null, null)]
    [InlineData("inline", 3, 3, 0)]
    public void What_fits_has_no_fault(string threads, int? io, int? engine, int? journal) => Assert.Empty(Placed(threads, io, engine, journal).Faults(Four));

    [Theory]
    [InlineData("paired", 2, 7, null, "placement:engineCore is 7, and this process may run on 0, 1, 2, 3 ")]
    [InlineData("paired", 2, 3, 4, "placement:journalCore is 4, and this process may run on ")]
    [InlineData("inline", 2, 3, null, "placement:engineCore is 3, and the engine runs on the io thread (placement:threads inline)")]
    [InlineData("inline", null, 3, null, "placement:engineCore is 3, and the engine runs on the io thread")]
    [InlineData("paired", 2, 2, null, "placement:ioCore and placement:engineCore are both 2: two threads on one core")]
    [InlineData("paired", 2, null, null, "placement:ioCore and placement:engineCore: name both or none")]
    [InlineData("paired", 2, 3, 3, "placement:journalCore is 3, which belongs to the io or the engine thread")]
    public void What_does_not_is_one_line(string threads, int? io, int? engine, int? journal, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Placed(threads, io, engine, journal).Faults(Four)), StringComparison.Ordinal);

    [Fact]
    public void Where_the_hot_threads_would_have_every_core_it_is_refused()
    {
        Assert.StartsWith("placement: cores 0, 1 are all that this process may run on", Assert.Single(Placed("paired", 0, 1, null).Faults([0, 1])), StringComparison.Ordinal);
        Assert.StartsWith("placement: cores 0 are all", Assert.Single(Placed("inline", 0, null, null).Faults([0])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ioCore", "\"2\"", 2)]
    [InlineData("ioCore", "2", 2)]
    [InlineData("ioCore", "\"none\"", null)]
    public void A_core_is_a_number_or_none(string key, string value, int? expected)
    {
        using var profile = new Profile(document => document["placement"]![key] = System.Text.Json.Nodes.JsonNode.Parse(value));

        Assert.Equal(expected, profile.Load().Placement.IoCore);
    }

    [Theory]
    [InlineData("\"first\"")]
    [InlineData("-1")]
    [InlineData("1024")]
    public void Anything_else_is_refused(string value)
    {
        using var profile = new Profile(document => document["placement"]!["ioCore"] = System.Text.Json.Nodes.JsonNode.Parse(value));

        Assert.StartsWith("placement:ioCore must be the number of a core", Assert.Single(profile.Faults()), StringComparison.Ordinal);
    }

    private static PlacementConfiguration Placed(string threads, int? io, int? engine, int? journal) => new() { Threads = threads, Wait = "spin", IoCore = io, EngineCore = engine, JournalCore = journal };
}
