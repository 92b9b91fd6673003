using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace LatencyEngine.History;

/// <summary>Reads the CSV layouts that the field exchanges history in, plain or gzip, and writes the first two of them.</summary>
public static class HistoryCsv
{
    /// <summary>First line of a file of candles.</summary>
    public const string CandleHeader = "open_time_ms,open,high,low,close,volume";

    /// <summary>First line of a file of funding.</summary>
    public const string FundingHeader = "funding_time_ms,funding_rate";

    /// <summary>First line of a file of daily candles, whose volume is in quote coin.</summary>
    public const string DailyHeader = "date,open,high,low,close,volume_usd";

    /// <summary>The layouts, for people.</summary>
    public static string Headers { get; } = $"{CandleHeader} or {FundingHeader} or {DailyHeader}";

    /// <summary>Reads a file. Rows come as they are: what cannot be believed is for the history to say.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="HistoryException">It cannot be read, or is none of these; the message names the line.</exception>
    public static HistoryFile Read(string path)
    {
        using StreamReader reader = Open(path);
        try
        {
            string header = reader.ReadLine()?.TrimStart('\uFEFF').Trim() ?? "";
            return header switch
            {
                CandleHeader => new HistoryFile(Rows(reader, path, header, cells => new HistoryCandle(Whole(cells[0]), Number(cells[1]), Number(cells[2]), Number(cells[3]), Number(cells[4]), NumberOrNone(cells[5]), double.NaN)), null),
                DailyHeader => new HistoryFile(Rows(reader, path, header, cells => new HistoryCandle(Day(cells[0]), Number(cells[1]), Number(cells[2]), Number(cells[3]), Number(cells[4]), double.NaN, NumberOrNone(cells[5]))), null) { IsDaily = true },
                FundingHeader => new HistoryFile(null, Rows(reader, path, header, cells => new FundingSettlement(Whole(cells[0]), Number(cells[1])))),
                _ => throw new HistoryException($"{path}:1: the first line must be {Headers}"),
            };
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException)
        {
            throw new HistoryException($"{path}: {fault.Message}", fault);
        }
    }

    /// <summary>Writes candles. What a candle has besides the layout's columns is left out.</summary>
    public static void Write(TextWriter output, IEnumerable<HistoryCandle> candles)
    {
        output.Write(CandleHeader + "\n");
        foreach (HistoryCandle candle in candles)
        {
            double[] numbers = [candle.Open, candle.High, candle.Low, candle.Close, candle.Volume];
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{candle.OpenMillis},{string.Join(',', numbers.Select(HistoryText.Number))}\n"));
        }
    }

    /// <summary>Writes funding.</summary>
    public static void Write(TextWriter output, IEnumerable<FundingSettlement> settlements)
    {
        output.Write(FundingHeader + "\n");
        foreach (FundingSettlement one in settlements) output.Write(string.Create(CultureInfo.InvariantCulture, $"{one.AtMillis},{HistoryText.Number(one.Rate)}\n"));
    }

    private static StreamReader Open(string path)
    {
        try
        {
            FileStream file = File.OpenRead(path);
            bool isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            return new StreamReader(isGzip ? new GZipStream(file, CompressionMode.Decompress) : file, Encoding.UTF8);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new HistoryException($"{path}: {fault.Message}", fault);
        }
    }

    private static List<T> Rows<T>(StreamReader reader, string path, string header, Func<string[], T> read)
    {
        int columns = header.Split(',').Length;
        var rows = new List<T>();
        for (int number = 2; reader.ReadLine() is { } line; number++)
        {
            if (line.Length == 0) continue;
            string[] cells = line.Split(',');
            if (cells.Length != columns) throw new HistoryException($"{path}:{number}: {cells.Length} values, {columns} are wanted: {header}");
            try
            {
                rows.Add(read(cells));
            }
            catch (Exception fault) when (fault is FormatException or OverflowException)
            {
                throw new HistoryException($"{path}:{number}: {fault.Message}", fault);
            }
        }

        return rows;
    }

    private static long Whole(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static long Day(string text) => new DateTimeOffset(DateTime.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static double NumberOrNone(string text) => text.Length == 0 ? double.NaN : Number(text);
}
