using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.Configuration;

namespace LatencyEngine.Host;

/// <summary>Typed reading of the layered configuration without reflection. Every fault is collected, none is thrown; a faulty value reads as its example, so that reading goes on to the next fault.</summary>
internal sealed class SettingReader
{
    private readonly IConfigurationRoot _configuration;
    private readonly Func<string, Origin> _originOf;
    private readonly List<string> _faults;
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _faulty = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ConfigurationValue> _values = [];

    public SettingReader(IConfigurationRoot configuration, Func<string, Origin> originOf, List<string> faults)
    {
        _configuration = configuration;
        _originOf = originOf;
        _faults = faults;
    }

    /// <summary>What was read so far, in that order.</summary>
    public IReadOnlyList<ConfigurationValue> Values => _values;

    /// <summary>Where the value of a key came from.</summary>
    public Origin OriginOf(string key) => _originOf(key);

    /// <summary>Marks a key as known without reading a value.</summary>
    public void Know(string key) => _read.Add(key);

    /// <summary>True when none of the keys, nor a key below them, has had a fault: only then is a rule between them worth checking.</summary>
    public bool IsSound(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (_faulty.Any(faulty => faulty.Equals(key, StringComparison.OrdinalIgnoreCase) || IsBelow(faulty, key))) return false;
        }

        return true;
    }

    /// <summary>Adds a fault of a key's present value.</summary>
    public void Fault(string key, string rule, string? example = null)
    {
        _faulty.Add(key);
        Origin origin = _originOf(key);
        string value = _configuration[key] ?? "";
        _faults.Add(origin.Kind switch
        {
            OriginKind.Option => $"{origin.Name} {rule}, was {value}",
            OriginKind.Environment => $"{origin.Name} ({key}) {rule}, was \"{value}\"{TryThis(example)}",
            _ => $"{origin.Name}: {key} {rule}, was \"{value}\"{TryThis(example)}",
        });
    }

    /// <summary>Adds a fault of a key that holds no single value: missing, or a list or object.</summary>
    public void FaultWithoutValue(string key, string sentence) => FaultWithoutValue(key, sentence, _originOf(key));

    /// <summary>A text that fulfils a rule.</summary>
    public string Text(string key, Func<string, bool> holds, string rule, string example)
    {
        if (Raw(key, example) is not string text) return example;
        if (holds(text)) return text;
        Fault(key, rule, example);
        return example;
    }

    /// <summary>A number that fulfils a rule; whole when <typeparamref name="T"/> is.</summary>
    public T Number<T>(string key, Func<T, bool> holds, string rule, T example)
        where T : struct, INumber<T>
    {
        string shown = example.ToString(null, CultureInfo.InvariantCulture);
        if (Raw(key, shown) is not string text) return example;
        if (TryParse(text, out T value))
        {
            if (holds(value)) return value;
            Fault(key, rule, shown);
        }
        else
        {
            Fault(key, typeof(T) == typeof(ulong) ? "must be a whole number from 0 up" : IsWhole<T>() ? "must be a whole number" : "must be a number", shown);
        }

        return example;
    }

    /// <summary>A whole number of a closed range.</summary>
    public int Whole(string key, int min, int max, int example) =>
        Number(key, value => value >= min && value <= max, $"must be {min} to {max}", example);

    /// <summary>Yes or no.</summary>
    public bool Flag(string key, bool example) =>
        bool.Parse(Text(key, text => bool.TryParse(text, out _), "must be true or false", example ? "true" : "false"));

    /// <summary>The sections below a key, one a symbol.</summary>
    /// <param name="key">The key above them.</param>
    /// <param name="readOne">Reads one section, given its key.</param>
    public IReadOnlyDictionary<string, T> BySymbol<T>(string key, Func<string, T> readOne)
    {
        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (IConfigurationSection child in _configuration.GetSection(key).GetChildren())
        {
            string childKey = $"{key}:{child.Key}";
            map[child.Key] = readOne(childKey);
            if (!IsSymbol(child.Key)) FaultWithoutValue(childKey, "is not a symbol: 1 to 32 upper-case letters, digits or dashes", OriginOfPresent(childKey));
        }

        Know(key);
        if (map.Count == 0) FaultWithoutValue(key, "must have an entry for every traded symbol; configs/market-making.json shows one");
        return map;
    }

    /// <summary>The traded symbols: a list in the profile; one text with commas from the environment or the command line, which replaces the list as a whole.</summary>
    public IReadOnlyList<string> Symbols(string key, int countMax)
    {
        Know(key);
        string[] symbols;
        if (_originOf(key).Kind != OriginKind.File && _configuration[key] is string joined)
        {
            symbols = joined.Split(',', StringSplitOptions.TrimEntries);
            foreach (IConfigurationSection child in _configuration.GetSection(key).GetChildren()) Know(child.Path);
        }
        else
        {
            IConfigurationSection[] children = [.. _configuration.GetSection(key).GetChildren()];
            foreach (IConfigurationSection child in children) Know(child.Path);
            symbols = [.. children.Select(child => child.Value ?? "")];
        }

        if (symbols.Length == 0 || symbols.Length > countMax) FaultWithoutValue(key, $"must list 1 to {countMax} symbols; try [\"BTCUSDT\"]");
        for (int i = 0; i < symbols.Length; i++)
        {
            if (symbols[i].Length == 0) FaultWithoutValue(key, "lists an empty symbol; drop the comma or the entry");
            else if (!IsSymbol(symbols[i])) FaultWithoutValue(key, $"must list symbols of 1 to 32 upper-case letters, digits or dashes, was \"{symbols[i]}\"");
            else if (Array.IndexOf(symbols, symbols[i]) < i) FaultWithoutValue(key, $"lists {symbols[i]} twice");
        }

        _values.Add(new ConfigurationValue(key, string.Join(',', symbols), _originOf(key).Name));
        return symbols;
    }

    /// <summary>A path: relative to the current folder on the command line, to <paramref name="root"/> in the profile and the environment.</summary>
    public string FullPath(string key, string root, string example) => Rooted(key, root, Text(key, IsPath, "must be a path", example));

    /// <summary>As <see cref="FullPath"/>; null where a word stands in the path's place.</summary>
    public string? FullPathUnless(string key, string root, string word)
    {
        string path = Text(key, IsPath, "must be a path", word);
        return path == word ? null : Rooted(key, root, path);
    }

    /// <summary>A path of an existing file.</summary>
    public string ExistingFile(string key, string root, string example)
    {
        string path = FullPath(key, root, example);
        if (IsSound(key) && !File.Exists(path)) Fault(key, "must be an existing file", example);
        return path;
    }

    /// <summary>A path of an existing file or folder.</summary>
    public string ExistingFileOrFolder(string key, string root, string example)
    {
        string path = FullPath(key, root, example);
        if (IsSound(key) && !Path.Exists(path)) Fault(key, "must be an existing file or folder", example);
        return path;
    }

    /// <summary>Adds a fault for every key that was given but is not one of the engine's, each once at its topmost unknown level.</summary>
    public void FaultUnknownKeys()
    {
        string[] known = [.. _read];
        string[] sections = [.. known.Select(Parent).Where(section => section.Length > 0).Distinct()];
        string[] names = [.. known, .. sections];
        foreach ((string found, string? value) in _configuration.AsEnumerable().OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (_read.Contains(found)) continue;

            string key = Spelled(found, sections);
            bool isSection = Array.Exists(known, name => IsBelow(name, key));
            if (isSection)
            {
                if (value is not null) FaultWithoutValue(key, $"must be an object with keys of its own, was \"{value}\"");
                continue;
            }

            if (IsUnknown(Parent(key), known)) continue;
            string? nearest = NearestName.Find(key, names);
            FaultWithoutValue(key, nearest is null ? "is not a key of this engine" : $"is not a key of this engine; did you mean {nearest}?", OriginOfPresent(key));
        }
    }

    private static bool IsPath(string text) => !text.Contains('\0', StringComparison.Ordinal);

    private string Rooted(string key, string root, string path) => _originOf(key).Kind == OriginKind.Option ? Path.GetFullPath(path) : Path.GetFullPath(path, root);

    private static bool IsBelow(string key, string section) =>
        key.Length > section.Length + 1 && key[section.Length] == ':' && key.StartsWith(section, StringComparison.OrdinalIgnoreCase);

    private static bool IsSymbol(string text) =>
        text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-');

    private static bool IsWhole<T>()
        where T : struct, INumber<T> => typeof(T) == typeof(int) || typeof(T) == typeof(ulong);

    private static bool TryParse<T>(string text, out T value)
        where T : struct, INumber<T>
    {
        NumberStyles styles = IsWhole<T>() ? NumberStyles.AllowLeadingSign : NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return T.TryParse(text, styles, CultureInfo.InvariantCulture, out value) && T.IsFinite(value);
    }

    private static string Parent(string key) => key.LastIndexOf(':') is var end and >= 0 ? key[..end] : "";

    /// <summary>A key with its section as the engine spells it: of a file's spelling and a variable's either may have been found.</summary>
    private static string Spelled(string key, string[] sections)
    {
        for (string parent = Parent(key); parent.Length > 0; parent = Parent(parent))
        {
            if (Array.Find(sections, section => section.Equals(parent, StringComparison.OrdinalIgnoreCase)) is { } section) return section + key[parent.Length..];
        }

        return key;
    }

    private static string TryThis(string? example) => example is null ? "" : $"; try {example}";

    private static bool IsUnknown(string key, string[] known) =>
        key.Length > 0 && !Array.Exists(known, name => name.Equals(key, StringComparison.OrdinalIgnoreCase) || IsBelow(name, key));

    // A section is there because of a value below it: who set that one made the section.
    private Origin OriginOfPresent(string key) => _originOf(
        _configuration.GetSection(key).AsEnumerable().Where(pair => pair.Value is not null).Select(pair => pair.Key).Order(StringComparer.OrdinalIgnoreCase).FirstOrDefault(key));

    private void FaultWithoutValue(string key, string sentence, Origin origin)
    {
        _faulty.Add(key);
        _faults.Add(origin.Kind == OriginKind.Option ? $"{origin.Name} {sentence}" : $"{origin.Name}: {key} {sentence}");
    }

    private string? Raw(string key, string example)
    {
        Know(key);
        if (_configuration[key] is string { Length: > 0 } text)
        {
            _values.Add(new ConfigurationValue(key, text, _originOf(key).Name));
            return text;
        }

        FaultWithoutValue(key, _originOf(key).Kind == OriginKind.Option ? "needs a value" : $"is missing; try {example}");
        return null;
    }
}
