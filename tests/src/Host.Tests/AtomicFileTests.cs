namespace LatencyEngine.Host.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("atomic-file-tests-").FullName;

    private string FilePath => Path.Combine(_root, "state.json");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void It_replaces_the_old_one_whole_leaves_nothing_beside_it_and_is_the_owners_alone()
    {
        File.WriteAllText(FilePath, "something longer that was there before");

        AtomicFile.Write(FilePath, "new"u8);

        Assert.Equal("new", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_root));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void What_cannot_be_written_leaves_the_old_one()
    {
        File.WriteAllText(FilePath, "old");
        Directory.CreateDirectory(FilePath + ".new");   // in the way

        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(FilePath, "new"u8));

        Assert.Equal("old", File.ReadAllText(FilePath));
    }
}
