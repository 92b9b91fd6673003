namespace LatencyEngine.Simulator;

/// <summary>The merged ticker of one symbol: what a snapshot and the deltas behind it have shown (Bybit V5, 6.5).</summary>
internal sealed class TickerState
{
    private readonly OrderedDictionary<string, string> _fields = new(StringComparer.Ordinal);

    public bool HasFields => _fields.Count > 0;

    /// <summary>Fields with their values as JSON text, in the order in which they were first sent.</summary>
    public IEnumerable<KeyValuePair<string, string>> Fields => _fields;

    public long CrossSequence { get; private set; }

    /// <summary>What a ticker that nobody recorded shows.</summary>
    public void Show(IEnumerable<KeyValuePair<string, string>> texts, long crossSequence)
    {
        foreach ((string key, string text) in texts) _fields[key] = $"\"{text}\"";
        CrossSequence = crossSequence;
    }

    /// <summary>The ticker is lost until its next snapshot.</summary>
    public void Clear() => _fields.Clear();

    public void Apply(MarketFrame frame)
    {
        if (frame.IsSnapshot) _fields.Clear();
        foreach ((string key, string json) in frame.TickerFields) _fields[key] = json;
        CrossSequence = frame.CrossSequence;
    }
}
