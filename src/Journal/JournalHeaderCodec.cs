using System.Buffers;
using System.Globalization;
using System.Text;
using LatencyEngine.Wire;

namespace LatencyEngine.Journal;

/// <summary>The header as a MessagePack map with texts for keys. Keys that are not known are passed over, so that later versions may add some.</summary>
internal static class JournalHeaderCodec
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    /// <summary>The header's bytes.</summary>
    public static ReadOnlySpan<byte> Encode(JournalHeader header)
    {
        var output = new ArrayBufferWriter<byte>();
        WriteMapHeader(output, 12);
        WritePair(output, "format", JournalFormat.Name);
        WritePair(output, "formatVersion", JournalFormat.Version);
        WritePair(output, "programVersion", header.ProgramVersion);
        WritePair(output, "verb", header.Verb);
        WritePair(output, "startedUtc", header.StartedUtc.ToString(TimeFormat, CultureInfo.InvariantCulture));
        WriteText(output, "configuration");
        WriteMapHeader(output, header.Configuration.Count);
        foreach ((string key, string value) in header.Configuration) WritePair(output, key, value);
        WriteText(output, "instruments");
        WriteArrayHeader(output, header.Instruments.Count);
        foreach (JournalInstrument instrument in header.Instruments)
        {
            WriteMapHeader(output, 3);
            WritePair(output, "symbol", instrument.Symbol);
            WritePair(output, "makerFee", instrument.MakerFee.ToString(CultureInfo.InvariantCulture));
            WritePair(output, "takerFee", instrument.TakerFee.ToString(CultureInfo.InvariantCulture));
        }

        WritePair(output, "sessionNumber", header.SessionNumber);
        WriteFile(output, "instrumentsFile", header.InstrumentsFile);
        WriteFile(output, "riskLimitsFile", header.RiskLimitsFile);
        WritePair(output, "recording", header.Recording);
        WritePair(output, "seed", header.Seed);
        return output.WrittenSpan;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="record">One whole MessagePack value.</param>
    /// <param name="fault">What is wrong with it; empty when nothing is.</param>
    /// <returns>Null when something is wrong.</returns>
    public static JournalHeader? TryDecode(ReadOnlySpan<byte> record, out string fault)
    {
        var reader = new MessagePackReader(record);
        var fields = new Fields();
        if (!reader.TryReadMapHeader(out int count))
        {
            fault = "it does not begin with a header";
            return null;
        }

        for (int i = 0; i < count; i++)
        {
            if (!TryReadText(ref reader, out string key) || !fields.TryRead(ref reader, key))
            {
                fault = $"the header's value of \"{key}\" is not as documented";
                return null;
            }
        }

        if (fields.Format != JournalFormat.Name) fault = "it does not begin with a header";
        else if (fields.FormatVersion != JournalFormat.Version) fault = $"its format has version {fields.FormatVersion}, this program reads version {JournalFormat.Version}";
        else if (fields.Missing is string missing) fault = $"the header has no \"{missing}\"";
        else
        {
            fault = "";
            return fields.ToHeader();
        }

        return null;
    }

    private static void WritePair(ArrayBufferWriter<byte> output, string key, string value)
    {
        WriteText(output, key);
        WriteText(output, value);
    }

    private static void WritePair(ArrayBufferWriter<byte> output, string key, ulong value)
    {
        WriteText(output, key);
        var writer = new MessagePackWriter(output.GetSpan(MessagePackWriter.NumberBytesMax));
        writer.WriteInteger(value);
        output.Advance(writer.Length);
    }

    private static void WriteFile(ArrayBufferWriter<byte> output, string key, JournalFile file)
    {
        WriteText(output, key);
        WriteMapHeader(output, 2);
        WritePair(output, "name", file.Name);
        WritePair(output, "sha256", file.Sha256);
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        var writer = new MessagePackWriter(output.GetSpan(MessagePackWriter.HeaderBytesMax + utf8.Length));
        writer.WriteString(utf8);
        output.Advance(writer.Length);
    }

    private static void WriteMapHeader(ArrayBufferWriter<byte> output, int count)
    {
        var writer = new MessagePackWriter(output.GetSpan(MessagePackWriter.HeaderBytesMax));
        writer.WriteMapHeader(count);
        output.Advance(writer.Length);
    }

    private static void WriteArrayHeader(ArrayBufferWriter<byte> output, int count)
    {
        var writer = new MessagePackWriter(output.GetSpan(MessagePackWriter.HeaderBytesMax));
        writer.WriteArrayHeader(count);
        output.Advance(writer.Length);
    }

    private static bool TryReadText(ref MessagePackReader reader, out string text)
    {
        bool found = reader.TryReadString(out ReadOnlySpan<byte> utf8);
        text = Encoding.UTF8.GetString(utf8);
        return found;
    }

    /// <summary>The header's values while they are read; null until they are.</summary>
    private sealed class Fields
    {
        private string? _programVersion;
        private string? _verb;
        private DateTime? _startedUtc;
        private Dictionary<string, string>? _configuration;
        private List<JournalInstrument>? _instruments;
        private uint? _sessionNumber;
        private JournalFile? _instrumentsFile;
        private JournalFile? _riskLimitsFile;
        private string? _recording;
        private ulong? _seed;

        public string? Format { get; private set; }

        public long FormatVersion { get; private set; }

        /// <summary>The first key that the header should have and does not.</summary>
        public string? Missing =>
            _programVersion is null ? "programVersion"
            : _verb is null ? "verb"
            : _startedUtc is null ? "startedUtc"
            : _configuration is null ? "configuration"
            : _instruments is null ? "instruments"
            : _sessionNumber is null ? "sessionNumber"
            : _instrumentsFile is null ? "instrumentsFile"
            : _riskLimitsFile is null ? "riskLimitsFile"
            : _recording is null ? "recording"
            : _seed is null ? "seed"
            : null;

        public JournalHeader ToHeader() => new()
        {
            ProgramVersion = _programVersion!,
            Verb = _verb!,
            StartedUtc = _startedUtc!.Value,
            Configuration = _configuration!,
            Instruments = _instruments!,
            SessionNumber = _sessionNumber!.Value,
            InstrumentsFile = _instrumentsFile!,
            RiskLimitsFile = _riskLimitsFile!,
            Recording = _recording!,
            Seed = _seed!.Value,
        };

        /// <summary>Reads the value of one key; false when it has another shape than that key's.</summary>
        public bool TryRead(ref MessagePackReader reader, string key)
        {
            switch (key)
            {
                case "format": return TryText(ref reader, out string? format) && (Format = format) is not null;
                case "formatVersion":
                    bool hasVersion = reader.TryReadInt64(out long version);
                    FormatVersion = version;
                    return hasVersion;
                case "programVersion": return TryText(ref reader, out _programVersion);
                case "verb": return TryText(ref reader, out _verb);
                case "startedUtc":
                    if (!TryText(ref reader, out string? time) || !DateTime.TryParseExact(time, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime started)) return false;
                    _startedUtc = started;
                    return true;
                case "configuration": return TryTexts(ref reader, out _configuration);
                case "instruments": return TryInstruments(ref reader);
                case "sessionNumber":
                    if (!reader.TryReadUInt64(out ulong session) || session > uint.MaxValue) return false;
                    _sessionNumber = (uint)session;
                    return true;
                case "instrumentsFile": return TryFile(ref reader, out _instrumentsFile);
                case "riskLimitsFile": return TryFile(ref reader, out _riskLimitsFile);
                case "recording": return TryText(ref reader, out _recording);
                case "seed":
                    if (!reader.TryReadUInt64(out ulong seed)) return false;
                    _seed = seed;
                    return true;
                default: return reader.Skip() == MessagePackStatus.Complete;
            }
        }

        private static bool TryText(ref MessagePackReader reader, out string? text)
        {
            text = TryReadText(ref reader, out string found) ? found : null;
            return text is not null;
        }

        private static bool TryTexts(ref MessagePackReader reader, out Dictionary<string, string>? texts)
        {
            texts = null;
            if (!reader.TryReadMapHeader(out int count)) return false;
            var found = new Dictionary<string, string>(StringComparer.Ordinal);
            for (int i = 0; i < count; i++)
            {
                if (!TryReadText(ref reader, out string key) || !TryReadText(ref reader, out string value)) return false;
                found[key] = value;
            }

            texts = found;
            return true;
        }

        private static bool TryFile(ref MessagePackReader reader, out JournalFile? file)
        {
            file = null;
            if (!TryTexts(ref reader, out Dictionary<string, string>? texts) || !texts!.TryGetValue("name", out string? name) || !texts.TryGetValue("sha256", out string? sha256)) return false;
            file = new JournalFile(name, sha256);
            return true;
        }

        private bool TryInstruments(ref MessagePackReader reader)
        {
            if (!reader.TryReadArrayHeader(out int count)) return false;
            var instruments = new List<JournalInstrument>();
            for (int i = 0; i < count; i++)
            {
                if (!TryTexts(ref reader, out Dictionary<string, string>? texts)
                    || !texts!.TryGetValue("symbol", out string? symbol)
                    || !TryRate(texts, "makerFee", out decimal maker)
                    || !TryRate(texts, "takerFee", out decimal taker)) return false;
                instruments.Add(new JournalInstrument(symbol, maker, taker));
            }

            _instruments = instruments;
            return true;
        }

        private static bool TryRate(Dictionary<string, string> texts, string key, out decimal rate)
        {
            rate = 0;
            return texts.TryGetValue(key, out string? text)
                && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out rate);
        }
    }
}
