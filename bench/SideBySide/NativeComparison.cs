using System.Diagnostics;

namespace LatencyEngine.SideBySide;

/// <summary>The natively compiled program beside the ordinary one: from the start of the process until it has said its version, and a market frame of the self-test's long run through the hot path, with a venue that answers.</summary>
/// <remarks>Processes of their own, on the last core that may be used, by the clock. What a frame costs is the difference of a long run and a short one, in which the start cancels.</remarks>
internal static class NativeComparison
{
    // Set by run.sh where the native program is built of the sources as they are.
    private const string Native = "BENCH_NATIVE_PROGRAM";
    private const string Ordinary = "BENCH_ORDINARY_PROGRAM";
    private const int ShortFrames = 500_000;
    private const int LongFrames = 2_000_000;

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } = [new Entry(["Native.start", "Native.frame"], ["native.start", "native.frame"], Open)];

    private static Comparison Open(BenchContext context)
    {
        var contestants = new List<Contestant>();
        if (Program(Native) is { } native) contestants.Add(Of("Native", [native]));
        else context.Miss("the native program of these sources", "./run.sh publish, then ./run.sh bench");
        if (Program(Ordinary) is { } ordinary) contestants.Add(Of("native.jit", ["dotnet", ordinary]));
        return new Comparison
        {
            Contestants = contestants,
            Ratios = [Ratio.TimesFaster("native.start", "Native.start", "native.jit.start"), Ratio.TimesFaster("native.frame", "Native.frame", "native.jit.frame")],
            IsPinned = false,
        };
    }

    private static string? Program(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path && File.Exists(path) ? path : null;

    private static Contestant Of(string name, string[] program)
    {
        string version = Tool.OutputOf(program[0], [.. program[1..], "--version"]) ?? throw new InvalidOperationException($"{program[^1]} does not run");
        return new Contestant([new Figure($"{name}.start"), new Figure($"{name}.frame")], numbers =>
        {
            numbers[0] = Nanos([.. program, "--version"], said => said == version);
            double shorter = Nanos([.. program, "self-test", "--frames", $"{ShortFrames}"], static _ => true);
            double longer = Nanos([.. program, "self-test", "--frames", $"{LongFrames}"], static _ => true);
            numbers[1] = (longer - shorter) / (LongFrames - ShortFrames);
        }) { IsInProcess = false };
    }

    private static double Nanos(string[] command, Func<string, bool> isRight)
    {
        long began = Stopwatch.GetTimestamp();
        bool isDone = Tool.Run("taskset", out string said, out string errors, ["-c", FormattableString.Invariant($"{HostThread.LastCore(HostThread.Allowed())}"), .. command]);
        double nanos = Stopwatch.GetElapsedTime(began).TotalNanoseconds;
        return isDone && isRight(said) ? nanos : throw new AnswersDifferException($"{string.Join(' ', command)} failed: {said}{errors}");
    }
}
