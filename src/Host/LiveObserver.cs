using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>Reads what a live engine puts out: its state, its executions, and what it found to differ from the venue.</summary>
/// <remarks>Thread: one, that of the run. It gates the outbound ring: nothing is lost.</remarks>
internal sealed class LiveObserver
{
    /// <summary>Its place among the readers of the outbound ring.</summary>
    public const int Consumer = 1;

    private const int IncidentsMax = 100;
    private const long StrangeNanos = 60_000_000_000;
    private const long RefusalMillis = 60_000;

    private readonly Engine _engine;
    private readonly LaneFact[] _lanes;
    private readonly List<string> _incidents = [];
    private readonly SortedDictionary<string, long> _refusals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _refusalTold = new(StringComparer.Ordinal);
    private readonly Action<string> _say;
    private readonly RunControl? _control;
    private ExecutionFact _last;
    private LossState _losses;
    private QuotingState _told;
    private (long Rejected, long Damaged, long Unknown) _toldStrange;
    private long _nextStrangeNanos = long.MinValue;

    public LiveObserver(Engine engine, Action<string> say, RunControl? control = null)
    {
        _control = control;
        _engine = engine;
        _say = say;
        _lanes = new LaneFact[engine.Instruments.Count];
        _losses = new LossState(engine.Instruments.Count);
    }

    /// <summary>Takes what the loss limits are to remember; null where nobody does.</summary>
    public Action<LossState>? OnLosses { get; init; }

    /// <summary>The engine as it last described itself.</summary>
    public EngineFact State { get; private set; }

    /// <summary>Requests made.</summary>
    public long Requests { get; private set; }

    /// <summary>Executions booked.</summary>
    public long Executions { get; private set; }

    /// <summary>Realised P&amp;L before fees, USDT.</summary>
    public decimal Realised => Exact.Usdt(_last.RealisedGross);

    /// <summary>Fees paid, USDT.</summary>
    public decimal Fees => Exact.Usdt(_last.Fees);

    /// <summary>What happened, oldest first; the first hundred.</summary>
    public IReadOnlyList<string> Incidents => _incidents;

    /// <summary>How often the venue has refused a request, by operation and return code, as <c>create 110007</c>.</summary>
    public IReadOnlyDictionary<string, long> Refusals => _refusals;

    /// <summary>Wallet and unrealised P&amp;L, USDT.</summary>
    public decimal Equity => Exact.Usdt(_lanes.Aggregate(State.Wallet, (equity, lane) => equity + lane.Unrealised));

    /// <summary>By symbol, in base coin, signed.</summary>
    public IReadOnlyDictionary<string, decimal> Positions => _engine.Lanes.ToDictionary(lane => lane.Spec.Symbol, lane => Exact.Qty(lane.Spec, _lanes[lane.Spec.Id.Index].Position));

    /// <summary>Takes all that waits.</summary>
    public void Drain()
    {
        while (_engine.Outbound.TryPeek(Consumer, out FrameView frame))
        {
            Take(in frame);
            _engine.Outbound.Release(Consumer);
        }

        while (_control is not null && _control.Switch.TryTakeNote(out string? note)) Note(note);
    }

    /// <summary>Notes something that happened, and tells it.</summary>
    public void Note(string sentence)
    {
        string line = Stamped(sentence);
        if (_incidents.Count < IncidentsMax) _incidents.Add(line);
        _say(line);
    }

    private static string Stamped(string sentence) => $"{DateTime.UtcNow.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}Z {sentence}";

    /// <summary>Tells of what the venue sends and the engine does not understand, when it happens and at most once a minute.</summary>
    /// <param name="nowNanos">Real time.</param>
    public void TellOfStrangeData(long nowNanos)
    {
        // Single numbers of the hot thread: an old one is made good a moment later.
        (long Rejected, long Damaged, long Unknown) seen = (_engine.Meters.FramesRejected, _engine.Meters.LookUpsDamaged, _engine.Meters.UnknownEnumValues);
        if (seen == _toldStrange || nowNanos < _nextStrangeNanos) return;
        (_toldStrange, _nextStrangeNanos) = (seen, nowNanos + StrangeNanos);
        Note(string.Create(CultureInfo.InvariantCulture, $"the venue sends what this version does not understand: {seen.Rejected} messages dropped, {seen.Damaged} look-ups void, {seen.Unknown} unknown values of an enumeration; the journal (--journal) holds them"));
    }

    private void Take(in FrameView frame)
    {
        _control?.Take(in frame);
        switch ((OutboundKind)frame.Kind)
        {
            case OutboundKind.Request: Requests++; break;
            case OutboundKind.ExecutionFact:
                _last = MemoryMarshal.Read<ExecutionFact>(frame.Payload);
                Executions++;
                break;
            case OutboundKind.DisagreementFact: OnDifference(MemoryMarshal.Read<DisagreementFact>(frame.Payload)); break;
            case OutboundKind.RefusalFact: OnRefusal(RefusalFact.Read(frame.Payload)); break;
            case OutboundKind.LossState: OnLossState(frame.Payload); break;
            case OutboundKind.LaneFact:
                LaneFact lane = MemoryMarshal.Read<LaneFact>(frame.Payload);
                _lanes[lane.Instrument.Index] = lane;
                break;
            case OutboundKind.EngineFact:
                State = MemoryMarshal.Read<EngineFact>(frame.Payload);
                OnState();
                break;
            default: break;   // for the io thread alone
        }
    }

    /// <summary>Told when it happens, each operation and code at most once a minute, and noted the first time. That an order is gone already is what a maker hears all day: it is only counted.</summary>
    private void OnRefusal(RefusalFact fact)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $"{NameOf(fact.Action)} {fact.ReturnCode}");
        _refusals[what] = _refusals.GetValueOrDefault(what) + 1;
        long now = Environment.TickCount64;
        bool isFirst = !_refusalTold.TryGetValue(what, out long told);
        if (fact.ReturnCode is 110001 or 110008 or 110010 || (!isFirst && now - told < RefusalMillis)) return;
        _refusalTold[what] = now;
        string sentence = string.Create(CultureInfo.InvariantCulture, $"refused by the venue: {what}: {Encoding.UTF8.GetString(fact.Text).ReplaceLineEndings(" ")} ({_refusals[what]} of these so far)");
        if (isFirst) Note(sentence);
        else _say(Stamped(sentence));
    }

    private static string NameOf(OrderAction action) => action switch
    {
        OrderAction.Place => "create",
        OrderAction.Amend => "amend",
        OrderAction.Cancel => "cancel",
        _ => "request",
    };

    private void OnLossState(ReadOnlySpan<byte> payload)
    {
        LossState before = _losses;
        _losses = new LossState(before.Instruments);
        _losses.TryRead(payload);
        foreach (string sentence in LossFigures.News(before, _losses, _engine.Symbols)) Note(sentence);
        OnLosses?.Invoke(_losses);
    }

    private void OnDifference(in DisagreementFact fact)
    {
        InstrumentSpec spec = _engine.Instruments[fact.Instrument];
        string end = fact.Action == DisagreementAction.Stopped ? "the venue's is taken, for the second time within a minute: the engine stops" : "the venue's is taken";
        Note(fact.Subject switch
        {
            DisagreementSubject.Orphan => string.Create(CultureInfo.InvariantCulture, $"order {fact.Orphan} of {spec.Symbol} was open at the venue and unknown here: {Exact.Qty(spec, new QtyLots(fact.Venues))}; it is cancelled"),
            DisagreementSubject.ForeignOrder => string.Create(CultureInfo.InvariantCulture, $"an order of another client is open on {spec.Symbol}: {Exact.Qty(spec, new QtyLots(fact.Venues))}; it is left alone"),
            DisagreementSubject.PositionStatus => string.Create(CultureInfo.InvariantCulture, $"the position of {spec.Symbol} cannot be taken over, its status at the venue is {(PositionStatus)fact.Venues}: no quotes until it is normal and one-way"),
            DisagreementSubject.PositionSize => string.Create(CultureInfo.InvariantCulture, $"position of {spec.Symbol}: {Exact.Qty(spec, new QtyLots(fact.Ours))} by the ledger, {Exact.Qty(spec, new QtyLots(fact.Venues))} at the venue; {end}"),
            DisagreementSubject.AverageEntry => string.Create(CultureInfo.InvariantCulture, $"average entry of {spec.Symbol}: {fact.Ours / 1e8m} by the ledger, {fact.Venues / 1e8m} at the venue; {end}"),
            DisagreementSubject.WalletBalance => string.Create(CultureInfo.InvariantCulture, $"wallet: {fact.Ours / 1e8m} USDT by the ledger, {fact.Venues / 1e8m} at the venue; {end}"),
            _ => $"a difference of the unknown subject {fact.Subject}",
        });
    }

    private void OnState()
    {
        if (State.State == _told) return;
        _told = State.State;
        if (_told is QuotingState.Killed or QuotingState.Halted) Note($"no quotes any more: {_told}");
    }
}
