using System.Globalization;
using System.IO.Compression;
using System.Text;
using LatencyEngine.MetaModel;
using LatencyEngine.Signals;

namespace LatencyEngine.Training;

/// <summary>Reads candles and funding rates from CSV files, plain or gzip.</summary>
public static class CandleFile
{
    /// <summary>First line of a file of candles.</summary>
    public const string Header = "open_time_ms,open,high,low,close,volume";

    /// <summary>First line of a file of funding rates.</summary>
    public const string FundingHeader = "funding_time_ms,funding_rate";

    /// <summary>The candles of a file, folded into longer ones where it has shorter. One whose beginning is missing is left out, as is the last where its end is.</summary>
    /// <param name="path">With <see cref="Header"/>.</param>
    /// <param name="intervalMillis">Length of the candles wanted, ms.</param>
    /// <param name="sha256">Of the file's text, in hexadecimal digits.</param>
    /// <exception cref="InvalidDataException">It is no such file; the message names the line.</exception>
    public static Candle[] Read(string path, long intervalMillis, out string sha256)
    {
        var candles = new List<Candle>();
        sha256 = ReadRows(path, Header, (cells, line) =>
        {
            var candle = new Candle(Whole(cells[0]), Number(cells[1]), Number(cells[2]), Number(cells[3]), Number(cells[4]), Number(cells[5]));
            if (!candle.IsSound) throw new InvalidDataException($"{path}:{line}: a candle that cannot have happened: prices must be above zero with low and high around open and close, the volume not negative");
            if (candles.Count > 0 && candle.OpenMillis <= candles[^1].OpenMillis) throw new InvalidDataException($"{path}:{line}: a candle that is not later than the one before; sort the file by open_time_ms");
            candles.Add(candle);
        });
        if (candles.Count < 2) throw new InvalidDataException($"{path}: {candles.Count} candles, which is no series");

        long own = Enumerable.Range(1, candles.Count - 1).Min(i => candles[i].OpenMillis - candles[i - 1].OpenMillis);
        if (own > intervalMillis || intervalMillis % own != 0) throw new InvalidDataException($"{path}: candles of {own / 60_000.0} minutes, which cannot be folded into candles of {intervalMillis / 60_000.0}; name another --timeframe");
        if (own == intervalMillis) return [.. candles];
        var folder = new CandleFolder(intervalMillis);
        var folded = new List<Candle>();
        foreach (Candle candle in candles)
        {
            if (folder.OnCandle(in candle, out Candle closed) && folder.IsWhole) folded.Add(closed);
            if (folder.OnTime(candle.OpenMillis + own, out closed) && folder.IsWhole) folded.Add(closed);
        }

        return [.. folded];
    }

    /// <summary>The funding rates of a file.</summary>
    /// <param name="path">With <see cref="FundingHeader"/>.</param>
    /// <param name="sha256">Of the file's text, in hexadecimal digits.</param>
    /// <exception cref="InvalidDataException">It is no such file; the message names the line.</exception>
    public static FundingRates ReadFunding(string path, out string sha256)
    {
        var rates = new List<(long Millis, double Rate)>();
        sha256 = ReadRows(path, FundingHeader, (cells, line) =>
        {
            (long Millis, double Rate) rate = (Whole(cells[0]), Number(cells[1]));
            if (!double.IsFinite(rate.Rate)) throw new InvalidDataException($"{path}:{line}: a rate that is not finite");
            if (rates.Count > 0 && rate.Millis <= rates[^1].Millis) throw new InvalidDataException($"{path}:{line}: a rate that is not later than the one before; sort the file by funding_time_ms");
            rates.Add(rate);
        });
        return new FundingRates(rates);
    }

    private static long Whole(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string ReadRows(string path, string header, Action<string[], int> take)
    {
        byte[] bytes = Bytes(path);
        int columns = header.Split(',').Length;
        using var lines = new StringReader(Encoding.UTF8.GetString(bytes));
        int number = 1;
        if (lines.ReadLine() is var first && first?.TrimStart('\uFEFF').Trim() != header) throw new InvalidDataException($"{path}:1: the first line must be {header}");
        while (lines.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0) continue;
            string[] cells = line.Split(',');
            if (cells.Length != columns) throw new InvalidDataException($"{path}:{number}: {cells.Length} values, {columns} are wanted: {header}");
            try
            {
                take(cells, number);
            }
            catch (Exception fault) when (fault is FormatException or OverflowException)
            {
                throw new InvalidDataException($"{path}:{number}: {fault.Message}", fault);
            }
        }

        return ModelCard.Sha256(bytes);
    }

    private static byte[] Bytes(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }

        if (bytes is not [0x1f, 0x8b, ..]) return bytes;
        using var text = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            gzip.CopyTo(text);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }

        return text.ToArray();
    }
}
