using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.Budgets;

/// <summary>The recordings of <c>samples/</c> and the instruments they are about.</summary>
internal static class Market
{
    /// <summary>Bybit's own frames of BTCUSDT and SOLUSDT.</summary>
    public const string GenuineRecording = "bybit-linear-btc-sol-20260809.frames.gz";

    /// <summary>BTCUSDT of another venue in V5's shape, long enough for a run.</summary>
    public const string DerivedRecording = "v5shaped-btcusdt-20240808.frames.gz";

    /// <summary>Index of BTCUSDT.</summary>
    public static readonly InstrumentId Btc = new(0);

    // Scales and bounds as in samples/instruments-linear-20260809.json.
    private static readonly InstrumentSpec BtcSpec = new(Btc, "BTCUSDT", priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1)
    {
        MinOrderQty = new(1), MaxOrderQty = new(1_500_000), MinNotional = new(5 * MoneyE8.One), MinPrice = new(1), MaxPrice = new(19_999_998), MaxLeverageE2 = 10_000,
    };

    // As Bitcoin in all but its name, which is as long.
    private static readonly InstrumentSpec TwinSpec = new(new InstrumentId(1), "ETHUSDT", priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1)
    {
        MinOrderQty = new(1), MaxOrderQty = new(1_500_000), MinNotional = new(5 * MoneyE8.One), MinPrice = new(1), MaxPrice = new(19_999_998), MaxLeverageE2 = 10_000,
    };

    private static readonly InstrumentSpec SolSpec = new(new InstrumentId(1), "SOLUSDT", priceDecimals: 2, tickMantissa: 1, qtyDecimals: 1, lotMantissa: 1)
    {
        MinOrderQty = new(1), MaxOrderQty = new(960_000), MinNotional = new(5 * MoneyE8.One), MinPrice = new(1), MaxPrice = new(19_999_998), MaxLeverageE2 = 10_000,
    };

    /// <summary>Both instruments.</summary>
    public static InstrumentTable Instruments { get; } = new([BtcSpec, SolSpec]);

    /// <summary>BTCUSDT and an instrument whose market is the same, for what a second one costs.</summary>
    public static InstrumentTable Twins { get; } = new([BtcSpec, TwinSpec]);

    /// <summary>A frame of BTCUSDT as the twin's.</summary>
    public static byte[] OfTwin(byte[] frame) => Latin1(System.Text.Encoding.Latin1.GetString(frame).Replace(BtcSpec.Symbol, TwinSpec.Symbol, StringComparison.Ordinal));

    /// <summary>The first frames of a recording whose text begins and goes on as asked.</summary>
    public static byte[][] Frames(string recording, string head, string type, int countMax)
    {
        byte[] wantedHead = [.. "{\"topic\":\""u8, .. Latin1(head)];
        byte[] wantedType = Latin1($"\"type\":\"{type}\"");
        return [.. Lines(recording).Select(line => line.Frame).Where(frame => frame.AsSpan().StartsWith(wantedHead) && frame.AsSpan().IndexOf(wantedType) >= 0).Take(countMax)];
    }

    /// <summary>Every line of a recording: receive time in nanoseconds since 1970, and the frame.</summary>
    public static IEnumerable<(long ReceivedNanos, byte[] Frame)> Lines(string recording)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Repository.Root, "samples", recording)), CompressionMode.Decompress), System.Text.Encoding.Latin1);
        while (text.ReadLine() is { } line)
        {
            int space = line.IndexOf(' ');
            yield return (long.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture), Latin1(line[(space + 1)..]));
        }
    }

    /// <summary>A price or quantity as a count of the instrument's ticks or lots, by the framework's reader and decimal arithmetic.</summary>
    public static long Steps(JsonElement text, long stepE8) => (long)(decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture) * 100_000_000m / stepE8);

    /// <summary>The instrument of a symbol.</summary>
    public static InstrumentSpec Instrument(JsonElement symbol) =>
        Instruments.TryFind(Latin1(symbol.GetString()!), out InstrumentSpec? spec) ? spec : throw new InvalidDataException($"{symbol} is not traded here");

    /// <summary>The bytes of a text in ASCII.</summary>
    public static byte[] Latin1(string text) => System.Text.Encoding.Latin1.GetBytes(text);
}
