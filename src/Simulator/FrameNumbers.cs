using System.Buffers;
using System.Buffers.Text;

namespace LatencyEngine.Simulator;

/// <summary>The update ids and sequences of a recording that is played again and again: how far they reach, so that those of each lap follow those of the lap before (Bybit V5, 6).</summary>
internal sealed class FrameNumbers
{
    private const int DigitsMax = 20;   // of a long, with its sign

    private static readonly byte[][] Keys = [.. new[] { "\"u\":", "\"seq\":", "\"cs\":" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    private readonly Dictionary<(string Topic, int Key), (long Least, long Most)> _ranges = [];

    /// <summary>By how much numbers must rise from lap to lap so that none comes again in its topic; 0 where there are none.</summary>
    public long Span => _ranges.Count == 0 ? 0 : _ranges.Values.Max(range => range.Most - range.Least) + 1;

    /// <summary>Notes the numbers of a frame of the first lap.</summary>
    public void Note(ReadOnlySpan<byte> frame)
    {
        if (!MarketFrame.TryReadTopicName(frame, out string topic)) return;
        for (int key = 0; key < Keys.Length; key++)
        {
            for (int from = 0; TryFind(frame, Keys[key], ref from, out long number, out int digits); from += digits)
            {
                (long Least, long Most) range = _ranges.GetValueOrDefault((topic, key), (number, number));
                _ranges[(topic, key)] = (Math.Min(range.Least, number), Math.Max(range.Most, number));
            }
        }
    }

    /// <summary>The frame with every number higher by as much; the same frame for 0.</summary>
    public static ReadOnlyMemory<byte> Raise(ReadOnlyMemory<byte> frame, long by)
    {
        if (by == 0) return frame;
        ReadOnlyMemory<byte> raised = frame;
        foreach (byte[] key in Keys) raised = Raise(raised, key, by);
        return raised;
    }

    /// <summary>Reads the update id of a book frame; false where there is none.</summary>
    public static bool TryReadUpdateId(ReadOnlySpan<byte> frame, out long updateId)
    {
        int from = 0;
        return TryFind(frame, Keys[0], ref from, out updateId, out _);
    }

    /// <summary>A book frame with its update id alone higher by as much; the same frame for 0.</summary>
    public static ReadOnlyMemory<byte> RaiseUpdateId(ReadOnlyMemory<byte> frame, long by) => by == 0 ? frame : Raise(frame, Keys[0], by);

    private static ReadOnlyMemory<byte> Raise(ReadOnlyMemory<byte> frame, byte[] key, long by)
    {
        var raised = new ArrayBufferWriter<byte>(frame.Length + DigitsMax);
        int copied = 0;
        for (int from = 0; TryFind(frame.Span, key, ref from, out long number, out int digits); from += digits)
        {
            raised.Write(frame.Span[copied..from]);
            Utf8Formatter.TryFormat(number + by, raised.GetSpan(DigitsMax), out int written);
            raised.Advance(written);
            copied = from + digits;
        }

        if (copied == 0) return frame;
        raised.Write(frame.Span[copied..]);
        return raised.WrittenMemory;
    }

    /// <summary>The next number behind a key; <paramref name="from"/> is where to look from and then where it begins.</summary>
    private static bool TryFind(ReadOnlySpan<byte> frame, byte[] key, ref int from, out long number, out int digits)
    {
        while (frame[from..].IndexOf(key) is var found and >= 0)
        {
            from += found + key.Length;
            if (Utf8Parser.TryParse(frame[from..], out number, out digits)) return true;
        }

        number = digits = 0;
        return false;
    }
}
