using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>What the comparisons of one run share.</summary>
internal sealed class BenchContext(bool withPeers, TextWriter error) : IDisposable
{
    private readonly HashSet<string> _missing = [];
    private readonly Lazy<Tape> _tape = new(() => SideBySide.Tape.Record());
    private SimdjsonPeer? _simdjson;
    private bool _isSimdjsonSought;

    /// <summary>Whether peers are wanted.</summary>
    public bool WithPeers { get; } = withPeers;

    /// <summary>The instruments of the recordings.</summary>
    public InstrumentTable Instruments { get; } = RecordedFrames.Instruments();

    /// <summary>A backtest's inbound frames; made when first asked for.</summary>
    public Tape Tape => _tape.Value;

    /// <summary>simdjson; null where it cannot be had, which is then said.</summary>
    public SimdjsonPeer? Simdjson
    {
        get
        {
            if (_isSimdjsonSought) return _simdjson;
            _isSimdjsonSought = true;
            _simdjson = SimdjsonPeer.TryLoad(Instruments, out string remedy);
            if (_simdjson is null) Miss("simdjson", remedy);
            return _simdjson;
        }
    }

    /// <summary>Says once that a peer cannot take part.</summary>
    /// <param name="peer">Its name.</param>
    /// <param name="remedy">How to get it.</param>
    public void Miss(string peer, string remedy)
    {
        if (_missing.Add(peer)) error.WriteLine($"bench: {peer} is left out, its ratios are null: {remedy}");
    }

    /// <inheritdoc />
    public void Dispose() => _simdjson?.Dispose();
}
