namespace LatencyEngine.Host.Tests;

public sealed class RunFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("run-files-tests-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_folder_is_made_for_the_user_alone()
    {
        string folder = Path.Combine(_root, "state", "latency-engine");

        RunFiles files = RunFiles.Make(folder, "testnet");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, Mode(folder));
        Assert.Equal((Path.Combine(folder, "testnet.sock"), Path.Combine(folder, "testnet.kill.json"), Path.Combine(folder, "testnet.losses.json")), (files.SocketPath, files.LatchPath, files.LossesPath));
    }

    [Fact]
    public void A_folder_that_others_may_write_is_refused()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, "open")).FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);

        Assert.Contains("can be written by others", Assert.Single(Assert.Throws<ConfigurationException>(() => RunFiles.Make(folder, "testnet")).Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../escape")]
    [InlineData("two words")]
    [InlineData(".hidden")]
    [InlineData("-dash")]
    [InlineData("ärger")]
    public void A_name_that_is_none_is_one_line(string name) =>
        Assert.StartsWith("--name must be", Assert.Single(Assert.Throws<ConfigurationException>(() => RunFiles.At(_root, name)).Faults), StringComparison.Ordinal);

    [Fact]
    public void A_socket_path_may_have_107_bytes_and_no_more()
    {
        int room = 107 - "/s.sock".Length;
        string folder = "/" + new string('f', room - 1);

        Assert.Equal(107, RunFiles.At(folder, "s").SocketPath.Length);
        Assert.Contains("has 108 bytes", Assert.Single(Assert.Throws<ConfigurationException>(() => RunFiles.At(folder + "f", "s")).Faults), StringComparison.Ordinal);
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
