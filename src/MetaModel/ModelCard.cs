using System.Security.Cryptography;
using System.Text.Json;

namespace LatencyEngine.MetaModel;

/// <summary>What a model's folder says about it, beside XGBoost's own file: features, calibration, hashes, and whether the test found an edge.</summary>
public sealed record ModelCard
{
    /// <summary>Name of XGBoost's file in a model's folder.</summary>
    public const string ModelFileName = "model.json";

    /// <summary>Name of this one.</summary>
    public const string FileName = "meta-model.json";

    /// <summary>Version of the layout.</summary>
    public const int Format = 3;

    private const string Platt = "platt";
    private const string Isotonic = "isotonic";
    private const string Own = "sha256";

    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Instrument that it was trained on.</summary>
    public required string Symbol { get; init; }

    /// <summary>Length of the candles, ms.</summary>
    public required long IntervalMillis { get; init; }

    /// <summary>Name of each feature, in order.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Fitted out of fold.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>What a probability must exceed to be acted on.</summary>
    public required double Threshold { get; init; }

    /// <summary>Whether the walk-forward test found an edge. Without one the model is not traded on.</summary>
    public required bool HasEdge { get; init; }

    /// <summary>Whether the rows that it was trained on had the funding rate. Without it every tree that asks for one goes the way of a missing number.</summary>
    public required bool UsesFunding { get; init; }

    /// <summary>Stop of the trades that it learnt from, a fraction of the entry.</summary>
    public required double StopFraction { get; init; }

    /// <summary>Their target, a fraction of the entry.</summary>
    public required double TargetFraction { get; init; }

    /// <summary>Candles that they lived at most.</summary>
    public required int CandlesMax { get; init; }

    /// <summary>Open of the last candle trained on, ms since 1970.</summary>
    public required long TrainedUntilMillis { get; init; }

    /// <summary>SHA-256 of XGBoost's file, in hexadecimal digits.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>SHA-256 of the candles and funding rates, as text.</summary>
    public required string DataSha256 { get; init; }

    /// <summary>SHA-256 of the settings that it was trained with.</summary>
    public required string ConfigurationSha256 { get; init; }

    /// <summary>SHA-256 of all the rest: another model, or the same with anything else said about it, has another.</summary>
    public string Identity => Sha256(Bytes(identity: null));

    /// <summary>SHA-256 of bytes, in lower hexadecimal digits.</summary>
    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Reads the file.</summary>
    /// <param name="json">Its bytes.</param>
    /// <exception cref="InvalidDataException">It is something else; the message says what.</exception>
    public static ModelCard Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            int format = root.GetProperty("format").GetInt32();
            if (format != Format) throw new InvalidDataException($"format {format}, where this program reads {Format}; train the model again");
            JsonElement calibration = root.GetProperty("calibration");
            var card = new ModelCard
            {
                Name = Text("name"),
                Symbol = Text("symbol"),
                IntervalMillis = root.GetProperty("intervalMillis").GetInt64(),
                Features = [.. root.GetProperty("features").EnumerateArray().Select(one => one.GetString() ?? "")],
                Calibration = calibration.GetProperty("method").GetString() switch
                {
                    Platt => Calibration.Platt(calibration.GetProperty("slope").GetDouble(), calibration.GetProperty("offset").GetDouble()),
                    Isotonic => Calibration.Isotonic(Numbers("scores"), Numbers("probabilities")),
                    var other => throw new InvalidDataException($"the calibration \"{other}\", where this program knows {Platt} and {Isotonic}"),
                },
                Threshold = root.GetProperty("threshold").GetDouble() is >= 0 and <= 1 and var threshold ? threshold : throw new InvalidDataException("a threshold that is no probability"),
                HasEdge = root.GetProperty("edge").GetBoolean(),
                UsesFunding = root.GetProperty("funding").GetBoolean(),
                StopFraction = root.GetProperty("stopFraction").GetDouble(),
                TargetFraction = root.GetProperty("targetFraction").GetDouble(),
                CandlesMax = root.GetProperty("candlesMax").GetInt32(),
                TrainedUntilMillis = root.GetProperty("trainedUntilMillis").GetInt64(),
                ModelSha256 = Text("modelSha256"),
                DataSha256 = Text("dataSha256"),
                ConfigurationSha256 = Text("configurationSha256"),
            };
            return Text(Own) == card.Identity ? card : throw new InvalidDataException("something in it is not as it was written: its SHA-256 is another; train the model again, or put the file back");

            string Text(string name) => root.GetProperty(name).GetString() ?? throw new InvalidDataException($"{name} is null");
            double[] Numbers(string name) => [.. calibration.GetProperty(name).EnumerateArray().Select(one => one.GetDouble())];
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"not a description of a model: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }

    /// <summary>The file's bytes; the same for the same content.</summary>
    public byte[] ToJson() => Bytes(Identity);

    private byte[] Bytes(string? identity)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("name", Name);
            writer.WriteString("symbol", Symbol);
            writer.WriteNumber("intervalMillis", IntervalMillis);
            writer.WriteStartArray("features");
            foreach (string feature in Features) writer.WriteStringValue(feature);
            writer.WriteEndArray();
            writer.WriteStartObject("calibration");
            writer.WriteString("method", Calibration.IsIsotonic ? Isotonic : Platt);
            if (Calibration.IsIsotonic)
            {
                WriteNumbers(writer, "scores", Calibration.Scores);
                WriteNumbers(writer, "probabilities", Calibration.Probabilities);
            }
            else
            {
                writer.WriteNumber("slope", Calibration.Slope);
                writer.WriteNumber("offset", Calibration.Offset);
            }

            writer.WriteEndObject();
            writer.WriteNumber("threshold", Threshold);
            writer.WriteBoolean("edge", HasEdge);
            writer.WriteBoolean("funding", UsesFunding);
            writer.WriteNumber("stopFraction", StopFraction);
            writer.WriteNumber("targetFraction", TargetFraction);
            writer.WriteNumber("candlesMax", CandlesMax);
            writer.WriteNumber("trainedUntilMillis", TrainedUntilMillis);
            writer.WriteString("modelSha256", ModelSha256);
            writer.WriteString("dataSha256", DataSha256);
            writer.WriteString("configurationSha256", ConfigurationSha256);
            if (identity is not null) writer.WriteString(Own, identity);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, double[] values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values) writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
