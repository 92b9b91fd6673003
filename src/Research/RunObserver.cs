using System.Globalization;
using System.Runtime.InteropServices;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Risk;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>Reads everything the engine puts out: digests its requests, holds its books against the venue's, and follows its state.</summary>
/// <remarks>Thread: the one that drives the venue, since the venue's own books are looked at. It gates the outbound ring: nothing is lost.</remarks>
public sealed class RunObserver : IDisposable
{
    /// <summary>Its place among the readers of the outbound ring.</summary>
    public const int Consumer = 1;

    private const long SampleIntervalNanos = 500_000_000;

    private readonly Engine _engine;
    private readonly VenueAccount _account;
    private readonly Witness _witness;
    private readonly Action<byte[]>? _onRequest;
    private readonly OutboundDigest _digest = new();
    private readonly List<RunSample> _samples = [];
    private readonly List<RunIncident> _incidents = [];
    private readonly LaneFact[] _lanes;
    private readonly decimal[] _maxAbsPosition;
    private readonly bool[] _hadBook;
    private readonly Dictionary<QuotesHeldBy, long> _heldNanos = [];
    private long _nextSampleNanos;
    private decimal _peakEquity = decimal.MinValue;
    private bool _hasSeenKill;

    /// <summary>Takes over the outbound ring's consumer <see cref="Consumer"/>.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="account">The other set of books: the engine's account at the venue.</param>
    /// <param name="onRequest">Sees each request; null outside tests.</param>
    public RunObserver(Engine engine, VenueAccount account, Action<byte[]>? onRequest = null)
    {
        _engine = engine;
        _account = account;
        _witness = new Witness(engine.Instruments, account);
        _onRequest = onRequest;
        _lanes = new LaneFact[engine.Instruments.Count];
        _maxAbsPosition = new decimal[_lanes.Length];
        _hadBook = new bool[_lanes.Length];
    }

    /// <summary>How the run is reached from outside; null where it is not.</summary>
    public RunControl? Control { get; init; }

    /// <summary>Sees what becomes of directional requests; null for nobody.</summary>
    public Action<DirectionalFact>? OnDirectionalFact { get; set; }

    /// <summary>Each instrument as it last described itself.</summary>
    public ReadOnlySpan<LaneFact> Lanes => _lanes;

    /// <summary>The engine as it last described itself.</summary>
    public EngineFact State { get; private set; }

    /// <summary>Logic time of that description, ns since 1970.</summary>
    public long StateNanos { get; private set; }

    /// <summary>Requests seen.</summary>
    public long Requests { get; private set; }

    /// <summary>Executions that the engine has booked.</summary>
    public int Executions => _witness.Executions;

    /// <summary>Biases that the engine has taken.</summary>
    public long BiasUpdates { get; private set; }

    /// <summary>Biases that it has refused.</summary>
    public long BiasesRefused { get; private set; }

    /// <summary>Lowest score of those taken, -1 to 1; null without any.</summary>
    public decimal? BiasMin { get; private set; }

    /// <summary>Highest score of those taken; null without any.</summary>
    public decimal? BiasMax { get; private set; }

    /// <summary>Positions that directional requests have opened.</summary>
    public long Trades { get; private set; }

    /// <summary>Directional requests that the engine has refused.</summary>
    public long DirectionalRefused { get; private set; }

    /// <summary>Digest of the requests so far.</summary>
    public string OutboundSha256 => _digest.ToHex();

    /// <summary>Largest fall of equity from its peak, USDT, as seen at the engine's ticks.</summary>
    public decimal MaxDrawdown { get; private set; }

    /// <summary>The state twice a second of logic time.</summary>
    public IReadOnlyList<RunSample> Samples => _samples;

    /// <summary>Liquidations, a thrown kill switch and losses of a live market so far, oldest first.</summary>
    public IReadOnlyList<RunIncident> Incidents => _incidents;

    /// <summary>Largest position by instrument, without sign, in base coin.</summary>
    public IReadOnlyList<decimal> MaxAbsPosition => _maxAbsPosition;

    /// <summary>Logic seconds in which the engine was ready, but held quotes of at least one instrument back or further out, by why.</summary>
    public IReadOnlyDictionary<string, double> HeldSeconds => HeldQuotes.Seconds(_heldNanos);

    /// <summary>What did not hold so far, one sentence each.</summary>
    public IReadOnlyList<string> InvariantBreaks => _witness.Breaks;

    /// <summary>Symbols of which no tick has seen a usable book yet.</summary>
    public IReadOnlyList<string> SymbolsWithoutBook => [.. _engine.Lanes.Where((_, instrument) => !_hadBook[instrument]).Select(lane => lane.Spec.Symbol)];

    /// <summary>Wallet and unrealised P&amp;L as the engine last described them, USDT.</summary>
    public decimal Equity => Exact.Usdt(_lanes.Aggregate(State.Wallet, (equity, lane) => equity + lane.Unrealised));

    /// <summary>Maintenance margin of all positions over equity; at 1 they are liquidated.</summary>
    public decimal MarginRatio => Equity > 0 ? Exact.Usdt(_lanes.Aggregate(default(MoneyE8), (margin, lane) => margin + lane.MaintenanceMargin)) / Equity : 0;

    /// <summary>An instrument as the engine last described it.</summary>
    public ref readonly LaneFact Lane(int instrument) => ref _lanes[instrument];

    /// <summary>Mid price of an instrument; null while its book is unusable.</summary>
    public decimal? Mid(int instrument) => _lanes[instrument].BestBid.Ticks > 0
        ? (_lanes[instrument].BestBid.Ticks + _lanes[instrument].BestAsk.Ticks) * Tick(instrument) / 2
        : null;

    /// <summary>Signed position of an instrument in base coin.</summary>
    public decimal PositionQty(int instrument) => Exact.Qty(_engine.Instruments[new InstrumentId(instrument)], _lanes[instrument].Position);

    /// <summary>A price in ticks as a decimal; null for 0, which stands for none.</summary>
    public decimal? Price(int instrument, PriceTicks price) => price.Ticks > 0 ? price.Ticks * Tick(instrument) : null;

    /// <summary>Takes all that waits.</summary>
    public void Drain()
    {
        while (_engine.Outbound.TryPeek(Consumer, out FrameView frame))
        {
            Take(in frame);
            _engine.Outbound.Release(Consumer);
        }

        while (Control is not null && Control.Switch.TryTakeNote(out string? note)) Note(StateNanos, note);
    }

    /// <summary>Compares the two sets of books at the end.</summary>
    public void Finish()
    {
        NoteKill();
        _witness.Finish(_engine);
    }

    /// <summary>Notes what happened to the market.</summary>
    public void Note(long nowNanos, string what) => _incidents.Add(new RunIncident(Exact.Utc(nowNanos), what));

    /// <summary>Notes something that did not hold.</summary>
    public void Break(string sentence) => _witness.Add(sentence);

    /// <inheritdoc />
    public void Dispose() => _digest.Dispose();

    private decimal Tick(int instrument) => _engine.Lanes[instrument].Spec.TickE8 / 1e8m;

    private void Take(in FrameView frame)
    {
        Control?.Take(in frame);
        switch ((OutboundKind)frame.Kind)
        {
            case OutboundKind.Request:
                Requests++;
                _digest.Add(frame.Payload);
                _onRequest?.Invoke(frame.Payload.ToArray());
                break;
            case OutboundKind.ExecutionFact:
                _witness.OnExecution(MemoryMarshal.Read<ExecutionFact>(frame.Payload));
                NoteLiquidation();
                break;
            case OutboundKind.DisagreementFact:
                _witness.OnDisagreement(MemoryMarshal.Read<DisagreementFact>(frame.Payload));
                break;
            case OutboundKind.LaneFact:
                LaneFact lane = MemoryMarshal.Read<LaneFact>(frame.Payload);
                _lanes[lane.Instrument.Index] = lane;
                break;
            case OutboundKind.EngineFact:
                EngineFact before = State;
                if (HeldQuotes.IsHeld(in before)) _heldNanos[before.HeldBy] = _heldNanos.GetValueOrDefault(before.HeldBy) + frame.LogicTimeNanos - StateNanos;
                State = MemoryMarshal.Read<EngineFact>(frame.Payload);
                StateNanos = frame.LogicTimeNanos;
                OnState();
                break;
            case OutboundKind.BiasFact: OnBias(MemoryMarshal.Read<BiasFact>(frame.Payload)); break;
            case OutboundKind.DirectionalFact:
                DirectionalFact fact = MemoryMarshal.Read<DirectionalFact>(frame.Payload);
                OnDirectional(fact);
                OnDirectionalFact?.Invoke(fact);
                break;
            case OutboundKind.SnapshotRequest or OutboundKind.LookUpRequest or OutboundKind.CancelAllRequest or OutboundKind.ReconnectTrade or OutboundKind.QuoteTableRequest or OutboundKind.RefusalFact
                or OutboundKind.RiskFact or OutboundKind.GateRefusalFact or OutboundKind.LossState:
                break;
            default:
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"outbound frame {frame.Sequence} has the unknown kind {frame.Kind}"));
        }
    }

    private void OnBias(BiasFact fact)
    {
        if (fact.Outcome != BiasOutcome.Taken)
        {
            BiasesRefused++;
            return;
        }

        decimal score = (decimal)fact.ScoreE8 / Bias.FullScoreE8;
        BiasUpdates++;
        BiasMin = Math.Min(BiasMin ?? score, score);
        BiasMax = Math.Max(BiasMax ?? score, score);
    }

    private void OnDirectional(DirectionalFact fact)
    {
        if (fact.Outcome == DirectionalOutcome.Opened) Trades++;
        if (fact.Outcome is DirectionalOutcome.NotOfTheStrategy or DirectionalOutcome.Impossible or DirectionalOutcome.TooLate or DirectionalOutcome.NothingMayOpen) DirectionalRefused++;
    }

    private void NoteLiquidation()
    {
        if (Executions > _account.Fills.Count || _account.Fills[Executions - 1] is not { ExecType: "BustTrade" } taken) return;
        decimal realised = taken.RealisedGross - (Executions > 1 ? _account.Fills[Executions - 2].RealisedGross : 0m) - taken.Fee;
        string side = taken.Side == Side.Sell ? "long" : "short";
        _incidents.Add(new RunIncident(
            Exact.Utc(taken.TimeNanos),
            $"{taken.Symbol} liquidated: the mark reached the liquidation price; {side} {Figures.Exact(taken.Qty)} taken over at {Figures.Exact(taken.Price)}, {Figures.Pnl(realised)} with its fee"));
    }

    private void NoteKill()
    {
        bool isNew = _engine.Gate.IsKilled && !_hasSeenKill;
        _hasSeenKill = _engine.Gate.IsKilled;   // an operator may resume it
        if (!isNew) return;
        _incidents.Add(new RunIncident(Exact.Utc(StateNanos), $"kill switch thrown ({_engine.Gate.KilledBy}): {KillSwitch.Describe(_engine.Gate.KilledBy)}; no quotes from then on"));
    }

    private void OnState()
    {
        NoteKill();
        decimal equity = Equity;
        _peakEquity = Math.Max(_peakEquity, equity);
        MaxDrawdown = Math.Max(MaxDrawdown, _peakEquity - equity);
        for (int i = 0; i < _lanes.Length; i++)
        {
            _maxAbsPosition[i] = Math.Max(_maxAbsPosition[i], Math.Abs(PositionQty(i)));
            _hadBook[i] |= _lanes[i].BestBid.Ticks > 0;
        }

        if (StateNanos < _nextSampleNanos) return;
        _nextSampleNanos = StateNanos + SampleIntervalNanos;
        int[] all = [.. Enumerable.Range(0, _lanes.Length)];
        _samples.Add(new RunSample(
            Exact.Utc(StateNanos), equity, [.. all.Select(PositionQty)], [.. all.Select(Mid)], [.. all.Select(i => Price(i, _lanes[i].OwnBid))], [.. all.Select(i => Price(i, _lanes[i].OwnAsk))]));
    }
}
