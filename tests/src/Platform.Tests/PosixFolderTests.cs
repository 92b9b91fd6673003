namespace LatencyEngine.Platform.Tests;

public sealed class PosixFolderTests
{
    [Fact]
    public void A_folder_is_flushed_and_one_that_is_not_there_is_a_fault_with_its_name()
    {
        string folder = Directory.CreateTempSubdirectory("posix-folder-tests-").FullName;

        PosixFolder.Flush(folder);
        Directory.Delete(folder);

        IOException fault = Assert.Throws<IOException>(() => PosixFolder.Flush(folder));
        Assert.Contains(folder, fault.Message, StringComparison.Ordinal);
        Assert.Contains("No such file", fault.Message, StringComparison.Ordinal);
    }
}
