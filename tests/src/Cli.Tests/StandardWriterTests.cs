using System.Text;

namespace LatencyEngine.Cli.Tests;

public sealed class StandardWriterTests
{
    [Fact]
    public void Everything_reaches_an_open_stream()
    {
        using var inner = new StringWriter();
        using var stream = new StandardWriter(inner);

        stream.Write('a');
        stream.Write("bc");
        stream.WriteLine("d");
        stream.WriteLine();
        stream.Write(1.5m);
        stream.Write((string?)null);
        stream.Flush();

        Assert.Equal("abcd\n\n1.5", inner.ToString());
    }

    [Fact]
    public void What_is_written_to_a_closed_stream_is_dropped_and_a_run_still_tells_by_its_status()
    {
        using var closed = new StandardWriter(new Failing(new UnauthorizedAccessException("Access to the path is denied.", new IOException("Bad file descriptor"))));

        closed.WriteLine("result");
        closed.Flush();
        Assert.Equal(ExitStatus.Done, Invoke(closed, "show-config"));
        Assert.Equal(ExitStatus.Usage, Invoke(closed, "backtest", "--leverage", "0"));
    }

    [Fact]
    public void A_full_disk_behind_a_stream_is_told()
    {
        using var full = new StandardWriter(new Failing(new IOException("No space left on device")));

        Assert.Throws<IOException>(() => full.WriteLine("result"));
    }

    private static int Invoke(StandardWriter closed, params string[] args) => Program.Invoke(args, new CliContext
    {
        Output = closed,
        Error = closed,
        OutputIsTerminal = false,
        ErrorIsTerminal = false,
        Environment = new Dictionary<string, string>(),
        Run = (_, _, _) => throw new InvalidOperationException("no run was expected"),
        Interrupted = CancellationToken.None,
    });

    private sealed class Failing(Exception fault) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw fault;

        public override void Flush() => throw fault;
    }
}
