using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("a verb is missing: dry-run, backtest, replay, live, watchdog, kill, resume, status, record, venue, soak, paper-table, calibrate, sweep, download-data, history, forecast, train, doctor, self-test, show-config (see ./run.sh --help)")]
    [InlineData("verb bactest is unknown; did you mean backtest? (see ./run.sh --help)", "bactest")]
    [InlineData("verb fly is unknown (see ./run.sh --help)", "fly")]
    [InlineData("verb ?[2Jfly is unknown (see ./run.sh --help)", "\u001b[2Jfly")]
    [InlineData("verb @file is unknown (see ./run.sh --help)", "@file")]
    [InlineData("--levrage is unknown; did you mean --leverage? (see ./run.sh backtest --help)", "backtest", "--levrage", "5")]
    [InlineData("--levrage is unknown; did you mean --leverage? (see ./run.sh backtest --help)", "backtest", "--levrage=5")]
    [InlineData("--zzz is unknown (see ./run.sh dry-run --help)", "dry-run", "--zzz")]
    [InlineData("--duration is unknown (see ./run.sh show-config --help)", "show-config", "--duration", "5")]
    [InlineData("extra is not expected: backtest takes options only (see ./run.sh backtest --help)", "backtest", "extra")]
    [InlineData("replay needs a FILE (see ./run.sh replay --help)", "replay")]
    [InlineData("extra is not expected: replay takes one FILE and options (see ./run.sh replay --help)", "replay", "run.journal", "extra")]
    [InlineData("the journal's FILE is empty; name an existing journal", "replay", "")]
    [InlineData("journal not found: /nowhere/run.journal; name an existing journal", "replay", "/nowhere/run.journal")]
    [InlineData("--journal needs a value", "backtest", "--journal", "")]
    [InlineData("--record needs a value", "dry-run", "--record", " ")]
    [InlineData("--scenario cuts needs time for a connection to be away: --speed must be a number, was max", "dry-run", "--scenario", "cuts", "--speed", "max")]
    [InlineData("--leverage needs a value (see ./run.sh backtest --help)", "backtest", "--leverage")]
    [InlineData("--leverage is given 2 times (see ./run.sh backtest --help)", "backtest", "--leverage", "5", "--leverage", "6")]
    [InlineData("--quoting must be avellaneda-stoikov, glft or glft-exact, was nix", "dry-run", "--quoting", "nix")]
    [InlineData("--levels must be 1 to 10, was 11", "backtest", "--levels", "11")]
    [InlineData("--levels must be at most half of orderBudget:cancelsPerSecond (10): an instrument's quotes must be gone within a second, was 6", "live", "--levels", "6")]
    [InlineData("--leverage must be 1 to 100, was 0", "backtest", "--leverage", "0")]
    [InlineData("--leverage must be 1 to 100, was 101", "dry-run", "--leverage", "101")]
    [InlineData("--leverage must be 1 to 100, was -1", "backtest", "--leverage", "-1")]
    [InlineData("--leverage must be in steps of 0.01, was 1.005", "backtest", "--leverage", "1.005")]
    [InlineData("--leverage must be a number, was high", "backtest", "--leverage", "high")]
    [InlineData("--leverage must be a number, was 1,5", "backtest", "--leverage", "1,5")]
    [InlineData("--leverage needs a value", "backtest", "--leverage", "")]
    [InlineData("--balance must be 0.01 to 1000000000, was 0", "backtest", "--balance", "0")]
    [InlineData("--seed must be a whole number from 0 up, was 1.5", "backtest", "--seed", "1.5")]
    [InlineData("--duration must be above 0 seconds, at most 31536000, was 0", "backtest", "--duration", "0")]
    [InlineData("--duration must be seconds, or a number with s, m or h such as 20m, was soon", "backtest", "--duration", "soon")]
    [InlineData("--duration must be seconds, or a number with s, m or h such as 20m, was m", "backtest", "--duration", "m")]
    [InlineData("--market must be replay, flow or live, was other", "backtest", "--market", "other")]
    [InlineData("--scenario must be one of calm, trend, crash-2pct, crash-5pct, crash-20pct, gap, was \"storm\"", "backtest", "--scenario", "storm")]
    [InlineData("--scenario must be one of calm, trend, crash-2pct, crash-5pct, crash-20pct, gap, cuts, refused-key, silent-venue, was \"storm\"", "dry-run", "--market", "flow", "--scenario", "storm")]
    [InlineData("--scenario gap is of a flow market: add --market flow", "dry-run", "--scenario", "gap")]
    [InlineData("--data must be an existing file or folder, was nowhere.gz", "backtest", "--data", "nowhere.gz")]
    [InlineData("--symbols must list symbols of 1 to 32 upper-case letters, digits or dashes, was \"btcusdt\"", "backtest", "--symbols", "btcusdt")]
    [InlineData("--symbols lists an empty symbol; drop the comma or the entry", "backtest", "--symbols", "BTCUSDT,")]
    [InlineData("--symbols lists BTCUSDT twice", "backtest", "--symbols", "BTCUSDT,BTCUSDT")]
    [InlineData("--symbols names XYZUSDT, for which configs/market-making.json has no entry in instruments; it sizes BTCUSDT, SOLUSDT", "backtest", "--symbols", "XYZUSDT")]
    [InlineData("--fee-tier must be one of VIP 0, VIP 1, VIP 2, VIP 3, VIP 4, VIP 5, Supreme VIP, Pro 1, Pro 2, Pro 3, Pro 4, Pro 5, Pro 6, was \"Pro 9\"", "backtest", "--fee-tier", "Pro 9")]
    [InlineData("--paths must be a whole number from 2 to 1000000, was 1", "paper-table", "--paths", "1")]
    [InlineData("--paths must be a whole number from 2 to 1000000, was 1000001", "paper-table", "--paths", "1000001")]
    [InlineData("--paths must be a whole number from 2 to 1000000, was 1e3", "paper-table", "--paths", "1e3")]
    [InlineData("--paths needs a value (see ./run.sh paper-table --help)", "paper-table", "--paths")]
    [InlineData("--paths needs a value", "paper-table", "--paths", "")]
    [InlineData("--seed must be a whole number from 0 up, was -1", "paper-table", "--seed", "-1")]
    [InlineData("--report needs a value", "paper-table", "--report", " ")]
    [InlineData("--symbols must be different symbols separated by commas, for example BTCUSDT,ETHUSDT, was \"BTCUSDT,BTCUSDT\"", "calibrate", "--symbol", "BTCUSDT,BTCUSDT")]
    [InlineData("--out needs a value", "calibrate", "--out", " ")]
    [InlineData("--out must be a new file, and / exists; move it away, or name another", "calibrate", "--out", "/")]
    [InlineData("--out must be in an existing folder, was /nowhere/fit.json", "calibrate", "--out", "/nowhere/fit.json")]
    [InlineData("--seed is unknown (see ./run.sh calibrate --help)", "calibrate", "--seed", "1")]
    [InlineData("--overlay needs a value (see ./run.sh backtest --help)", "backtest", "--overlay")]
    [InlineData("--overlay needs a value", "backtest", "--overlay", "")]
    [InlineData("/nowhere/o.json: no such overlay; name a file with the keys to replace, for example one that calibrate --out has written", "show-config", "--overlay", "/nowhere/o.json")]
    [InlineData("--profile is unknown (see ./run.sh paper-table --help)", "paper-table", "--profile", "p.json")]
    [InlineData("/: is a directory; name the profile's file, for example configs/market-making.json", "show-config", "--profile", "/")]
    [InlineData("/nowhere/p.json: no such file; the shipped profiles are configs/market-making.json, configs/hybrid.json and configs/meta-label.json", "show-config", "--profile", "/nowhere/p.json")]
    public void Bad_usage_is_one_clear_line_and_status_2(string expected, params string[] args)
    {
        using var line = new CommandLine();

        int status = line.Invoke(args);

        Assert.Equal([$"latency-engine: {expected}"], line.ErrorLines);
        Assert.Equal(ExitStatus.Usage, status);
        Assert.Empty(line.Output);
    }

    [Fact]
    public void Faults_of_options_and_environment_come_together()
    {
        using var line = new CommandLine();
        line.Environment["BYBIT_TESTNET"] = "perhaps";

        int status = line.Invoke("backtest", "--leverage", "101", "--balance", "x", "--duration", "-5");

        Assert.Equal(
            [
                "latency-engine: --duration must be above 0 seconds, at most 31536000, was -5",
                "latency-engine: BYBIT_TESTNET must be true or false, was \"perhaps\"",
                "latency-engine: --leverage must be 1 to 100, was 101",
                "latency-engine: --balance must be a number, was x",
            ],
            line.ErrorLines);
        Assert.Equal(ExitStatus.Usage, status);
    }

    [Fact]
    public void An_unknown_fee_tier_is_reported_along_with_the_faults_of_other_options()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("backtest", "--fee-tier", "nix", "--leverage", "0"));
        Assert.Equal(2, line.ErrorLines.Length);
        Assert.Equal("latency-engine: --leverage must be 1 to 100, was 0", line.ErrorLines[0]);
        Assert.StartsWith("latency-engine: --fee-tier must be one of VIP 0, ", line.ErrorLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_profile_is_named_with_its_line()
    {
        string path = Path.Combine(Path.GetTempPath(), $"broken-{Guid.NewGuid():N}.json");
        File.WriteAllText(path, "{\n  \"category\": \"linear\"\n  \"symbols\": []\n}");
        try
        {
            using var line = new CommandLine();

            Assert.Equal(ExitStatus.Usage, line.Invoke("backtest", "--profile", path));
            Assert.StartsWith($"latency-engine: {path}: line 3: not JSON", Assert.Single(line.ErrorLines), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("dry-run")]
    [InlineData("backtest")]
    [InlineData("show-config")]
    public void Every_verb_explains_itself(string verb)
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke(verb, "--help"));
        Assert.Contains("--leverage <NUMBER>", line.Output, StringComparison.Ordinal);
        Assert.Contains("--json", line.Output, StringComparison.Ordinal);
        Assert.Empty(line.Error);
    }

    [Fact]
    public void The_programs_help_names_every_verb_and_exit_status()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("--help"));
        Assert.All(["dry-run", "backtest", "replay", "venue", "show-config", "./run.sh test", "0 done", "130 interrupted"], text => Assert.Contains(text, line.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void A_fee_tier_without_rates_for_a_traded_symbol_is_refused_before_the_run()
    {
        string path = Path.Combine(Path.GetTempPath(), $"profile-{Guid.NewGuid():N}.json");
        File.WriteAllText(path, File.ReadAllText(ReferenceFiles.InRepository("configs/market-making.json")).Replace("SOLUSDT", "DOGEUSDT", StringComparison.Ordinal));
        try
        {
            using var line = new CommandLine();

            Assert.Equal(ExitStatus.Usage, line.Invoke("backtest", "--profile", path));
            Assert.Equal([$"latency-engine: {path}: venue:feeTier has no known rate for every one of BTCUSDT, DOGEUSDT, was \"Pro 5\"; a VIP tier has"], line.ErrorLines);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
