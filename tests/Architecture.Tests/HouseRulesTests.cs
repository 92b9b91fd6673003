namespace LatencyEngine.Architecture.Tests;

/// <summary>The rules themselves: each is shown a house that breaks it and must name the fault.</summary>
public sealed class HouseRulesTests
{
    private static readonly ProjectFile Model = Room("native-free", "Model");

    [Fact]
    public void A_forbidden_arrow_is_named_by_both_its_ends() =>
        Assert.Equal(["Book -> Orders is not an allowed arrow"], HouseRules.Arrows([Model, Room("native-free", "Book", "Model", "Orders")]));

    [Fact]
    public void Native_free_may_not_point_at_src() =>
        Assert.Equal(["Pipeline -> Host is not an allowed arrow"], HouseRules.Arrows([Room("native-free", "Pipeline", "Model", "Host")]));

    [Fact]
    public void The_venue_may_not_borrow_the_engines_arithmetic() =>
        Assert.Equal(["Simulator -> Risk is not an allowed arrow", "Simulator -> Wire is not an allowed arrow"], HouseRules.Arrows([Room("src", "Simulator", "Model", "Risk", "Wire")]));

    [Fact]
    public void A_room_that_nobody_planned_is_named() =>
        Assert.Equal(["Gossip is not a room of the table in HouseRules"], HouseRules.Arrows([Room("src", "Gossip")]));

    [Fact]
    public void The_allowed_arrows_pass() => Assert.Empty(HouseRules.Arrows([Model, Room("native-free", "Book", "Model"), Room("src", "Host", "Pipeline", "Bybit")]));

    [Fact]
    public void A_package_in_native_free_is_a_fault_and_so_is_a_version_outside_the_central_file()
    {
        ProjectFile project = ProjectFile.Parse(
            "native-free/Wire/LatencyEngine.Wire.csproj",
            """<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="FastJson" Version="1.0.0" /></ItemGroup></Project>""");

        Assert.Equal(
            ["Wire references the package FastJson; native-free references none", "native-free/Wire/LatencyEngine.Wire.csproj gives FastJson a version; versions are in Directory.Packages.props"],
            HouseRules.Packages([project]));
    }

    [Fact]
    public void The_dependency_page_misses_no_package_and_describes_none_that_left() =>
        Assert.Equal(
            ["xunit has no row in docs/dependencies.md", "docs/dependencies.md describes Moq, which Directory.Packages.props does not have"],
            HouseRules.DependencyPage(["FsCheck", "xunit"], "| Package | Why |\n|---|---|\n| `FsCheck` | properties |\n| `Moq` | nobody knows |\n"));

    [Fact]
    public void A_project_outside_the_solution_or_in_a_foreign_folder_is_named() =>
        Assert.Equal(
            [
                "src/Lobby/LatencyEngine.Hall.csproj is not in LatencyEngine.sln",
                "LatencyEngine.sln names src/Attic/LatencyEngine.Attic.csproj, which does not exist",
                "src/Lobby/LatencyEngine.Hall.csproj is not in a folder named Hall",
            ],
            HouseRules.Solution([Model, Empty("src/Lobby/LatencyEngine.Hall.csproj")], """
                "Model", "native-free\Model\LatencyEngine.Model.csproj", "{1}"
                "Attic", "src\Attic\LatencyEngine.Attic.csproj", "{2}"
                """));

    [Fact]
    public void A_room_without_tests_and_tests_without_a_room_are_named() =>
        Assert.Equal(
            ["tests/native-free/Model.Tests is missing: every room has one test project", "tests/src/Attic.Tests tests no room"],
            HouseRules.TestProjects([Model, Empty("tests/src/Attic.Tests/LatencyEngine.Attic.Tests.csproj"), Empty("tests/TestData/LatencyEngine.TestData.csproj")]));

    [Fact]
    public void A_benchmark_needs_tests_may_see_only_what_it_measures_and_nobody_may_see_it()
    {
        Assert.Equal(["tests/bench/SideBySide.Tests is missing: every room has one test project"], HouseRules.TestProjects([Empty("bench/SideBySide/LatencyEngine.SideBySide.csproj")]));
        Assert.Equal(
            ["SideBySide -> Cli is not an allowed arrow", "Budgets -> Host is not an allowed arrow", "Host -> SideBySide is not an allowed arrow"],
            HouseRules.Arrows([Room("bench", "SideBySide", "Wire", "Cli"), Room("bench", "Budgets", "Wire", "Host"), Room("src", "Host", "SideBySide")]));
    }

    [Fact]
    public void A_project_without_code_is_named() =>
        Assert.Equal(["native-free/Model/LatencyEngine.Model.csproj has no C# file"], HouseRules.EmptyProjects([Model], [new SourceFile("native-free/ModelMaker/A.cs", "")]));

    [Theory]
    [InlineData("[DllImport(\"c\")] static extern int getpid();", "a native call: DllImport")]
    [InlineData("lock (gate) { }", "a lock or another blocking primitive: lock (")]
    [InlineData("Monitor.Enter(gate);", "a lock or another blocking primitive: Monitor")]
    [InlineData("Thread.Sleep(1);", "a thread: Thread.")]
    [InlineData("await Send();", "async code: await")]
    [InlineData("int n = levels.Select(level => level.Qty).Count();", "LINQ: .Select(")]
    [InlineData("using System.Linq;", "LINQ: System.Linq")]
    [InlineData("dynamic value = 1;", "the dynamic keyword: dynamic")]
    [InlineData("var type = value.GetType();", "reflection: .GetType(")]
    [InlineData("    ~Ring() { }", "a finalizer: ~Ring()")]
    [InlineData("var random = new Random(1);", "randomness: Random")]
    [InlineData("Console.WriteLine();", "input or output: Console.")]
    [InlineData("long now = Stopwatch.GetTimestamp();", "a clock: Stopwatch")]
    [InlineData("var now = DateTime.UtcNow;", "a clock: UtcNow")]
    public void What_native_free_may_not_contain_is_named_with_file_and_line(string code, string fault) =>
        Assert.Equal([$"native-free/Book/A.cs:2: {fault}"], HouseRules.NativeFree([new SourceFile("native-free/Book/A.cs", "\n" + code)]));

    [Theory]
    [InlineData("// a lock (gate) or await would block")]
    [InlineData("/* Thread.Sleep\n DllImport */")]
    [InlineData("throw new ArgumentException(\"no lock ( \\\" and no Console. here\");")]
    [InlineData("const string Text = \"\"\"\nlock (gate) \"await\"\n\"\"\";")]
    [InlineData("const string Path2 = @\"C:\\\"; char quote = '\"'; int complement = ~Mask(); // Random")]
    [InlineData("budget.Take(action, now); queue.Block(1); Taskbar.Show();")]
    public void Comments_literals_and_innocent_names_are_left_alone(string code) =>
        Assert.Empty(HouseRules.NativeFree([new SourceFile("native-free/Book/A.cs", code)]));

    [Fact]
    public void Only_the_stage_clock_may_read_a_clock_and_src_may_do_as_it_likes()
    {
        const string Clock = "long now = Stopwatch.GetTimestamp();";
        Assert.Empty(HouseRules.NativeFree([new SourceFile("native-free/Meter/StageClock.cs", Clock), new SourceFile("src/Host/A.cs", Clock)]));
        Assert.Single(HouseRules.NativeFree([new SourceFile("native-free/Pipeline/HotPath.cs", Clock)]));
    }

    [Fact]
    public void A_native_call_is_found_in_src_too() =>
        Assert.Equal(["src/Host/A.cs:1: a native call: LibraryImport"], HouseRules.NativeCalls([new SourceFile("src/Host/A.cs", "[LibraryImport(\"c\")]")]));

    [Fact]
    public void A_file_not_named_like_its_type_and_a_foreign_namespace_are_named() =>
        Assert.Equal(
            ["src/Host/Engine.cs holds Motor and no Engine", "src/Host/Engine.cs is in the namespace \"LatencyEngine.Wire\", not in LatencyEngine.Host"],
            HouseRules.Names([new SourceFile("src/Host/Engine.cs", "namespace LatencyEngine.Wire;\n\npublic sealed class Motor\n{\n}\n")]));

    [Fact]
    public void A_small_type_may_share_a_file_a_partial_type_may_have_several_and_top_level_statements_need_none() =>
        Assert.Empty(HouseRules.Names(
        [
            new SourceFile("src/Shared.cs", "namespace LatencyEngine;\n\ninternal static class Shared\n{\n}\n"),
            new SourceFile("src/Host/Engine.cs", "namespace LatencyEngine.Host.Parts;\n\npublic enum Mode\n{\n}\n\npublic readonly record struct Engine(int A);\n"),
            new SourceFile("src/Host/Engine.Stop.cs", "namespace LatencyEngine.Host;\n\npublic sealed partial class Engine\n{\n}\n"),
            new SourceFile("src/Cli/Program.cs", "return 0;\n"),
        ]));

    [Fact]
    public void An_enum_whose_default_means_something_is_named() =>
        Assert.Equal(
            ["native-free/Risk/A.cs:1: the enum Verdict has no \"Unset = 0\" (flags: \"None = 0\")"],
            HouseRules.EnumDefaults([new SourceFile("native-free/Risk/A.cs", "public enum Verdict : byte { Accepted = 0, Refused = 1 }\npublic enum Side { Unset = 0, Buy = 1 }\nprivate enum Rest { Half }")]));

    private static ProjectFile Room(string house, string name, params string[] references) => ProjectFile.Parse(
        $"{house}/{name}/LatencyEngine.{name}.csproj",
        $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>{string.Concat(references.Select(target => $"""<ProjectReference Include="..\{target}\LatencyEngine.{target}.csproj" />"""))}</ItemGroup></Project>""");

    private static ProjectFile Empty(string path) => ProjectFile.Parse(path, """<Project Sdk="Microsoft.NET.Sdk" />""");
}
