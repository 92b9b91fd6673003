using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace LatencyEngine.Meter;

/// <summary>Writes histograms into a log of HdrHistogram's format 1.3, the <c>.hlog</c> text that its tools read: one line a histogram, with every count.</summary>
/// <remarks>Thread: one. Allocates. Source: HdrHistogram, <c>HistogramLogWriter</c>, <c>EncodableHistogram</c> (V2, compressed) and <c>ZigZagEncoding</c>.</remarks>
public sealed class HlogWriter
{
    private const int CountsCookie = 0x1c849313;       // V2, with counts as variable-length numbers
    private const int CompressedCookie = 0x1c849314;
    private const int HeaderBytes = 40;
    private const int NumberBytesMax = 9;
    private const double MaxUnitNanos = 1_000_000;     // the column of the largest value is in ms

    private readonly TextWriter _output;

    /// <summary>Writes the heading.</summary>
    /// <param name="output">Gets the text; lines end in a line feed whatever the writer's own setting is.</param>
    /// <param name="startMillis">When the log begins, ms since 1970.</param>
    public HlogWriter(TextWriter output, long startMillis)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        string date = DateTimeOffset.FromUnixTimeMilliseconds(startMillis).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        output.Write("#[Histogram log format version 1.3]\n");
        output.Write(string.Create(CultureInfo.InvariantCulture, $"#[StartTime: {startMillis / 1e3:0.000} (seconds since epoch), {date}]\n"));
        output.Write("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n");
    }

    /// <summary>Writes a line.</summary>
    /// <param name="histogram">What was recorded.</param>
    /// <param name="tag">Names the series, without comma, space or line end; empty for none.</param>
    /// <param name="startSeconds">When the recording began, s after the log's beginning.</param>
    /// <param name="lengthSeconds">How long it went on, s.</param>
    /// <exception cref="ArgumentException">The tag cannot be written.</exception>
    public void Write(LatencyHistogram histogram, string tag, double startSeconds, double lengthSeconds)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        if (tag.AsSpan().ContainsAny(", \r\n")) throw new ArgumentException($"a tag has no comma, space or line end, was \"{tag}\"", nameof(tag));
        string name = tag.Length > 0 ? $"Tag={tag}," : "";
        _output.Write(string.Create(CultureInfo.InvariantCulture, $"{name}{startSeconds:0.000},{lengthSeconds:0.000},{histogram.Max / MaxUnitNanos:0.000},{Convert.ToBase64String(Compressed(histogram))}\n"));
    }

    private static byte[] Compressed(LatencyHistogram histogram)
    {
        byte[] counts = Counts(histogram);
        byte[] whole = new byte[HeaderBytes + counts.Length];
        BinaryPrimitives.WriteInt32BigEndian(whole, CountsCookie);
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(4), counts.Length);
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(12), LatencyHistogram.SignificantDigits);   // at 8: the offset of a shifted histogram, none
        BinaryPrimitives.WriteInt64BigEndian(whole.AsSpan(16), 1);
        BinaryPrimitives.WriteInt64BigEndian(whole.AsSpan(24), LatencyHistogram.HighestTrackableNanos);
        BinaryPrimitives.WriteDoubleBigEndian(whole.AsSpan(32), 1);
        counts.CopyTo(whole, HeaderBytes);

        using var packed = new MemoryStream();
        packed.Write(stackalloc byte[8]);
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(whole);
        byte[] bytes = packed.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes, CompressedCookie);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), bytes.Length - 8);
        return bytes;
    }

    /// <summary>Every count up to that of the largest value; a run of zeros is its length, negative.</summary>
    private static byte[] Counts(LatencyHistogram histogram)
    {
        int steps = histogram.StepCount;
        while (steps > 0 && histogram.CountAt(steps - 1) == 0) steps--;
        byte[] bytes = new byte[steps * NumberBytesMax];
        int length = 0;
        for (int i = 0; i < steps;)
        {
            int zeros = 0;
            while (i < steps && histogram.CountAt(i) == 0)
            {
                zeros++;
                i++;
            }

            length += Put(bytes.AsSpan(length), zeros > 0 ? -zeros : histogram.CountAt(i++));
        }

        return bytes[..length];
    }

    /// <summary>A number as ZigZag and LEB128: seven bits a byte, the ninth byte whole.</summary>
    private static int Put(Span<byte> bytes, long number)
    {
        ulong left = (ulong)((number << 1) ^ (number >> 63));
        int length = 0;
        for (; left >= 0x80 && length < NumberBytesMax - 1; left >>= 7) bytes[length++] = (byte)(left | 0x80);
        bytes[length++] = (byte)left;
        return length;
    }
}
