using System.Globalization;
using System.Text.Json.Nodes;
using LatencyEngine.Book;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed class ConfigurationReaderTests
{
    [Fact]
    public void The_shipped_profile_is_valid_and_complete()
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, []);

        Assert.Equal("configs/market-making.json", configuration.Source);
        Assert.Equal("linear", configuration.Category);
        Assert.Equal(["BTCUSDT", "SOLUSDT"], configuration.Symbols);
        Assert.False(configuration.AllSymbolsRequired);
        Assert.Equal("Pro 5", configuration.Venue.FeeTier);
        Assert.InRange(configuration.Venue.Leverage, 1m, 100m);
        Assert.All(configuration.Symbols, symbol => Assert.True(configuration.Instruments.ContainsKey(symbol)));
        Assert.True(File.Exists(configuration.Data.Recording));
        Assert.True(Path.IsPathRooted(configuration.Report.Directory));
        Assert.All(configuration.Values, value => Assert.Equal("configs/market-making.json", value.Origin));
    }

    [Fact]
    public void Every_key_of_the_schema_is_read_and_every_key_read_is_in_the_schema()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(ReferenceFiles.InRepository("configs/market-making.schema.json")))!;
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, []);

        string[] described = [.. LeavesOf(schema).Select(leaf => leaf.Key).Where(key => key != "$schema").Order(StringComparer.Ordinal)];
        string[] read = [.. configuration.Values.Select(value => OfAnySymbol(value.Key)).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(described, read);
    }

    [Fact]
    public void The_schema_requires_every_key_and_allows_no_other()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(ReferenceFiles.InRepository("configs/market-making.schema.json")))!;

        foreach (JsonNode section in SectionsOf(schema).Append(schema["$defs"]!["instrument"]!))
        {
            Assert.False(section["additionalProperties"]!.GetValue<bool>());
            string[] properties = [.. section["properties"]!.AsObject().Select(pair => pair.Key).Where(key => key != "$schema")];
            Assert.Equal(properties, section["required"]!.AsArray().Select(name => name!.GetValue<string>()));
        }
    }

    [Fact]
    public void The_reader_draws_its_ranges_where_the_schema_draws_them()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(ReferenceFiles.InRepository("configs/market-making.schema.json")))!;
        foreach ((string key, JsonNode leaf) in LeavesOf(schema))
        {
            if (leaf["minimum"] is JsonNode minimum) AssertRefuses(key, Number(minimum) - 1);
            if (leaf["maximum"] is JsonNode maximum && key != "venue:seed") AssertRefuses(key, Number(maximum) + 1);
            if (leaf["exclusiveMinimum"] is JsonNode above) AssertRefuses(key, Number(above));
            if (leaf["exclusiveMaximum"] is JsonNode below) AssertRefuses(key, Number(below));
            if (leaf["type"]?.ToJsonString() == "\"integer\"") AssertRefuses(key, 1.5m);
        }

        static void AssertRefuses(string key, decimal value)
        {
            using var profile = new Profile(document => Set(document, key, JsonValue.Create(value)));
            Assert.Contains(profile.Faults(), fault => fault.StartsWith($"{key} must be ", StringComparison.Ordinal) && fault.Contains($"was \"{value.ToString(CultureInfo.InvariantCulture)}\"", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Values_at_the_edge_of_their_ranges_pass()
    {
        using var profile = new Profile(document =>
        {
            Set(document, "venue:leverage", JsonValue.Create(100));
            Set(document, "risk:isolatedJumpFraction", JsonValue.Create(0.0099));
            Set(document, "venue:latency:orderMicroseconds", JsonValue.Create(20));
            Set(document, "venue:latency:jitterMicroseconds", JsonValue.Create(0));
            Set(document, "orderBudget:cancelReserve", JsonValue.Create(9));
            Set(document, "risk:openOrdersMax", JsonValue.Create(500));
            Set(document, "venue:seed", JsonValue.Create(ulong.MaxValue));
            Set(document, "quoting:fairValue", JsonValue.Create("mid"));
            Set(document, "quoting:maxInventoryUnits", JsonValue.Create(12));
            Set(document, "venue:startBalanceUsdt", JsonValue.Create(0.01));
            Set(document, "quoting:horizonSeconds", JsonValue.Create(86_400));
            Set(document, "instruments:BTCUSDT:arrivalDecayPerTick", JsonValue.Create(1_000));
            Set(document, "risk:priceCollarFraction", JsonValue.Create(0.00000001m));
            Set(document, "instruments:BTCUSDT:riskAversionPerTickUnit", JsonNode.Parse("1e-7"));
        });

        EngineConfiguration configuration = profile.Load();

        Assert.Equal(100m, configuration.Venue.Leverage);
        Assert.Equal(ulong.MaxValue, configuration.Venue.Seed);
        Assert.Equal(FairValueModel.Mid, configuration.Quoting.FairValue);
        Assert.Equal(1e-7, configuration.Instruments["BTCUSDT"].RiskAversionPerTickUnit);
    }

    [Fact]
    public void What_a_live_start_may_do_to_the_account_is_read()
    {
        using var profile = new Profile(document => document["account"] = JsonNode.Parse(
            """{"marginMode":"cross","setMarginMode":true,"setLeverage":false,"allowWithdrawalKey":true,"disconnectWindowSeconds":8,"assumedMakerFee":-0.0001,"assumedTakerFee":0}"""));

        Assert.Equal(
            new AccountConfiguration { MarginMode = "cross", SetMarginMode = true, SetLeverage = false, AllowWithdrawalKey = true, DisconnectWindowSeconds = 8, AssumedMakerFee = -0.0001m, AssumedTakerFee = 0 },
            profile.Load().Account);
    }

    [Fact]
    public void Faults_of_the_account_name_what_is_allowed()
    {
        using var profile = new Profile(document => document["account"] = JsonNode.Parse(
            """{"marginMode":"portfolio","setMarginMode":"perhaps","setLeverage":1,"allowWithdrawalKey":"","disconnectWindowSeconds":7,"assumedMakerFee":-0.01,"assumedTakerFee":0.055}"""));

        Assert.Equal(
            [
                "account:marginMode must be isolated or cross, was \"portfolio\"; try isolated",
                "account:setMarginMode must be true or false, was \"perhaps\"; try false",
                "account:setLeverage must be true or false, was \"1\"; try true",
                "account:allowWithdrawalKey is missing; try false",
                "account:disconnectWindowSeconds must be 0, or 8 to 300 (pings go every 5 s, and a shorter window would be set off by them), was \"7\"; try 10",
                "account:assumedMakerFee must be a fraction above -0.01 and below 0.01, was \"-0.01\"; try 0.0002",
                "account:assumedTakerFee must be a fraction of 0 to below 0.01, was \"0.055\"; try 0.00055",
            ],
            profile.Faults());
    }

    [Fact]
    public void The_protection_of_the_quotes_is_read_and_each_part_can_be_off()
    {
        using var profile = new Profile(document => document["protection"] = JsonNode.Parse(
            """{"volatilityJumpRatio":2,"volatilityJumpSeconds":0.5,"volatilityCapPulls":true,"sweepLevels":2,"sweepHoldMilliseconds":1,"markOutGain":1.5,"markOutMaxFraction":0.001,"markOutSeconds":60}"""));
        using var off = new Profile(document =>
        {
            foreach (string key in (string[])["volatilityJumpRatio", "sweepLevels", "markOutGain", "markOutMaxFraction"]) Set(document, $"protection:{key}", JsonValue.Create(0));
        });

        Assert.Equal(
            new ProtectionConfiguration { VolatilityJumpRatio = 2, VolatilityJumpSeconds = 0.5, VolatilityCapPulls = true, SweepLevels = 2, SweepHoldMilliseconds = 1, MarkOutGain = 1.5, MarkOutMaxFraction = 0.001, MarkOutSeconds = 60 },
            profile.Load().Protection);
        ProtectionConfiguration none = off.Load().Protection;
        Assert.Equal((0, 0, 0, 0), (none.VolatilityJumpRatio, none.SweepLevels, none.MarkOutGain, none.MarkOutMaxFraction));
    }

    [Fact]
    public void Faults_of_the_protection_name_what_is_allowed()
    {
        using var profile = new Profile(document => document["protection"] = JsonNode.Parse(
            """{"volatilityJumpRatio":1.5,"volatilityJumpSeconds":0,"volatilityCapPulls":"maybe","sweepLevels":1,"sweepHoldMilliseconds":0,"markOutGain":-1,"markOutMaxFraction":0.1,"markOutSeconds":86401}"""));

        Assert.Equal(
            [
                "protection:volatilityJumpRatio must be 0, or 2 to 7, was \"1.5\"; try 5",
                "protection:volatilityJumpSeconds must be above 0, at most 3600, was \"0\"; try 1",
                "protection:volatilityCapPulls must be true or false, was \"maybe\"; try false",
                "protection:sweepLevels must be 0, or 2 to 1000, was \"1\"; try 60",
                "protection:sweepHoldMilliseconds must be 1 to 60000, was \"0\"; try 500",
                "protection:markOutGain must be 0 to 10, was \"-1\"; try 1",
                "protection:markOutMaxFraction must be a fraction of 0 to below 0.1, was \"0.1\"; try 0.0002",
                "protection:markOutSeconds must be above 0, at most 86400, was \"86401\"; try 300",
            ],
            profile.Faults());
    }

    [Theory]
    [InlineData("inline", "block")]
    [InlineData("paired", "yield")]
    [InlineData("auto", "spin")]
    public void The_placement_of_the_threads_is_read(string threads, string wait)
    {
        using var profile = new Profile(document =>
        {
            Set(document, "placement:threads", JsonValue.Create(threads));
            Set(document, "placement:wait", JsonValue.Create(wait));
        });

        PlacementConfiguration placement = profile.Load().Placement;

        Assert.Equal((threads, wait), (placement.Threads, placement.Wait));
    }

    [Fact]
    public void A_watchdog_waits_for_no_more_than_leaves_time_to_cancel_within_five_seconds()
    {
        using var profile = new Profile(document => document["watchdog"] = JsonNode.Parse("""{"silentMilliseconds":3001}"""));

        Assert.Equal(["watchdog:silentMilliseconds must be 500 to 3000, was \"3001\"; try 2000"], profile.Faults());
    }

    [Fact]
    public void Faults_of_the_placement_the_speed_and_the_port_name_what_is_allowed()
    {
        using var profile = new Profile(document =>
        {
            Set(document, "venue:speed", JsonValue.Create(0));
            Set(document, "venue:port", JsonValue.Create(65_536));
            Set(document, "placement:threads", JsonValue.Create("Inline"));
            Set(document, "placement:wait", JsonValue.Create("sleep"));
        });

        Assert.Equal(
            [
                "venue:speed must be max, or a number above 0, at most 100, was \"0\"; try 5",
                "venue:port must be 0 to 65535, was \"65536\"; try 0",
                "placement:threads must be auto, inline or paired, was \"Inline\"; try auto",
                "placement:wait must be block, yield or spin, was \"sleep\"; try block",
            ],
            profile.Faults());
    }

    [Theory]
    [InlineData("\"max\"", null)]
    [InlineData("\"0.25\"", 0.25)]
    [InlineData("50", 50.0)]
    [InlineData("0.001", 0.001)]
    [InlineData("100", 100.0)]
    public void The_speed_is_a_number_or_none_for_max(string json, double? speed)
    {
        using var profile = new Profile(document => Set(document, "venue:speed", JsonNode.Parse(json)));

        Assert.Equal(speed, profile.Load().Venue.Speed);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("100.01")]
    [InlineData("\"fast\"")]
    [InlineData("\"MAX\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"1e2\"")]
    [InlineData("\"0.0\"")]
    public void Any_other_speed_is_a_fault(string json)
    {
        using var profile = new Profile(document => Set(document, "venue:speed", JsonNode.Parse(json)));

        Assert.Equal([$"venue:speed must be max, or a number above 0, at most 100, was \"{json.Trim('"')}\"; try 5"], profile.Faults());
    }

    [Fact]
    public void The_words_that_the_schema_allows_are_those_that_the_reader_takes()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(ReferenceFiles.InRepository("configs/market-making.schema.json")))!;
        foreach ((string key, JsonNode leaf) in LeavesOf(schema).Where(leaf => leaf.Leaf["enum"] is not null))
        {
            string[] allowed = [.. leaf["enum"]!.AsArray().Select(word => word!.GetValue<string>())];
            foreach (string word in allowed)
            {
                using var profile = new Profile(document =>
                {
                    foreach (string symbol in (string[])["BTCUSDT", "SOLUSDT"]) Set(document, $"instruments:{symbol}:micropriceTicks", JsonValue.Create("0"));
                    if (key == "strategy") Set(document, "signal", JsonValue.Create("hybrid"));
                    if (key == "signal") Set(document, "metaLabel:model", JsonValue.Create("models/demo"));
                    Set(document, key, JsonValue.Create(word));
                });
                profile.Load();
            }

            using var other = new Profile(document => Set(document, key, JsonValue.Create("other")));
            string fault = Assert.Single(other.Faults());
            Assert.All(allowed, word => Assert.Contains(word, fault, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_signal_has_what_it_needs_and_a_strategy_that_trades_has_a_signal()
    {
        using var outright = new Profile(document => Set(document, "strategy", JsonValue.Create("directional")));
        using var modelless = new Profile(document => Set(document, "signal", JsonValue.Create("meta-label")));
        using var trailing = new Profile(document => Set(document, "metaLabel:trailFromFraction", JsonValue.Create(0.01)));

        Assert.Equal(["signal must be hybrid or meta-label with the strategy directional: nothing else asks for positions, was \"none\""], outright.Faults());
        Assert.Equal(["metaLabel:model must name the folder of a model with the signal meta-label; ./run.sh train makes one, was \"none\"; try samples/models/demo"], modelless.Faults());
        Assert.Equal(["metaLabel trailFromFraction must be so far above trailFraction (0.01) that a stop which begins to trail lies beyond the entry, was 0.01"], trailing.Faults());
    }

    [Fact]
    public void The_meta_label_profile_keeps_the_limits_of_its_plan()
    {
        EngineConfiguration configuration = ConfigurationReader.Load(ReferenceFiles.InRepository("configs/meta-label.json"), Profile.NoEnvironment, []);

        Assert.Equal(["BTCUSDT", "ETHUSDT"], configuration.Symbols);
        Assert.Equal(("directional", "meta-label", false), (configuration.Strategy, configuration.Signal, configuration.MetaLabel.TradeWithoutEdge));
        Assert.Equal((3m, 0.1m, 0.05m, 0.15m, 3, 3), (configuration.Venue.Leverage, configuration.MetaLabel.Settings.PositionFraction, configuration.Losses.DailyLossFraction, configuration.Losses.DrawdownFraction, configuration.Losses.OpenPositionsMax, configuration.MetaLabel.Settings.OpenPositionsMax));
    }

    [Fact]
    public void All_faults_of_a_profile_are_reported_at_once_each_in_one_line()
    {
        using var profile = new Profile(document =>
        {
            Set(document, "category", JsonValue.Create("spot"));
            Set(document, "quoting:horizonSeconds", JsonValue.Create(-1));
            Set(document, "quoting:levelsPerSide", JsonValue.Create("two"));
            Set(document, "venue:leverage", JsonValue.Create(101));
            Set(document, "data:recording", JsonValue.Create("samples/none.gz"));
            document["risk"]!.AsObject().Remove("openOrdersMax");
            document["risk"]!["openOrderMax"] = 20;
        });

        IReadOnlyList<string> faults = profile.Faults();

        Assert.Equal(
            [
                "category must be \"linear\": spot and inverse are not traded by this engine, was \"spot\"; try linear",
                "quoting:horizonSeconds must be above 0, at most 86400, was \"-1\"; try 60",
                "quoting:levelsPerSide must be a whole number, was \"two\"; try 1",
                "risk:openOrdersMax is missing; try 20",
                "venue:leverage must be 1 to 100, was \"101\"; try 50",
                "data:recording must be an existing file or folder, was \"samples/none.gz\"; try samples/v5shaped-btcusdt-20240808.frames.gz",
                "risk:openOrderMax is not a key of this engine; did you mean risk:openOrdersMax?",
            ],
            faults);
    }

    [Fact]
    public void A_fault_names_the_file_relative_to_the_root()
    {
        string message = Assert.Throws<ConfigurationException>(() =>
            ConfigurationReader.Load(Profile.Shipped, new Dictionary<string, string>(), [new("venue:leverage", "", "--leverage")])).Message;
        Assert.Equal("--leverage needs a value", message);

        using var profile = new Profile(document => Set(document, "venue:leverage", JsonValue.Create(0)));
        Assert.Equal($"{profile.Path}: venue:leverage must be 1 to 100, was \"0\"; try 50", Assert.Throws<ConfigurationException>(() => profile.Load()).Message);
    }

    [Fact]
    public void An_unknown_section_is_one_fault_and_an_unknown_list_too()
    {
        using var profile = new Profile(document =>
        {
            document["qouting"] = new JsonObject { ["a"] = 1, ["b"] = new JsonObject { ["c"] = 2 } };
            document["extras"] = new JsonArray(1, 2, 3);
            document["nothing"] = new JsonObject();
        });

        Assert.Equal(
            [
                "extras is not a key of this engine",
                "nothing is not a key of this engine",
                "qouting is not a key of this engine; did you mean quoting?",
            ],
            profile.Faults());
    }

    [Fact]
    public void A_value_where_a_section_belongs_and_a_section_where_a_value_belongs_are_faults()
    {
        using var profile = new Profile(document =>
        {
            document["wire"] = 5;
            Set(document, "venue:seed", new JsonObject { ["low"] = 1 });
            Set(document, "symbols", JsonValue.Create("BTCUSDT"));
        });

        IReadOnlyList<string> faults = profile.Faults();

        Assert.Contains("wire must be an object with keys of its own, was \"5\"", faults);
        Assert.Contains("wire:recvWindowMilliseconds is missing; try 5000", faults);
        Assert.Contains("venue:seed is missing; try 1", faults);
        Assert.Contains(faults, fault => fault.StartsWith("venue:seed:low is not a key of this engine", StringComparison.Ordinal));
        Assert.Contains("symbols must list 1 to 64 symbols; try [\"BTCUSDT\"]", faults);
    }

    [Fact]
    public void Rules_between_keys_hold()
    {
        AssertFault("instruments:SOLUSDT:sigmaCapTicksPerSqrtSecond", 0.1m, "instruments:SOLUSDT:sigmaCapTicksPerSqrtSecond must be above sigmaFloorTicksPerSqrtSecond (0.1), was \"0.1\"");
        AssertFault("orderBudget:cancelReserve", 10m, "orderBudget:cancelReserve must be below cancelsPerSecond (10), was \"10\"; try 2");
        AssertFault("risk:isolatedJumpFraction", 0.02m, "risk:isolatedJumpFraction must be below 1/leverage (0.02 at 50x), where every position is already liquidated, was \"0.02\"");
        AssertFault("instruments:BTCUSDT:orderQtyMax", 0.009m, "instruments:BTCUSDT:orderQtyMax must be at least the largest quote (0.01), was \"0.009\"");
        AssertFault("instruments:BTCUSDT:positionQtyMax", 0.099m, "instruments:BTCUSDT:positionQtyMax must be at least orderQty x maxInventoryUnits (0.1), was \"0.099\"");
        AssertFault("quoting:levelsPerSide", 6m, "quoting:levelsPerSide must be at most half of orderBudget:cancelsPerSecond (10): an instrument's quotes must be gone within a second, was \"6\"");
        AssertFault("risk:openOrdersMax", 1m, "quoting:levelsPerSide must be at most half of risk:openOrdersMax (1): each side's quotes are open orders, was \"1\"");
        AssertFault("venue:leverage", 12.345m, "venue:leverage must be in steps of 0.01, was \"12.345\"; try 50");

        AssertFault("venue:startBalanceUsdt", 0.009m, "venue:startBalanceUsdt must be 0.01 to 1000000000, was \"0.009\"; try 10000");
        AssertFault("venue:startBalanceUsdt", 100.000000001m, "venue:startBalanceUsdt must have at most 8 decimals, was \"100.000000001\"; try 10000");
        AssertFault("quoting:sizeMultiplier", 0.000000001m, "quoting:sizeMultiplier must have at most 8 decimals, was \"0.000000001\"; try 1");
        AssertFault("risk:priceCollarFraction", 0.000000001m, "risk:priceCollarFraction must have at most 8 decimals, was \"0.000000001\"; try 0.01");

        static void AssertFault(string key, decimal value, string expected)
        {
            using var profile = new Profile(document => Set(document, key, JsonValue.Create(value)));
            Assert.Equal([expected], profile.Faults());
        }
    }

    [Fact]
    public void Exact_quotes_need_a_bound_that_a_table_reaches()
    {
        using var profile = new Profile(document =>
        {
            Set(document, "quoting:model", JsonValue.Create("glft-exact"));
            Set(document, "quoting:maxInventoryUnits", JsonValue.Create(65));
            Set(document, "instruments:BTCUSDT:positionQtyMax", JsonValue.Create("1"));
            Set(document, "instruments:SOLUSDT:positionQtyMax", JsonValue.Create("500"));
        });

        Assert.Equal(["quoting:maxInventoryUnits must be at most 64 with glft-exact, the largest table, was \"65\"; try 10"], profile.Faults());
        Assert.Equal(65, profile.Load(null, new ConfigurationOverride("quoting:model", "glft", "--quoting")).Quoting.MaxInventoryUnits);
    }

    [Fact]
    public void A_microprice_table_is_a_row_for_each_spread_from_sellers_to_buyers()
    {
        using var profile = new Profile(document =>
        {
            Set(document, "quoting:fairValue", JsonValue.Create("microprice"));
            Set(document, "symbols", new JsonArray("BTCUSDT"));
            Set(document, "instruments:BTCUSDT:micropriceTicks", JsonValue.Create("-0.5, 0,5e-1; -10000,0,10000"));
        });

        EngineConfiguration configuration = profile.Load();

        Assert.Equal(FairValueModel.Microprice, configuration.Quoting.FairValue);
        Assert.Equal([[-0.5, 0, 0.5], [-10_000, 0, 10_000]], configuration.Instruments["BTCUSDT"].MicropriceTicks!);
        Assert.Null(configuration.Instruments["SOLUSDT"].MicropriceTicks);
        Assert.Equal("-0.5,0,0.5;-10000,0,10000", MicropriceText.Write(configuration.Instruments["BTCUSDT"].MicropriceTicks!));
    }

    [Theory]
    [InlineData("0,one", "must be none, or numbers with \",\" between them and \";\" between rows")]
    [InlineData("0,", "must be none, or numbers with \",\" between them and \";\" between rows")]
    [InlineData("None", "must be none, or numbers with \",\" between them and \";\" between rows")]
    [InlineData("NaN", "must be none, or numbers with \",\" between them and \";\" between rows")]
    [InlineData("0;0;0;0;0;0;0;0;0", "must have at most 8 rows of 32 numbers")]
    [InlineData("0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0", "must have at most 8 rows of 32 numbers")]
    [InlineData("0,0;0", "must have rows of equally many numbers")]
    [InlineData("0,10000.1", "must have numbers of -10000 to 10000, in ticks")]
    [InlineData("-1e999", "must have numbers of -10000 to 10000, in ticks")]
    public void A_text_that_is_no_table_is_one_fault_that_says_why(string text, string rule)
    {
        using var profile = new Profile(document => Set(document, "instruments:BTCUSDT:micropriceTicks", JsonValue.Create(text)));

        Assert.Equal([$"instruments:BTCUSDT:micropriceTicks {rule}, was \"{text}\"; try none"], profile.Faults());
        Assert.Single(profile.Faults(null, new ConfigurationOverride("quoting:fairValue", "microprice", "--fair"), new ConfigurationOverride("symbols", "BTCUSDT", "--symbols")));
    }

    [Fact]
    public void The_microprice_needs_a_table_of_every_traded_symbol()
    {
        using var profile = new Profile(document => Set(document, "quoting:fairValue", JsonValue.Create("microprice")));

        Assert.Equal(["BTCUSDT", "SOLUSDT"], profile.Faults().Select(fault => fault.Split(':')[1]));
        Assert.All(profile.Faults(), fault => Assert.EndsWith(":micropriceTicks must be a table with quoting:fairValue microprice; calibrate --out writes one for --overlay, was \"none\"", fault, StringComparison.Ordinal));
        Assert.Single(profile.Faults(null, new ConfigurationOverride("symbols", "SOLUSDT", "--symbols")));
    }

    [Fact]
    public void How_to_requote_and_the_shape_of_the_ladder_are_words_and_ranges_of_their_own()
    {
        using var profile = new Profile(document =>
        {
            Set(document, "quoting:requote", JsonValue.Create("naive"));
            Set(document, "quoting:sizeShape", JsonValue.Create("flat"));
            Set(document, "quoting:levelStepMultiplier", JsonValue.Create(0.9));
            Set(document, "quoting:addingShrinkFraction", JsonValue.Create(1.1));
            Set(document, "instruments:BTCUSDT:queueValueTicks", JsonValue.Create(-1));
            Set(document, "instruments:BTCUSDT:queueTradedQty", JsonValue.Create("0"));
        });

        Assert.Equal(
            [
                "instruments:BTCUSDT:queueTradedQty must be above 0, at most 1000000000, was \"0\"; try 0.5",
                "instruments:BTCUSDT:queueValueTicks must be 0 to 100000, was \"-1\"; try 5",
                "quoting:addingShrinkFraction must be a fraction of 0 to 1, was \"1.1\"; try 0",
                "quoting:levelStepMultiplier must be 1 to 10, was \"0.9\"; try 1",
                "quoting:requote must be distance or queue, was \"naive\"; try distance",
                "quoting:sizeShape must be geometric or linear, was \"flat\"; try geometric",
            ],
            profile.Faults().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_largest_quote_of_a_straight_line_of_sizes_must_fit_too()
    {
        using var profile = new Profile(document =>
        {
            Set(document, "quoting:levelsPerSide", JsonValue.Create(4));
            Set(document, "quoting:sizeMultiplier", JsonValue.Create(1.4));
            Set(document, "quoting:sizeShape", JsonValue.Create("linear"));
        });

        Assert.Equal(
            ["instruments:BTCUSDT:orderQtyMax must be at least the largest quote (0.022), was \"0.020\"", "instruments:SOLUSDT:orderQtyMax must be at least the largest quote (11), was \"10\""],
            profile.Faults());
        Assert.Equal("linear", profile.Load(null, new ConfigurationOverride("quoting:sizeMultiplier", "1.3", "--size")).Quoting.SizeShape);
    }

    [Fact]
    public void A_window_of_more_samples_than_are_kept_is_a_fault_where_samples_are_kept()
    {
        using var profile = new Profile(document =>
        {
            Set(document, "quoting:volatility", JsonValue.Create("bipower"));
            Set(document, "quoting:volatilityTimeConstantSeconds", JsonValue.Create(65.537));
            Set(document, "quoting:midSampleMilliseconds", JsonValue.Create(1));
        });

        Assert.Equal(["quoting:volatilityTimeConstantSeconds must be at most 65536 x midSampleMilliseconds with bipower: every sample of the window is kept, was \"65.537\"; try 30"], profile.Faults());
        Assert.Equal("bipower", profile.Load(null, new ConfigurationOverride("quoting:midSampleMilliseconds", "2", "--sample")).Quoting.Volatility);
        Assert.Equal("ewma", profile.Load(null, new ConfigurationOverride("quoting:volatility", "ewma", "--volatility")).Quoting.Volatility);
    }

    [Fact]
    public void A_rule_between_keys_is_silent_while_one_of_them_is_faulty()
    {
        using var profile = new Profile(document => Set(document, "orderBudget:cancelsPerSecond", JsonValue.Create(0)));

        Assert.Equal(["orderBudget:cancelsPerSecond must be 1 to 1200, was \"0\"; try 10"], profile.Faults());
    }

    [Fact]
    public void Every_symbol_needs_its_entry_and_none_is_named_twice()
    {
        using var unsized = new Profile(document => document["symbols"] = new JsonArray("BTCUSDT", "DOGEUSDT"));
        Assert.Equal(
            [$"symbols names DOGEUSDT, for which {unsized.Path} has no entry in instruments; it sizes BTCUSDT, SOLUSDT"],
            unsized.Faults());

        using var twice = new Profile(document => document["symbols"] = new JsonArray("BTCUSDT", "BTCUSDT"));
        Assert.Equal(["symbols lists BTCUSDT twice"], twice.Faults());

        using var malformed = new Profile(document => document["symbols"] = new JsonArray("btcusdt", ""));
        Assert.Equal(
            ["symbols must list symbols of 1 to 32 upper-case letters, digits or dashes, was \"btcusdt\"", "symbols lists an empty symbol; drop the comma or the entry"],
            malformed.Faults());

        using var none = new Profile(document => document["symbols"] = new JsonArray());
        Assert.Equal(["symbols must list 1 to 64 symbols; try [\"BTCUSDT\"]"], none.Faults());
    }

    [Fact]
    public void Each_instrument_has_sizes_and_parameters_of_its_own()
    {
        using var profile = new Profile(document => Set(document, "instruments:SOLUSDT:requoteTicks", JsonValue.Create(3)));

        IReadOnlyDictionary<string, InstrumentConfiguration> instruments = profile.Load(new Dictionary<string, string> { ["LATENCY_ENGINE_INSTRUMENTS__BTCUSDT__REQUOTETICKS"] = "7" }).Instruments;

        Assert.Equal((7, 3), (instruments["BTCUSDT"].RequoteTicks, instruments["SOLUSDT"].RequoteTicks));
    }

    [Fact]
    public void An_entry_is_checked_whole_whether_its_symbol_is_traded_or_not()
    {
        using var profile = new Profile(document =>
        {
            document["symbols"] = new JsonArray("BTCUSDT");
            Set(document, "instruments:SOLUSDT:orderQty", JsonValue.Create(0));
            Set(document, "instruments:BTCUSDT:requoteTick", JsonValue.Create(1));
            Set(document, "instruments:sol", new JsonObject());
            document["instruments"]!["SOLUSDT"]!.AsObject().Remove("levelStepTicks");
        });

        IReadOnlyList<string> faults = profile.Faults();

        Assert.Contains("instruments:SOLUSDT:orderQty must be above 0, at most 1000000000, was \"0\"; try 0.010", faults);
        Assert.Contains("instruments:SOLUSDT:levelStepTicks is missing; try 20", faults);
        Assert.Contains("instruments:sol is not a symbol: 1 to 32 upper-case letters, digits or dashes", faults);
        Assert.Contains("instruments:BTCUSDT:requoteTick is not a key of this engine; did you mean instruments:BTCUSDT:requoteTicks?", faults);
    }

    [Fact]
    public void A_profile_without_instruments_is_one_fault()
    {
        using var none = new Profile(document => document["instruments"] = new JsonObject());
        using var absent = new Profile(document => document.AsObject().Remove("instruments"));

        Assert.Equal(["instruments must have an entry for every traded symbol; configs/market-making.json shows one"], none.Faults());
        Assert.Equal(none.Faults(), absent.Faults());
    }

    [Fact]
    public void A_quantity_keeps_the_digits_it_is_written_with()
    {
        using var profile = new Profile(document => Set(document, "instruments:BTCUSDT:orderQty", JsonValue.Create("0.0112345678901234")));

        Assert.Equal(0.0112345678901234m, profile.Load().Instruments["BTCUSDT"].OrderQty);
    }

    [Theory]
    [InlineData("{\n  \"category\": \"linear\",\n  oops\n}", "line 3: not JSON")]
    [InlineData("", "line 1: not JSON")]
    [InlineData("[1]", "")]
    [InlineData("{\"category\":\"linear\",\"category\":\"linear\"}", "category")]
    public void A_file_that_is_no_profile_is_one_line_with_its_place(string text, string expected)
    {
        using var profile = new Profile(text);

        string fault = Assert.Single(profile.Faults());

        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault);
        Assert.DoesNotContain("BytePosition", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_that_is_not_there_or_is_a_folder_is_one_line()
    {
        Assert.Equal(["/nowhere/p.json: no such file; the shipped profiles are configs/market-making.json, configs/hybrid.json and configs/meta-label.json"], FaultsOf("/nowhere/p.json"));
        Assert.Equal(["/tmp: is a directory; name the profile's file, for example configs/market-making.json"], FaultsOf("/tmp"));

        static IReadOnlyList<string> FaultsOf(string path) =>
            Assert.Throws<ConfigurationException>(() => ConfigurationReader.Load(path, Profile.NoEnvironment, [])).Faults;
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_the_environment_over_the_file()
    {
        var environment = new Dictionary<string, string>
        {
            ["LATENCY_ENGINE_VENUE__LEVERAGE"] = "20",
            ["LATENCY_ENGINE_VENUE__SEED"] = "7",
            ["TRADING_INITIAL_CAPITAL"] = "2500.50",
            ["UNRELATED"] = "x",
        };

        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, environment, [new("venue:leverage", "5", "--leverage")]);

        Assert.Equal(5m, configuration.Venue.Leverage);
        Assert.Equal(7UL, configuration.Venue.Seed);
        Assert.Equal(2500.50m, configuration.Venue.StartBalanceUsdt);
        Assert.Equal("--leverage", OriginOf("venue:leverage"));
        Assert.Equal("LATENCY_ENGINE_VENUE__SEED", OriginOf("venue:seed"));
        Assert.Equal("TRADING_INITIAL_CAPITAL", OriginOf("venue:startBalanceUsdt"));
        Assert.Equal("configs/market-making.json", OriginOf("venue:feeTier"));

        string OriginOf(string key) => configuration.Values.Single(value => value.Key == key).Origin;
    }

    [Fact]
    public void The_engines_own_name_for_a_key_wins_over_the_shared_one()
    {
        var environment = new Dictionary<string, string> { ["TRADING_INITIAL_CAPITAL"] = "1", ["LATENCY_ENGINE_VENUE__STARTBALANCEUSDT"] = "2" };

        Assert.Equal(2m, ConfigurationReader.Load(Profile.Shipped, environment, []).Venue.StartBalanceUsdt);
    }

    [Fact]
    public void Faults_above_the_file_name_the_variable_or_the_option()
    {
        var environment = new Dictionary<string, string>
        {
            ["LATENCY_ENGINE_VENUE__TICKMILLISECONDS"] = "0",
            ["LATENCY_ENGINE_VENUE__LEVERAG"] = "5",
            ["TRADING_INITIAL_CAPITAL"] = "-1",
        };
        ConfigurationOverride[] overrides = [new("venue:leverage", "101", "--leverage"), new("venue:seed", "x", "--seed")];

        Assert.Equal(
            [
                "--leverage must be 1 to 100, was 101",
                "TRADING_INITIAL_CAPITAL (venue:startBalanceUsdt) must be 0.01 to 1000000000, was \"-1\"; try 10000",
                "LATENCY_ENGINE_VENUE__TICKMILLISECONDS (venue:tickMilliseconds) must be 1 to 60000, was \"0\"; try 100",
                "--seed must be a whole number from 0 up, was x",
                "LATENCY_ENGINE_VENUE__LEVERAG: venue:LEVERAG is not a key of this engine; did you mean venue:leverage?",
            ],
            Assert.Throws<ConfigurationException>(() => ConfigurationReader.Load(Profile.Shipped, environment, overrides)).Faults);
    }

    [Theory]
    [InlineData("LATENCY_ENGINE_QUOTING__ORDERQTY__BTCUSDT", "quoting:ORDERQTY is not a key of this engine")]
    [InlineData("LATENCY_ENGINE_QOUTING__A__B", "QOUTING is not a key of this engine; did you mean quoting?")]
    [InlineData("LATENCY_ENGINE_PLACEMENT__THREADS__LOW", "placement:THREADS:LOW is not a key of this engine; did you mean placement:threads?")]
    [InlineData("LATENCY_ENGINE_INSTRUMENTS__btc__ORDERQTY", "instruments:btc is not a symbol: 1 to 32 upper-case letters, digits or dashes")]
    public void An_unknown_key_below_a_section_names_the_variable_that_set_it(string variable, string fault)
    {
        var environment = new Dictionary<string, string> { [variable] = "0.010" };

        Assert.Contains($"{variable}: {fault}", Assert.Throws<ConfigurationException>(() => ConfigurationReader.Load(Profile.Shipped, environment, [])).Faults);
    }

    [Fact]
    public void Symbols_of_the_command_line_replace_the_list_and_are_all_required()
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [new("symbols", "SOLUSDT", "--symbols")]);

        Assert.Equal(["SOLUSDT"], configuration.Symbols);
        Assert.True(configuration.AllSymbolsRequired);
        Assert.Equal(
            ["--symbols names ETHUSDT, for which configs/market-making.json has no entry in instruments; it sizes BTCUSDT, SOLUSDT"],
            Assert.Throws<ConfigurationException>(() => ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [new("symbols", "ETHUSDT,BTCUSDT", "--symbols")])).Faults);
    }

    [Fact]
    public void Symbols_of_the_environment_replace_the_list_and_a_recording_may_lack_some()
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, new Dictionary<string, string> { ["LATENCY_ENGINE_SYMBOLS"] = "SOLUSDT, BTCUSDT" }, []);

        Assert.Equal(["SOLUSDT", "BTCUSDT"], configuration.Symbols);
        Assert.False(configuration.AllSymbolsRequired);
    }

    [Fact]
    public void A_variable_set_to_nothing_counts_as_absent()
    {
        var environment = new Dictionary<string, string> { ["LATENCY_ENGINE_VENUE__LEVERAGE"] = "", ["TRADING_INITIAL_CAPITAL"] = "", ["BYBIT_API_KEY"] = "" };

        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, environment, []);

        Assert.Equal("configs/market-making.json", configuration.Values.Single(value => value.Key == "venue:leverage").Origin);
        Assert.All(configuration.EnvironmentNames, name => Assert.Equal("not set", name.Shown));
    }

    [Fact]
    public void Paths_start_at_the_root_in_a_profile_and_at_the_current_folder_on_the_command_line()
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [new("report:directory", "out", "--report")]);

        Assert.Equal(Path.Combine(configuration.Root, "samples/v5shaped-btcusdt-20240808.frames.gz"), configuration.Data.Recording);
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "out"), configuration.Report.Directory);
        Assert.Equal("samples/v5shaped-btcusdt-20240808.frames.gz", configuration.ShownPath(configuration.Data.Recording));
        Assert.Equal("/elsewhere/x.gz", configuration.ShownPath("/elsewhere/x.gz"));
    }

    [Theory]
    [InlineData("/state/latency-engine", "XDG_STATE_HOME", "/state", "HOME", "/home/somebody")]
    [InlineData("/home/somebody/.local/state/latency-engine", "XDG_STATE_HOME", "relative", "HOME", "/home/somebody")]
    [InlineData("/home/somebody/.local/state/latency-engine", "HOME", "/home/somebody")]
    [InlineData(null)]
    [InlineData("/elsewhere", "LATENCY_ENGINE_CONTROL__FOLDER", "/elsewhere", "HOME", "/home/somebody")]
    public void Runs_are_reached_by_a_folder_of_the_user_or_by_the_one_that_is_named(string? folder, params string[] environment)
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, environment.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]), []);

        Assert.Equal((folder, (string?)null), (configuration.Control.Folder, configuration.Control.KillFile));
    }

    [Fact]
    public void An_overlay_replaces_keys_of_the_profile_and_a_later_one_those_of_an_earlier_one()
    {
        using var first = new Profile("""{ "instruments": { "BTCUSDT": { "arrivalDecayPerTick": 0.03, "requoteTicks": 7 } }, "symbols": ["SOLUSDT"], "venue": { "seed": 8, "leverage": 4 } }""");
        using var second = new Profile("""{ "INSTRUMENTS": { "BTCUSDT": { "requoteTicks": 9 } }, "risk": { "openOrdersMax": 5 } }""");
        var environment = new Dictionary<string, string> { ["LATENCY_ENGINE_VENUE__LEVERAGE"] = "5" };

        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, environment, [new("risk:openOrdersMax", "6", "--open-orders")], [first.Path, second.Path]);

        Assert.Equal((0.03, 9), (configuration.Instruments["BTCUSDT"].ArrivalDecayPerTick, configuration.Instruments["BTCUSDT"].RequoteTicks));
        Assert.Equal(20, configuration.Instruments["BTCUSDT"].LevelStepTicks);        // the profile's own
        Assert.Equal(["SOLUSDT"], configuration.Symbols);                              // a list is replaced as a whole
        Assert.False(configuration.AllSymbolsRequired);
        Assert.Equal((5m, 6), (configuration.Venue.Leverage, configuration.Risk.OpenOrdersMax));   // environment and command line stand above
        Assert.Equal(first.Path, configuration.Values.Single(value => value.Key == "instruments:BTCUSDT:arrivalDecayPerTick").Origin);
        Assert.Equal(second.Path, configuration.Values.Single(value => value.Key == "instruments:BTCUSDT:requoteTicks").Origin);
        Assert.Equal("configs/market-making.json", configuration.Values.Single(value => value.Key == "instruments:BTCUSDT:levelStepTicks").Origin);
    }

    [Fact]
    public void Faults_of_an_overlay_name_its_file()
    {
        using var overlay = new Profile("""{ "instruments": { "BTCUSDT": { "arrivalDecayPerTick": 0, "arrivalDecay": 1 } }, "risk": 5 }""");
        using var broken = new Profile("{");

        string[] faults = [.. Assert.Throws<ConfigurationException>(() => ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [], [overlay.Path])).Faults];

        Assert.Contains($"{overlay.Path}: instruments:BTCUSDT:arrivalDecayPerTick must be above 0, at most 1000, was \"0\"; try 0.02", faults);
        Assert.Contains(faults, fault => fault.StartsWith($"{overlay.Path}: instruments:BTCUSDT:arrivalDecay is not a key of this engine", StringComparison.Ordinal));
        Assert.Contains($"{overlay.Path}: risk must be an object with keys of its own, was \"5\"", faults);
        Assert.Equal(3, faults.Length);
        Assert.StartsWith($"{broken.Path}: line 1: not JSON: ", Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [], [broken.Path])).Faults), StringComparison.Ordinal);
        Assert.StartsWith("/nowhere/o.json: no such overlay", Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [], ["/nowhere/o.json"])).Faults), StringComparison.Ordinal);
    }

    private static void Set(JsonNode document, string key, JsonNode? value)
    {
        string[] parts = key.Split(':');
        JsonNode section = parts[..^1].Aggregate(document, (node, part) => node[part]!);
        section[parts[^1]] = value;
    }

    // Each instrument has the same keys: one of them stands for all.
    private static string OfAnySymbol(string key) => key.Split(':') switch
    {
        ["instruments", _, var name] => $"instruments:BTCUSDT:{name}",
        ["metaLabel", "hourlyCandles", _] => "metaLabel:hourlyCandles:BTCUSDT",
        _ => key,
    };

    private static IEnumerable<JsonNode> SectionsOf(JsonNode schema) =>
        schema["properties"] is JsonObject properties ? properties.SelectMany(pair => SectionsOf(pair.Value!)).Prepend(schema) : [];

    private static IEnumerable<(string Key, JsonNode Leaf)> LeavesOf(JsonNode schema) => LeavesOf(schema, schema, "");

    private static IEnumerable<(string Key, JsonNode Leaf)> LeavesOf(JsonNode schema, JsonNode section, string prefix) => section["properties"]!.AsObject().SelectMany(pair =>
    {
        JsonNode leaf = Resolved(schema, pair.Value!);
        if (leaf["properties"] is not null) return LeavesOf(schema, leaf, $"{prefix}{pair.Key}:");
        if (leaf["additionalProperties"] is JsonObject entry)
        {
            JsonNode one = Resolved(schema, entry);
            return one["properties"] is null ? [($"{prefix}{pair.Key}:BTCUSDT", one)] : LeavesOf(schema, one, $"{prefix}{pair.Key}:BTCUSDT:");
        }

        return [(prefix + pair.Key, leaf)];
    });

    private static JsonNode Resolved(JsonNode schema, JsonNode node) =>
        node["$ref"] is JsonNode reference ? schema["$defs"]![reference.GetValue<string>()["#/$defs/".Length..]]! : node;

    private static decimal Number(JsonNode node) => decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
