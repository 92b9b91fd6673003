using System.Diagnostics;
using System.Globalization;

namespace LatencyEngine.SideBySide;

/// <summary>The LMAX Disruptor in a process of its own, which is asked for one round a line; see lmax/RingBench.java. Compiled when it is wanted into <c>.build/</c>.</summary>
internal sealed class LmaxPeer : IDisposable
{
    private const string Source = "bench/SideBySide/lmax/RingBench.java";
    private const string Classes = ".build/lmax";
    private const string Jar = "/usr/share/java/disruptor.jar";   // where Debian's libdisruptor-java puts it

    private readonly Process _process;

    private LmaxPeer(Process process) => _process = process;

    /// <summary>Compiles and starts it. To be called before the calling thread is bound to a core, or Java would be bound with it.</summary>
    /// <param name="pair">The cores to use.</param>
    /// <param name="remedy">What is missing and how to get it.</param>
    /// <returns>Null where it cannot be had.</returns>
    public static LmaxPeer? TryStart(PinnedPair pair, out string remedy)
    {
        remedy = "apt-get install default-jdk-headless libdisruptor-java";
        if (!File.Exists(Jar)) return null;
        string classes = Repository.PathOf(Classes);
        if (!Tool.Run("javac", out _, out string errors, "-cp", Jar, "-d", classes, Repository.PathOf(Source)))
        {
            remedy = $"{remedy} ({errors.Split('\n')[0]})";
            return null;
        }

        string[] arguments = ["-cp", $"{Jar}:{classes}", "RingBench", $"{pair.ProducerCore}", $"{pair.ConsumerCore}"];
        return new LmaxPeer(Process.Start(new ProcessStartInfo("java", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!);
    }

    /// <summary>One stream of events.</summary>
    /// <returns>Nanoseconds of a piece at the lower quartile, and the sum of the values that arrived.</returns>
    public (double PieceNanos, long Sum) Stream(int batch, int slots, int pieceEvents, int pieces)
    {
        string[] answer = Ask($"stream {batch} {slots} {pieceEvents} {pieces}");
        return (double.Parse(answer[1], CultureInfo.InvariantCulture), long.Parse(answer[0], CultureInfo.InvariantCulture));
    }

    /// <summary>Single events, one every so many nanoseconds.</summary>
    /// <returns>Percentiles of the time from publication until the consumer has it, ns, and the events that arrived.</returns>
    public (double P50, double P99, long Events) Hop(int slots, int events, int gapNanos)
    {
        string[] answer = Ask($"hop {slots} {events} {gapNanos}");
        return (double.Parse(answer[1], CultureInfo.InvariantCulture), double.Parse(answer[2], CultureInfo.InvariantCulture), long.Parse(answer[0], CultureInfo.InvariantCulture));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string[] Ask(string request)
    {
        _process.StandardInput.WriteLine(request);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine()?.Split(' ') ?? throw new InvalidOperationException($"LMAX ended in the middle of the comparison, when asked for \"{request}\"");
    }
}
