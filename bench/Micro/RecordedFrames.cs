using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Micro;

/// <summary>Recorded frames of one kind, and the instruments they are about.</summary>
internal static class RecordedFrames
{
    /// <summary>Changes of Bybit's own 200-level books, BTCUSDT and SOLUSDT: 795 frames.</summary>
    public const string GenuineBookDeltas = "book200-genuine";

    /// <summary>Bybit's own trade messages, BTCUSDT and SOLUSDT: 73 frames.</summary>
    public const string GenuineTrades = "trades-genuine";

    /// <summary>Changes of a 50-level BTCUSDT book in V5's shape: 6,352 frames.</summary>
    public const string DerivedBookDeltas = "book50-derived";

    /// <summary>The instruments of both recordings, with the venue's scales.</summary>
    public static InstrumentTable Instruments() => InstrumentCatalog.Load(Repository.PathOf("samples/instruments-linear-20260809.json")).Select(["BTCUSDT", "SOLUSDT"]);

    /// <summary>The first frames of one kind in the order of the recording, which begins again when it has fewer.</summary>
    public static byte[][] Load(string corpus, int count)
    {
        (string recording, byte[] head, byte[] type) = corpus switch
        {
            GenuineBookDeltas => (Repository.GenuineRecording, "{\"topic\":\"orderbook.200."u8.ToArray(), "\"type\":\"delta\""u8.ToArray()),
            GenuineTrades => (Repository.GenuineRecording, "{\"topic\":\"publicTrade."u8.ToArray(), "\"type\":\"snapshot\""u8.ToArray()),
            DerivedBookDeltas => (Repository.DerivedRecording, "{\"topic\":\"orderbook.50."u8.ToArray(), "\"type\":\"delta\""u8.ToArray()),
            _ => throw new ArgumentOutOfRangeException(nameof(corpus), corpus, "no such kind of recorded frame"),
        };
        using RecordingReader reader = RecordingReader.Open(Repository.PathOf(recording));
        byte[][] found = [.. reader.ReadAll().Select(line => line.Frame.ToArray()).Where(frame => frame.AsSpan().StartsWith(head) && frame.AsSpan().IndexOf(type) >= 0).Take(count)];
        return [.. Enumerable.Range(0, count).Select(i => found[i % found.Length])];
    }
}
