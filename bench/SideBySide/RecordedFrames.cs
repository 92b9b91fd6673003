using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.SideBySide;

/// <summary>The frames of the shipped recordings by kind, and those made from them where a recording holds too few; see samples/SOURCES.md.</summary>
/// <remarks>Genuine: Bybit's own, BTCUSDT and SOLUSDT. Shaped: another venue's market in V5's shape, BTCUSDT.</remarks>
internal static class RecordedFrames
{
    private const string InstrumentsFile = "samples/instruments-linear-20260809.json";
    private const int ShapedSnapshotCount = 5_000;
    private const int SnapshotLevels = 200;

    private static readonly Lazy<byte[][]> Genuine = new(() => Read(Repository.GenuineRecording));
    private static readonly Lazy<byte[][]> Derived = new(() => Read(Repository.DerivedRecording));

    /// <summary>The instruments of both recordings, with the venue's scales.</summary>
    public static InstrumentTable Instruments() => InstrumentCatalog.Load(Repository.PathOf(InstrumentsFile)).Select(["BTCUSDT", "SOLUSDT"]);

    /// <summary>By instrument: how many decimals the venue prints prices and quantities with in books of depth 50 and more and in trades (Bybit V5, 2). They may be more than the step needs: 65114.30 in steps of 0.1.</summary>
    public static IEnumerable<(string Symbol, int Price, int Qty)> PrintedDecimals(InstrumentTable instruments)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf(InstrumentsFile)));
        Dictionary<string, JsonElement> rows = file.RootElement.GetProperty("result").GetProperty("list").EnumerateArray().ToDictionary(row => row.GetProperty("symbol").GetString()!);
        for (int i = 0; i < instruments.Count; i++)
        {
            string symbol = instruments[new InstrumentId(i)].Symbol;
            string qtyStep = rows[symbol].GetProperty("lotSizeFilter").GetProperty("qtyStep").GetString()!;
            yield return (symbol, int.Parse(rows[symbol].GetProperty("priceScale").GetString()!, CultureInfo.InvariantCulture), qtyStep.Contains('.') ? qtyStep.Length - qtyStep.IndexOf('.') - 1 : 0);
        }
    }

    /// <summary>Changes of Bybit's 200-level books: 795 frames.</summary>
    public static byte[][] GenuineBookDeltas() => Of(Genuine, "{\"topic\":\"orderbook.200.", "\"type\":\"delta\"");

    /// <summary>Bybit's 200-level books whole: 2 frames.</summary>
    public static byte[][] GenuineBookSnapshots() => Of(Genuine, "{\"topic\":\"orderbook.200.", "\"type\":\"snapshot\"");

    /// <summary>Bybit's trade messages: 73 frames.</summary>
    public static byte[][] GenuineTrades() => Of(Genuine, "{\"topic\":\"publicTrade.", "\"type\":\"snapshot\"");

    /// <summary>Bybit's tickers, snapshots and deltas: 378 frames.</summary>
    public static byte[][] GenuineTickers() => Of(Genuine, "{\"topic\":\"tickers.", "");

    /// <summary>Changes of a 50-level book: 6,352 frames.</summary>
    public static byte[][] ShapedBookDeltas() => Of(Derived, "{\"topic\":\"orderbook.50.", "\"type\":\"delta\"");

    /// <summary>Trade messages, 5,817 frames. The recording numbers its trades; here they have UUIDs, as linear trades do.</summary>
    public static byte[][] ShapedTrades() => [.. Of(Derived, "{\"topic\":\"publicTrade.", "\"type\":\"snapshot\"").Select(WithUuids)];

    /// <summary>Snapshots of 200 levels a side in the genuine one's layout, 5,000 frames: the best 50 levels are those of the shaped book after each of its changes, the 150 behind them have the distances and quantities of the genuine BTCUSDT book after one of its own.</summary>
    /// <param name="instruments">Of the recordings.</param>
    public static byte[][] ShapedBookSnapshots(InstrumentTable instruments)
    {
        byte[][] genuine = Of(Genuine, "{\"topic\":\"orderbook.200.BTCUSDT", "");
        (long[] Bids, long[] BidQty, long[] Asks, long[] AskQty)[] deep = [.. States(genuine, instruments, SnapshotLevels).Select(state => (state.Bids.Prices, state.Bids.Quantities, state.Asks.Prices, state.Asks.Quantities))];
        var frames = new List<byte[]>();
        InstrumentSpec instrument = instruments[new InstrumentId(0)];
        (_, int priceDecimals, int qtyDecimals) = PrintedDecimals(instruments).First();
        foreach ((Levels bids, Levels asks, BookDelta change) in States(Of(Derived, "{\"topic\":\"orderbook.50.", ""), instruments, SnapshotLevels).Take(ShapedSnapshotCount))
        {
            var behind = deep[frames.Count % deep.Length];
            bids.Extend(behind.Bids, behind.BidQty, SnapshotLevels);
            asks.Extend(behind.Asks, behind.AskQty, SnapshotLevels);
            frames.Add(Snapshot(instrument, bids, asks, change, priceDecimals, qtyDecimals));
        }

        return [.. frames];
    }

    /// <summary>The frames of a recording that begin and contain as given.</summary>
    private static byte[][] Of(Lazy<byte[][]> recording, string head, string part)
    {
        byte[] start = Encoding.ASCII.GetBytes(head), inside = Encoding.ASCII.GetBytes(part);
        return [.. recording.Value.Where(frame => frame.AsSpan().StartsWith(start) && frame.AsSpan().IndexOf(inside) >= 0)];
    }

    private static byte[][] Read(string path)
    {
        using RecordingReader reader = RecordingReader.Open(Repository.PathOf(path));
        return [.. reader.ReadAll().Select(line => line.Frame.ToArray())];
    }

    private static byte[] WithUuids(byte[] frame)
    {
        const string Key = "\"i\":\"";
        var text = new StringBuilder();
        string[] parts = Encoding.ASCII.GetString(frame).Split(Key);
        text.Append(parts[0]);
        foreach (string part in parts.Skip(1))
        {
            int end = part.IndexOf('"');
            byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(part[..end]));
            text.Append(Key).Append(new Guid(hash.AsSpan(0, 16))).Append(part, end, part.Length - end);
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>The book after each message, best level first.</summary>
    private static IEnumerable<(Levels Bids, Levels Asks, BookDelta Change)> States(byte[][] frames, InstrumentTable instruments, int levelsMax)
    {
        var decoder = new Utf8ReaderDecoder(instruments);
        var bids = new SortedDictionary<long, long>(Comparer<long>.Create((left, right) => right.CompareTo(left)));
        var asks = new SortedDictionary<long, long>();
        foreach (byte[] frame in frames)
        {
            decoder.Decode(frame);
            BookDelta book = decoder.Book;
            if (book.IsSnapshot)
            {
                bids.Clear();
                asks.Clear();
            }

            foreach (BookLevel level in book.Bids.AsSpan(0, book.BidCount)) Set(bids, level);
            foreach (BookLevel level in book.Asks.AsSpan(0, book.AskCount)) Set(asks, level);
            yield return (Levels.Of(bids, levelsMax), Levels.Of(asks, levelsMax), book);
        }
    }

    private static void Set(SortedDictionary<long, long> side, BookLevel level)
    {
        if (level.Qty == default) side.Remove(level.Price.Ticks);
        else side[level.Price.Ticks] = level.Qty.Lots;
    }

    private static byte[] Snapshot(InstrumentSpec instrument, Levels bids, Levels asks, BookDelta change, int priceDecimals, int qtyDecimals)
    {
        var text = new StringBuilder();
        text.Append($"{{\"topic\":\"orderbook.{SnapshotLevels}.{instrument.Symbol}\",\"type\":\"snapshot\",\"ts\":{change.PushMillis},\"data\":{{\"s\":\"{instrument.Symbol}\",\"b\":[");
        bids.Write(text, instrument, priceDecimals, qtyDecimals);
        text.Append("],\"a\":[");
        asks.Write(text, instrument, priceDecimals, qtyDecimals);
        text.Append($"],\"u\":{change.UpdateId},\"seq\":{change.Sequence}}},\"cts\":{change.MatchMillis}}}");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>One side of a book in ticks and lots, best level first.</summary>
    private sealed class Levels
    {
        public required long[] Prices { get; set; }

        public required long[] Quantities { get; set; }

        public static Levels Of(SortedDictionary<long, long> side, int levelsMax) => new() { Prices = [.. side.Keys.Take(levelsMax)], Quantities = [.. side.Values.Take(levelsMax)] };

        /// <summary>Adds levels behind the last one, as far apart and as large as those at the same places of another book.</summary>
        public void Extend(long[] prices, long[] quantities, int levels)
        {
            int own = Prices.Length;
            long shift = Prices[own - 1] - prices[own - 1];
            Prices = [.. Prices, .. prices[own..levels].Select(price => price + shift)];
            Quantities = [.. Quantities, .. quantities[own..levels]];
        }

        public void Write(StringBuilder text, InstrumentSpec instrument, int priceDecimals, int qtyDecimals)
        {
            for (int i = 0; i < Prices.Length; i++)
            {
                if (i > 0) text.Append(',');
                text.Append("[\"");
                Append(text, Prices[i] * instrument.TickE8, priceDecimals);
                text.Append("\",\"");
                Append(text, Quantities[i] * instrument.LotE8, qtyDecimals);
                text.Append("\"]");
            }
        }

        private static void Append(StringBuilder text, long valueE8, int decimals) => text.Append((valueE8 / 1e8m).ToString("F" + decimals, CultureInfo.InvariantCulture));
    }
}
