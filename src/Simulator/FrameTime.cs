using System.Buffers.Text;

namespace LatencyEngine.Simulator;

/// <summary>Moves a recorded frame in time: every stamp in milliseconds that V5 writes into public frames (Bybit V5, 6).</summary>
internal static class FrameTime
{
    private static readonly byte[][] Keys =
        [.. new[] { "\"ts\":", "\"cts\":", "\"T\":", "\"start\":", "\"end\":", "\"timestamp\":", "\"nextFundingTime\":\"" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    /// <summary>The frame with every stamp later by so many milliseconds; the same frame for 0. A stamp whose number of digits would change stays.</summary>
    public static ReadOnlyMemory<byte> Shift(ReadOnlyMemory<byte> frame, long millis)
    {
        if (millis == 0) return frame;
        byte[] shifted = frame.ToArray();
        Span<byte> written = stackalloc byte[20];
        foreach (byte[] key in Keys)
        {
            int from = 0;
            while (shifted.AsSpan(from).IndexOf(key) is var found and >= 0)
            {
                from += found + key.Length;
                Span<byte> text = shifted.AsSpan(from);
                if (!Utf8Parser.TryParse(text, out long stamp, out int digits)) continue;
                if (Utf8Formatter.TryFormat(stamp + millis, written, out int length) && length == digits) written[..length].CopyTo(text);
            }
        }

        return shifted;
    }
}
