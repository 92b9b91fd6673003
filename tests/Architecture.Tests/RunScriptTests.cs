using System.Diagnostics;

namespace LatencyEngine.Architecture.Tests;

/// <summary>The one door: what <c>run.sh</c> builds, when, and what it hands on.</summary>
public sealed class RunScriptTests : IDisposable
{
    private readonly RunScriptHouse _house = new();

    public void Dispose() => _house.Dispose();

    [Fact]
    public void Without_arguments_it_is_the_main_job() => Assert.EndsWith("<dry-run>", _house.Run().Output);

    [Fact]
    public void Arguments_reach_the_program_unchanged_in_the_callers_folder()
    {
        RunScriptOutcome outcome = _house.Run("backtest", "--data", "a b*.gz", "");

        Assert.Equal($"<{outcome.ProcessId}><{_house.Inside("")}><backtest><--data><a b*.gz><>", outcome.Output);
    }

    [Fact]
    public void The_program_takes_the_place_of_the_script_so_that_a_signal_reaches_it_once()
    {
        RunScriptOutcome outcome = _house.Run("backtest");

        Assert.StartsWith($"<{outcome.ProcessId}>", outcome.Output);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(130)]
    public void The_programs_exit_status_is_passed_on(int status)
    {
        _house.Write("tools/program-status", status.ToString());

        Assert.Equal(status, _house.Run("backtest").Status);
    }

    [Fact]
    public void Unchanged_sources_are_built_once_and_then_answered_in_silence()
    {
        _house.Run("backtest");
        RunScriptOutcome second = _house.Run("backtest");

        Assert.Equal(1, _house.Builds);
        Assert.Empty(second.Errors);
    }

    [Theory]
    [InlineData("native-free/Model/Model.cs")]
    [InlineData("src/Cli/New.cs")]
    [InlineData("global.json")]
    [InlineData("Directory.Build.props")]
    public void A_changed_source_is_built_again(string path)
    {
        _house.Run("backtest");
        _house.Write($"house with spaces/{path}", "changed");
        _house.Run("backtest");

        Assert.Equal(2, _house.Builds);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("configs/market-making.json")]
    [InlineData("src/Cli/obj/project.assets.json")]
    public void What_is_no_source_is_not_built(string path)
    {
        _house.Run("backtest");
        _house.Write($"house with spaces/{path}", "changed");
        _house.Run("backtest");

        Assert.Equal(1, _house.Builds);
    }

    [Fact]
    public void A_failed_build_is_shown_on_stderr_and_tried_again_next_time()
    {
        _house.Write("tools/build-fault", "Program.cs(1,1): error CS1002: ; expected\n");
        RunScriptOutcome failed = _house.Run("backtest", "--json");
        File.Delete(_house.Inside("tools/build-fault"));
        RunScriptOutcome mended = _house.Run("backtest", "--json");

        Assert.Equal(1, failed.Status);
        Assert.Empty(failed.Output);
        Assert.Contains("error CS1002", failed.Errors);
        Assert.Equal(0, mended.Status);
    }

    [Theory]
    [InlineData("9.0.305")]
    [InlineData("11.0.100")]
    [InlineData("")]
    public void Without_a_fitting_sdk_one_line_says_how_to_get_it(string sdk)
    {
        _house.Write("tools/sdk", sdk);
        RunScriptOutcome outcome = _house.Run("backtest");

        Assert.Equal(3, outcome.Status);
        Assert.Contains("https://dot.net/v1/dotnet-install.sh", outcome.Errors);
        Assert.Single(outcome.Errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public void An_sdk_in_the_home_folder_is_found_when_the_one_on_the_path_is_too_old()
    {
        _house.Write(".dotnet/dotnet", File.ReadAllText(_house.Inside("tools/dotnet")), executable: true);
        _house.Write(".dotnet/sdk", "10.0.100");
        _house.Write(".dotnet/program-status", "0");
        _house.Write("tools/sdk", "9.0.305");

        Assert.Equal(0, _house.Run("backtest").Status);
    }

    [Fact]
    public void Two_runs_at_the_same_time_build_once()
    {
        using (Process pipe = Process.Start("mkfifo", [_house.Inside("tools/gate")])) pipe.WaitForExit();
        using Process first = _house.Start("backtest");
        // The first run holds the lock from its announcement on, and its build waits at the gate.
        Assert.Contains("building", first.StandardError.ReadLine());
        using Process second = _house.Start("backtest");
        Assert.Contains("waiting for another build", second.StandardError.ReadLine());
        File.WriteAllText(_house.Inside("tools/gate"), "go\n");

        Assert.Equal(0, RunScriptHouse.End(first).Status);
        Assert.Equal(0, RunScriptHouse.End(second).Status);
        Assert.Equal(1, _house.Builds);
    }

    [Theory]
    [InlineData("", true, "train", "--name", "a")]
    [InlineData("libxgboost.so.0 (libc6,x86-64) => /usr/lib/libxgboost.so.0", false, "train", "--name", "a")]
    [InlineData("", false, "train", "--help")]
    [InlineData("", false, "train", "-h")]
    [InlineData("", false, "train", "--name", "a", "-?")]
    [InlineData("", false, "backtest")]
    public void Train_installs_XGBoost_where_it_is_missing_and_may_be_installed(string libraries, bool installs, params string[] arguments)
    {
        _house.Write("tools/ldconfig", $"#!/bin/sh\necho '{libraries}'\n", executable: true);
        _house.Write("tools/apt-get", "#!/bin/sh\necho \"$@\" >>\"$(dirname \"$0\")/installed\"\n", executable: true);
        RunScriptOutcome outcome = _house.Run(arguments);

        Assert.EndsWith(string.Concat(arguments.Select(argument => $"<{argument}>")), outcome.Output);
        string installed = _house.Inside("tools/installed");
        Assert.Equal(installs && Environment.IsPrivilegedProcess, File.Exists(installed) && File.ReadAllText(installed).Contains("libxgboost0", StringComparison.Ordinal));
    }

    [Fact]
    public void Bench_builds_and_starts_the_benchmark_and_nothing_else()
    {
        RunScriptOutcome outcome = _house.Run("bench", "--filter", "Hot Path", "--json");

        Assert.Equal($"<{outcome.ProcessId}><{_house.Inside("")}><--filter><Hot Path><--json>", outcome.Output);
        Assert.Equal("build bench/SideBySide", string.Join(' ', Assert.Single(_house.Calls, call => call.StartsWith("build ", StringComparison.Ordinal)).Split(' ')[..2]));
    }

    [Fact]
    public void A_changed_benchmark_is_built_again_and_the_program_is_not()
    {
        _house.Run("bench");
        _house.Run("backtest");
        _house.Write("house with spaces/bench/SideBySide/Program.cs", "changed");
        _house.Run("backtest");
        int before = _house.Builds;
        _house.Run("bench");
        _house.Run("bench");

        Assert.Equal(2, before);
        Assert.Equal(3, _house.Builds);
    }

    [Fact]
    public void Test_sums_all_projects_and_names_the_skipped()
    {
        Project("Alpha", Result("Passed", "A.One"), Result("Passed", "A.Two(text: &quot;a&lt;b&amp;c&quot;)"));
        Project("Beta", Result("Passed", "B.One"), Result("NotExecuted", "B.Two", "needs a file &amp; luck"));
        RunScriptOutcome outcome = _house.Run("test");

        Assert.Equal("skipped: B.Two: needs a file & luck\n3 passed, 0 failed, 1 skipped\n", outcome.Output);
        Assert.Equal(0, outcome.Status);
    }

    [Fact]
    public void A_skipped_client_suite_is_a_failure_where_node_is_on_the_path()
    {
        _house.Write("tools/node", "", executable: true);
        Project("Alpha", Result("Passed", "A.One"), Result("NotExecuted", "A.Ccxt", "needs node and ccxt; ./run.sh test installs it with npm ci in tests/clients where npm is present"));
        RunScriptOutcome outcome = _house.Run("test");

        Assert.StartsWith("skipped: A.Ccxt: needs node and ccxt", outcome.Output);
        Assert.EndsWith("1 passed, 1 failed, 1 skipped\n", outcome.Output);
        Assert.Contains("1 client suites were skipped", outcome.Errors);
        Assert.Equal(1, outcome.Status);
    }

    [Fact]
    public void Test_fails_with_a_failed_test()
    {
        Project("Alpha", Result("Passed", "A.One"), Result("Failed", "A.Two", "was 3"));
        _house.Write("tools/LatencyEngine.Alpha.Tests.status", "1");
        RunScriptOutcome outcome = _house.Run("test");

        Assert.Equal("1 passed, 1 failed\n", outcome.Output);
        Assert.Equal(1, outcome.Status);
    }

    [Fact]
    public void A_test_host_that_dies_is_a_failure_even_if_every_reported_test_passed()
    {
        Project("Alpha", Result("Passed", "A.One"));
        _house.Write("tools/LatencyEngine.Alpha.Tests.status", "134");
        RunScriptOutcome outcome = _house.Run("test");

        Assert.Equal("1 passed, 1 failed\n", outcome.Output);
        Assert.Equal(1, outcome.Status);
    }

    [Fact]
    public void A_project_that_runs_no_test_is_a_failure()
    {
        Project("Alpha", Result("Passed", "A.One"));
        Project("Beta");

        Assert.Equal("1 passed, 1 failed\n", _house.Run("test").Output);
    }

    [Fact]
    public void A_filter_reaches_every_project_and_may_leave_some_without_a_test()
    {
        Project("Alpha", Result("Passed", "A.One"));
        Project("Beta");
        RunScriptOutcome outcome = _house.Run("test", "A.One");

        Assert.Equal("1 passed, 0 failed\n", outcome.Output);
        Assert.All(_house.Calls.Where(call => call.StartsWith("test ", StringComparison.Ordinal)), call => Assert.EndsWith("--filter FullyQualifiedName~A.One&Category!=native", call));
    }

    [Fact]
    public void A_filter_that_fits_no_test_is_a_failure()
    {
        Project("Alpha");
        RunScriptOutcome outcome = _house.Run("test", "Nothing");

        Assert.Equal("0 passed, 0 failed\n", outcome.Output);
        Assert.Contains("no test ran whose name contains \"Nothing\"", outcome.Errors);
        Assert.Equal(1, outcome.Status);
    }

    [Fact]
    public void After_test_the_program_is_ready_too()
    {
        Project("Alpha", Result("Passed", "A.One"));
        _house.Run("test");
        _house.Run("backtest");

        Assert.Equal(1, _house.Builds);
    }

    [Theory]
    [InlineData("One", "Two")]
    [InlineData("--json")]
    public void Test_takes_at_most_one_filter(params string[] arguments)
    {
        RunScriptOutcome outcome = _house.Run(["test", .. arguments]);

        Assert.Equal(2, outcome.Status);
        Assert.Contains("usage", outcome.Errors);
    }

    [Theory]
    [InlineData]
    [InlineData("--update")]
    public void Budgets_are_held_against_the_committed_file_by_the_native_program(params string[] options)
    {
        RunScriptOutcome outcome = _house.Run(["bench", "--budgets", .. options]);

        Assert.Equal(0, outcome.Status);
        Assert.Equal($"<--budgets><{_house.Inside("house with spaces/bench/budgets.json")}>{string.Concat(options.Select(option => $"<{option}>"))}", outcome.Output);
    }

    [Theory]
    [InlineData("bench/Budgets/Program.cs", 2)]
    [InlineData("native-free/Model/Model.cs", 2)]
    [InlineData("src/MetaModel/Trees.cs", 2)]
    [InlineData("src/Cli/Program.cs", 1)]
    [InlineData("bench/budgets.json", 1)]
    public void The_native_program_is_published_again_when_what_it_is_built_from_changes(string path, int publishes)
    {
        _house.Run("bench", "--budgets");
        _house.Run("bench", "--budgets");
        _house.Write($"house with spaces/{path}", "changed");
        _house.Run("bench", "--budgets");

        Assert.Equal(publishes, _house.Publishes);
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--update", "--update")]
    public void Budgets_take_no_other_option(params string[] options)
    {
        RunScriptOutcome outcome = _house.Run(["bench", "--budgets", .. options]);

        Assert.Equal(2, outcome.Status);
        Assert.Contains("usage", outcome.Errors);
    }

    [Fact]
    public void Publish_compiles_the_program_once_and_leaves_it_where_it_finds_its_files()
    {
        RunScriptOutcome outcome = _house.Run("publish");
        _house.Run("publish");

        Assert.Equal((0, ""), (outcome.Status, outcome.Output));
        Assert.Contains("<self-test>", outcome.Errors);
        Assert.Equal(1, _house.Publishes);
        Assert.True(File.Exists(_house.Inside("house with spaces/artifacts/latency-engine")));
    }

    [Fact]
    public void A_native_program_that_fails_its_own_test_does_not_take_the_place_of_the_one_before()
    {
        _house.Write("house with spaces/artifacts/latency-engine", "of before");
        _house.Write("tools/program-status", "1");

        RunScriptOutcome outcome = _house.Run("publish");

        Assert.Equal(1, outcome.Status);
        Assert.Contains("fails its own test", outcome.Errors);
        string left = Assert.Single(Directory.GetFiles(_house.Inside("house with spaces/artifacts")));
        Assert.Equal(("latency-engine", "of before"), (Path.GetFileName(left), File.ReadAllText(left)));
    }

    [Theory]
    [InlineData("publish")]
    [InlineData("test-native")]
    public void What_is_about_the_native_program_takes_no_option(string verb)
    {
        RunScriptOutcome outcome = _house.Run(verb, "--json");

        Assert.Equal(2, outcome.Status);
        Assert.Contains("usage", outcome.Errors);
    }

    [Fact]
    public void Tests_of_the_native_program_run_by_themselves_and_not_with_the_others()
    {
        _house.Write("house with spaces/tests/src/Cli.Tests/LatencyEngine.Cli.Tests.csproj", "");
        _house.Write("tools/LatencyEngine.Cli.Tests.trx", $"<TestRun>\n  <Results>\n{Result("Passed", "A.B")}  </Results>\n</TestRun>\n");

        RunScriptOutcome native = _house.Run("test-native");
        _house.Run("test");

        Assert.Equal((0, "1 passed, 0 failed\n"), (native.Status, native.Output));
        Assert.Equal(["Category=native", "Category!=native"], _house.Calls.Where(call => call.StartsWith("test ", StringComparison.Ordinal)).Select(call => call.Split("--filter ")[1]));
    }

    private static string Result(string outcome, string name, string? message = null) =>
        $"""
            <UnitTestResult executionId="1" testName="{name}" computerName="host" outcome="{outcome}" testListId="2">
              <Output>{(message is null ? "" : $"<ErrorInfo><Message>{message}</Message></ErrorInfo>")}</Output>
            </UnitTestResult>

        """;

    private void Project(string name, params string[] results)
    {
        _house.Write($"house with spaces/tests/{name}.Tests/LatencyEngine.{name}.Tests.csproj", "");
        if (results.Length > 0) _house.Write($"tools/LatencyEngine.{name}.Tests.trx", $"<TestRun>\n  <Results>\n{string.Concat(results)}  </Results>\n</TestRun>\n");
    }
}
