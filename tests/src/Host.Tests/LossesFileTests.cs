using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host.Tests;

/// <summary>The file of the loss limits: what was written is read, or it is refused; nothing in between.</summary>
public sealed class LossesFileTests : IDisposable
{
    private const long DayNanos = 1_700_006_400_000_000_000;   // Wednesday, 2023-11-15 00:00 UTC
    private const long Now = DayNanos + 3_600_000_000_000;

    private static readonly string[] Symbols = ["BTCUSDT", "SOLUSDT"];
    private static readonly Uri Endpoint = new("https://api-testnet.bybit.com/v5");

    private readonly string _folder = Directory.CreateTempSubdirectory("losses-file-tests-").FullName;

    private string At => Path.Combine(_folder, "testnet.losses.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_read_to_the_last_unit_and_nanosecond()
    {
        TheFile().Write(State(1));

        Assert.Equal(Content(State(1)), Content(TheFile().Read(Now)!));
        Assert.Equal([At], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Where_there_is_none_there_is_none() => Assert.Null(TheFile().Read(Now));

    [Fact]
    public void Cut_at_any_byte_it_is_refused_and_what_was_not_finished_beside_it_is_left_aside()
    {
        TheFile().Write(State(1));
        byte[] whole = File.ReadAllBytes(At);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(At, whole[..length]);
            AssertRefused("is damaged");
        }

        File.WriteAllBytes(At, whole);
        for (int length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(At + ".new", whole[..length]);
            Assert.Equal(Content(State(1)), Content(TheFile().Read(Now)!));
        }

        TheFile().Write(State(2));
        Assert.Equal(Content(State(2)), Content(TheFile().Read(Now)!));
    }

    [Fact]
    public void Changed_at_any_byte_it_is_refused_or_says_the_same()
    {
        TheFile().Write(State(1));
        byte[] whole = File.ReadAllBytes(At);
        int refused = 0;
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 1;
            File.WriteAllBytes(At, changed);
            try
            {
                Assert.Equal(Content(State(1)), Content(TheFile().Read(Now)!));
            }
            catch (ConfigurationException)
            {
                refused++;
            }
        }

        Assert.Equal(whole.Length, refused);
    }

    [Fact]
    public void Without_its_checksum_it_is_refused()
    {
        TheFile().Write(State(1));
        string text = File.ReadAllText(At);
        File.WriteAllText(At, "{" + text[text.IndexOf("\"content\"", StringComparison.Ordinal)..]);

        AssertRefused("has no checksum");
    }

    [Theory]
    [InlineData("demo", "https://api-testnet.bybit.com")]
    [InlineData("testnet", "https://127.0.0.1:8701")]
    public void That_of_another_account_is_refused_and_both_are_named(string environment, string endpoint)
    {
        TheFile().Write(State(1));

        ConfigurationException fault = Assert.Throws<ConfigurationException>(() => new LossesFile(At, environment, new Uri(endpoint), Symbols).Read(Now));

        Assert.Contains($"is of a run on testnet, https://api-testnet.bybit.com, and this one is on {environment}, {endpoint}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void That_of_the_future_is_refused()
    {
        TheFile().Write(State(1));

        Assert.Contains("was written at 2023-11-15 00:30:00Z, and the venue's time is 2023-11-15 00:00:00Z", Assert.Throws<ConfigurationException>(() => TheFile().Read(DayNanos)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Symbols_that_are_not_traded_any_more_are_left_out_and_new_ones_have_no_past()
    {
        TheFile().Write(State(1));

        LossState read = new LossesFile(At, "testnet", Endpoint, ["XRPUSDT", "SOLUSDT"]).Read(Now)!;

        Assert.Equal((0L, DayNanos + 100), (read.HeldUntil(new InstrumentId(0)).Nanos, read.HeldUntil(new InstrumentId(1)).Nanos));
        Assert.True(read.IsStopped(new InstrumentId(1)) && !read.IsStopped(new InstrumentId(0)));
    }

    [Fact]
    public void The_writer_writes_the_newest_and_a_folder_that_is_gone_is_told_once()
    {
        var said = new List<string>();
        var writer = new LossesWriter(TheFile(), said.Add);
        for (int i = 1; i <= 50; i++) writer.Post(State(i));
        writer.Complete();
        Assert.Equal(Content(State(50)), Content(TheFile().Read(Now)!));

        var lost = new LossesWriter(new LossesFile(Path.Combine(_folder, "gone", "x.json"), "testnet", Endpoint, Symbols), said.Add);
        lost.Post(State(1));
        lost.Complete();
        lost.Post(State(2));
        lost.Complete();

        Assert.Contains("could not be written", Assert.Single(said), StringComparison.Ordinal);
    }

    private LossesFile TheFile() => new(At, "testnet", Endpoint, Symbols);

    private void AssertRefused(string why)
    {
        string message = Assert.Throws<ConfigurationException>(() => TheFile().Read(Now)).Message;
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.StartsWith(At, message, StringComparison.Ordinal);
        Assert.Contains("--forget-losses", message, StringComparison.Ordinal);
    }

    private static LossState State(int figure)
    {
        var state = new LossState(2)
        {
            AsOf = new EpochNanos(DayNanos + 1_800_000_000_001),
            DayBegan = new EpochNanos(DayNanos),
            DayEquity = new MoneyE8(1_000_012_345_678 + figure),
            WeekBegan = new EpochNanos(DayNanos - (2 * LossState.DayNanos)),
            WeekEquity = new MoneyE8(999_999_999_999),
            PeakEquity = new MoneyE8(1_100_000_000_001),
            UnsureSince = new EpochNanos(DayNanos + 77),
        };
        state.Pause(LossRule.DailyLoss, new EpochNanos(DayNanos + 86_400_000_000_007));
        state.Hold(new InstrumentId(1), new EpochNanos(DayNanos + 100));
        state.Stop(new InstrumentId(1), isStopped: true);
        state.SetDayResult(new InstrumentId(1), new MoneyE8(-17_50000000));
        return state;
    }

    private static string Content(LossState state)
    {
        byte[] content = new byte[state.LengthBytes];
        state.Write(content);
        return Convert.ToHexString(content);
    }
}
