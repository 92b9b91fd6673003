using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Pipeline;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>What a run writes beside its report: the journal of both rings, and a recording of what it received, where they are asked for.</summary>
/// <remarks>Both gate the rings, so that nothing is lost. Thread: one at a time; the journal thread while a run is on sockets.</remarks>
internal sealed class RunRecords : IDisposable
{
    private const int FirstInboundConsumer = 1;                        // 0 is the hot path
    private const int OutboundConsumer = RunObserver.Consumer + 1;     // 0 is the sender

    private readonly JournalWriter? _journal;
    private readonly FrameRecorder? _recorder;

    private readonly RunRequest _request;

    private RunRecords(RunRequest request, JournalWriter? journal, FrameRecorder? recorder)
    {
        _request = request;
        _journal = journal;
        _recorder = recorder;
    }

    /// <summary>There is something to write.</summary>
    public bool HasAny => _journal is not null || _recorder is not null;

    /// <summary>Readers of the inbound ring that a run needs.</summary>
    public static int InboundConsumers(RunRequest request) =>
        FirstInboundConsumer + (request.JournalPath is null ? 0 : 1) + (request.RecordPath is null ? 0 : 1);

    /// <summary>Readers of the outbound ring that a run needs.</summary>
    public static int OutboundConsumers(RunRequest request) => OutboundConsumer + (request.JournalPath is null ? 0 : 1);

    /// <summary>Opens the files.</summary>
    /// <exception cref="JournalException">One cannot be made; then neither is there.</exception>
    public static RunRecords Open(RunRequest request, Engine engine, FeeTier tier, uint sessionNumber)
    {
        EngineConfiguration configuration = request.Configuration;
        JournalWriter? journal = null;
        int consumer = FirstInboundConsumer;
        if (request.JournalPath is { } journalPath)
        {
            journal = new JournalWriter(journalPath, JournalledEngine.Header(request.Verb, configuration, engine.Lanes.Select(Instrument), sessionNumber, request.MarketName), engine.Inbound, consumer++, engine.Outbound, OutboundConsumer);
        }

        try
        {
            return new RunRecords(request, journal, request.RecordPath is { } recordPath ? new FrameRecorder(recordPath, engine.Inbound, consumer) : null);
        }
        catch (JournalException)
        {
            journal?.Dispose();
            if (request.JournalPath is { } made) File.Delete(made);   // it has nothing but a header, and would be in the way of the next try
            throw;
        }

        JournalInstrument Instrument(InstrumentLane lane) => new(lane.Spec.Symbol, tier.RatesFor(lane.Spec.Symbol).Maker, tier.RatesFor(lane.Spec.Symbol).Taker);
    }

    /// <summary>Writes what waits.</summary>
    /// <exception cref="JournalException">The disk fails.</exception>
    public void Drain()
    {
        _journal?.Drain();
        _recorder?.Drain();
    }

    /// <summary>Writes the rest and closes the files orderly.</summary>
    /// <exception cref="JournalException">The disk fails.</exception>
    public void Complete()
    {
        Drain();
        _journal?.Complete();
        _recorder?.Complete();
    }

    /// <summary>Closes the files and takes them away again: nothing has run that they could tell of.</summary>
    public void Discard()
    {
        Dispose();
        if (_journal is not null) File.Delete(_request.JournalPath!);
        if (_recorder is not null) File.Delete(_request.RecordPath!);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _journal?.Dispose();
        _recorder?.Dispose();
    }
}
