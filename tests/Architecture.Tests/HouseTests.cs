namespace LatencyEngine.Architecture.Tests;

/// <summary>The rules of the house, held against the house.</summary>
public sealed class HouseTests
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
    public void No_room_calls_native_code() => Holds(HouseRules.NativeCalls(House.RoomSources));

    [Fact]
    public void Files_are_named_like_their_type_and_namespaces_like_their_room() => Holds(HouseRules.Names(House.RoomSources));

    [Fact]
    public void A_forgotten_enum_value_is_a_named_nothing() => Holds(HouseRules.EnumDefaults(House.RoomSources));

    private static void Holds(List<string> faults) => Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
}
