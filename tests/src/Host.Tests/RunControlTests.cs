using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace LatencyEngine.Host.Tests;

/// <summary>The control socket, with real clients; no engine is joined to it.</summary>
public sealed class RunControlTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("run-control-tests-").FullName, "state");

    private RunFiles Files => RunFiles.Make(_folder, "testnet");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void A_run_is_killed_and_resumed_through_the_socket_and_the_file_is_gone_behind_it()
    {
        using (RunControl control = Open())
        {
            Assert.Equal(["testnet"], ControlClient.Running(_folder));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(Files.SocketPath));

            Assert.True(Ask(ControlRequest.Kill, "a test")!.IsDone);
            Assert.Contains($"(pid {Environment.ProcessId})", Assert.Single(control.Switch.Kills).By, StringComparison.Ordinal);
            Assert.StartsWith(Environment.UserName, control.Switch.Kills[0].By, StringComparison.Ordinal);
            Assert.Equal("a test", Assert.Single(KillLatch.Read(Files.LatchPath)).Why);
            Assert.Contains("only starting, killed by", Ask(ControlRequest.Status)!.Text, StringComparison.Ordinal);

            Assert.True(Ask(ControlRequest.Resume)!.IsDone);
            Assert.Empty(control.Switch.Kills);
        }

        Assert.False(File.Exists(Files.SocketPath));
        Assert.Null(Ask(ControlRequest.Status));
        Assert.Empty(ControlClient.Running(_folder));
    }

    [Fact]
    public void A_name_is_one_engines_and_free_again_behind_it()
    {
        using (RunControl control = Open())
        {
            Assert.Contains("another engine runs under the name testnet", Assert.Single(Assert.Throws<ConfigurationException>(Open).Faults), StringComparison.Ordinal);
            Assert.NotNull(Ask(ControlRequest.Status));   // the first is as it was
        }

        Open().Dispose();
    }

    [Fact]
    public void A_socket_that_a_dead_engine_has_left_is_replaced()
    {
        File.WriteAllText(Files.SocketPath, "");   // nobody listens at it

        using RunControl control = Open();
        Assert.NotNull(Ask(ControlRequest.Status));
    }

    [Theory]
    [InlineData("garbage\n")]
    [InlineData("{}\n")]
    [InlineData("null\n")]
    [InlineData("[[[[[[\n")]
    [InlineData("{\"verb\":7}\n")]
    public void A_client_that_says_what_is_no_request_is_dropped_and_the_next_is_heard(string text)
    {
        using RunControl control = Open();
        using Socket client = Connect();
        client.Send(Encoding.UTF8.GetBytes(text));

        Assert.Equal(0, ReadToEnd(client));
        Assert.NotNull(Ask(ControlRequest.Status));
        Assert.Empty(control.Switch.Kills);
    }

    [Fact]
    public void A_request_that_is_none_of_this_version_is_answered_so()
    {
        using RunControl control = Open();

        ControlReply? reply = Ask("dance");

        Assert.Equal((false, "dance is no request of this version"), (reply!.IsDone, reply.Text));
    }

    [Fact]
    public void Clients_that_say_nothing_too_much_or_half_are_dropped_and_hold_up_nobody()
    {
        using RunControl control = Open();
        using Socket silent = Connect();
        using Socket half = Connect();
        half.Send("{\"verb\":\"kill\""u8);
        using Socket flood = Connect();
        try
        {
            for (int i = 0; i < 100; i++) flood.Send(new byte[4_096]);
        }
        catch (SocketException)
        {
            // Dropped in the middle of it.
        }

        long asked = Stopwatch.GetTimestamp();
        Assert.NotNull(Ask(ControlRequest.Status));
        Assert.True(Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(1));
        Assert.Equal(0, ReadToEnd(silent));
        Assert.Equal(0, ReadToEnd(half));
        Assert.Empty(control.Switch.Kills);
    }

    [Fact]
    public void A_crowd_of_silent_clients_is_turned_away_and_a_kill_comes_through_when_their_time_is_up()
    {
        using RunControl control = Open();
        Socket[] crowd = [.. Enumerable.Range(0, 12).Select(_ => Connect())];

        long begun = Stopwatch.GetTimestamp();
        while (!IsKilled() && Stopwatch.GetElapsedTime(begun) < Patience) Thread.Sleep(10);

        Assert.NotEmpty(control.Switch.Kills);
        Assert.All(crowd, client => Assert.Equal(0, ReadToEnd(client)));
        foreach (Socket client in crowd) client.Dispose();

        bool IsKilled()
        {
            try
            {
                return Ask(ControlRequest.Kill, "through the crowd") is { IsDone: true };
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void Two_clients_at_a_time_are_both_answered()
    {
        using RunControl control = Open();

        ControlReply?[] replies = [.. Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(i => Ask(ControlRequest.Kill, $"reason {i}"))];

        Assert.All(replies, reply => Assert.True(reply!.IsDone));
        Assert.StartsWith("reason", control.Switch.Kills[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_signal_SIGUSR1_kills()
    {
        using RunControl control = Open();

        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -USR1 {Environment.ProcessId}"]);
        kill.WaitForExit();

        Assert.True(SpinWait.SpinUntil(() => control.Switch.IsKilled, Patience));
        Assert.Equal("signal", control.Switch.Kills[0].By);
    }

    [Fact]
    public void A_file_that_appears_kills_within_a_moment()
    {
        string killFile = Path.Combine(_folder, "stop");
        using RunControl control = Open(("control:killFile", killFile));

        File.WriteAllText(killFile, "");

        Assert.True(SpinWait.SpinUntil(() => control.Switch.IsKilled, Patience));
        Assert.Equal($"file {killFile}", control.Switch.Kills[0].By);
    }

    private RunControl Open() => Open([]);

    private RunControl Open(params (string Key, string Value)[] settings)
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [.. settings.Select(setting => new ConfigurationOverride(setting.Key, setting.Value, "--test"))]);
        return RunControl.Open(Files, "live", configuration, isLatching: true)!;
    }

    private ControlReply? Ask(string verb, string? reason = null) => ControlClient.Ask(Files, new ControlRequest { Verb = verb, Reason = reason });

    private Socket Connect()
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
        client.Connect(new UnixDomainSocketEndPoint(Files.SocketPath));
        return client;
    }

    /// <summary>Bytes that come until the other side closes.</summary>
    private static int ReadToEnd(Socket client)
    {
        int count = 0;
        byte[] bytes = new byte[4_096];
        try
        {
            for (int read = 1; read > 0; count += read) read = client.Receive(bytes);
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with bytes of ours unread.
        }

        return count;
    }
}
