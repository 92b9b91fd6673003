namespace LatencyEngine.Host.Tests;

public sealed class KillLatchTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kill-latch-tests-").FullName;

    private string Latch => Path.Combine(_root, "testnet.kill.json");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_is_written_is_read_again()
    {
        Assert.Empty(KillLatch.Read(Latch));
        KillRecord record = KillRecord.Now("somebody (pid 7)", "a \"reason\"\nof two lines", flattens: true);
        KillRecord[] kills = [record, KillRecord.Now("inside", "another")];

        KillLatch.Write(Latch, kills);

        Assert.Equal(kills, KillLatch.Read(Latch));
        Assert.Equal("a \"reason\" of two lines", record.Why);
        Assert.Equal([Latch], Directory.GetFiles(_root));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("[{\"by\":\"somebody\",\"why\":\"cut of")]
    [InlineData("[{\"by\":\"somebody\",\"why\":null,\"atUtc\":\"2026-01-01T00:00:00Z\",\"flattens\":false}]")]
    [InlineData("[{\"by\":\"somebody\",\"why\":\"no flattens\",\"atUtc\":\"2026-01-01T00:00:00Z\"}]")]
    [InlineData("\u0000\u0000\u0000\u0000")]
    public void One_that_cannot_be_read_holds_all_the_same(string text)
    {
        File.WriteAllText(Latch, text);

        KillRecord record = Assert.Single(KillLatch.Read(Latch));

        Assert.Equal("unknown", record.By);
        Assert.Contains("cannot be read", record.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_its_place_holds_too()
    {
        Directory.CreateDirectory(Latch);

        Assert.Equal("unknown", Assert.Single(KillLatch.Read(Latch)).By);
    }
}
