using System.Text.Json;

namespace LatencyEngine.Cli.Tests;

public sealed class ShowConfigTests
{
    [Fact]
    public void Each_value_is_shown_with_the_place_it_came_from()
    {
        using var line = new CommandLine();
        line.Environment["TRADING_INITIAL_CAPITAL"] = "500";

        Assert.Equal(ExitStatus.Done, line.Invoke("show-config", "--leverage", "20"));

        string[][] rows = [.. line.Output.Split('\n').Select(row => row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.Contains(["venue:leverage", "20", "--leverage"], rows);
        Assert.Contains(["venue:startBalanceUsdt", "500", "TRADING_INITIAL_CAPITAL"], rows);
        Assert.Contains(["venue:feeTier", "Pro 5", "configs/market-making.json"], rows);
        Assert.Contains(["BYBIT_TESTNET", "not set", "environment of ./run.sh live where --env names none: testnet or mainnet"], rows);
        Assert.Empty(line.Error);
    }

    [Fact]
    public void Json_is_one_document_with_the_same_content()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("show-config", "--json", "--seed", "4"));

        using JsonDocument document = JsonDocument.Parse(line.Output);
        JsonElement seed = document.RootElement.GetProperty("values").EnumerateArray().Single(value => value.GetProperty("key").GetString() == "venue:seed");
        Assert.Equal(("4", "--seed"), (seed.GetProperty("value").GetString(), seed.GetProperty("origin").GetString()));
        Assert.Equal(22, document.RootElement.GetProperty("environment").GetArrayLength());
    }

    [Theory]
    [InlineData("show-config")]
    [InlineData("show-config", "--json")]
    [InlineData("show-config", "--leverage", "0")]
    public void Secrets_are_never_printed(params string[] args)
    {
        using var line = new CommandLine();
        string[] secrets = ["k3yValue", "s3cretValue", "t0kenValue", "987654321"];
        (line.Environment["BYBIT_API_KEY"], line.Environment["BYBIT_API_SECRET"]) = (secrets[0], secrets[1]);
        (line.Environment["TELEGRAM_BOT_TOKEN"], line.Environment["TELEGRAM_CHAT_ID"]) = (secrets[2], secrets[3]);

        line.Invoke(args);

        Assert.All(secrets, secret => Assert.DoesNotContain(secret, line.Output + line.Error, StringComparison.Ordinal));
    }
}
