using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LatencyEngine.TestData;

namespace LatencyEngine.Architecture.Tests;

/// <summary>The rules of the house, held against the house.</summary>
public sealed partial class HouseTests
{
    [Fact]
    public void Rooms_reference_only_the_rooms_that_the_design_allows() => Holds(HouseRules.Arrows(House.Projects));

    [Fact]
    public void Native_free_references_no_package_and_versions_are_central() => Holds(HouseRules.Packages(House.Projects));

    [Fact]
    public void Every_package_is_explained_on_the_dependency_page() => Holds(HouseRules.DependencyPage(House.CentralPackages, House.Read("docs/dependencies.md")));

    [Fact]
    public void Every_project_is_in_the_solution_and_in_a_folder_of_its_name() => Holds(HouseRules.Solution(House.Projects, House.Read("LatencyEngine.sln")));

    [Fact]
    public void Every_room_has_one_test_project() => Holds(HouseRules.TestProjects(House.Projects));

    [Fact]
    public void No_project_is_empty() => Holds(HouseRules.EmptyProjects(House.Projects, House.AllSources));

    [Fact]
    public void Native_free_neither_blocks_nor_reads_clocks_nor_leaves_the_process() => Holds(HouseRules.NativeFree(House.RoomSources));

    [Fact]
    public void Only_Platform_and_the_benchmark_call_native_code() => Holds(HouseRules.NativeCalls(House.RoomSources));

    [Fact]
    public void Files_are_named_like_their_type_and_namespaces_like_their_room() => Holds(HouseRules.Names(House.RoomSources));

    [Fact]
    public void A_forgotten_enum_value_is_a_named_nothing() => Holds(HouseRules.EnumDefaults(House.RoomSources));

    [Fact]
    public void Every_sample_is_described_with_its_origin_and_is_the_file_that_was_described()
    {
        string page = House.Read("samples/SOURCES.md");
        string folder = ReferenceFiles.InRepository("samples");
        Assert.All(Directory.EnumerateFiles(folder).Select(Path.GetFileName).Where(name => name != "SOURCES.md"), name => Assert.Contains($"| `{name}` |", page));

        MatchCollection checksums = Checksum().Matches(page);
        Assert.NotEmpty(checksums);
        Assert.All(checksums, line => Assert.Equal(line.Groups[1].Value, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(ReferenceFiles.Sample(line.Groups[2].Value))))));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("samples/SOURCES.md")]
    [InlineData("docs/benchmarks.md")]
    [InlineData("docs/decisions/README.md")]
    [InlineData("docs/reference/recording-format.md")]
    [InlineData("docs/reference/json-output.md")]
    [InlineData("docs/reference/doctor.md")]
    [InlineData("docs/deploy.md")]
    [InlineData("docs/host-tuning.md")]
    public void Links_between_pages_lead_somewhere(string page)
    {
        string folder = Path.GetDirectoryName(ReferenceFiles.InRepository(page))!;
        IEnumerable<string> links = Link().Matches(House.Read(page)).Select(match => match.Groups[1].Value).Where(link => !link.StartsWith("http", StringComparison.Ordinal));
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(folder, link)), $"{page} links to {link}, which does not exist"));
    }

    private static void Holds(List<string> faults) => Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));

    [GeneratedRegex(@"^([0-9a-f]{64})  (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Checksum();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();
}
