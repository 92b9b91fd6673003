using System.Runtime.InteropServices;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Risk;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>What an engine has last said of itself, for whoever asks from another thread: the engine's own objects are its own.</summary>
/// <remarks>Threads: the run's takes, any reads.</remarks>
internal sealed class StatusBoard
{
    private readonly Lock _changing = new();
    private readonly Engine _engine;
    private readonly EngineThreads _threads;
    private readonly EngineConfiguration _configuration;
    private readonly LaneFact[] _lanes;
    private readonly RiskFact[] _risks;
    private readonly SortedDictionary<int, GateRefusalFact> _refusals = [];
    private readonly LossState _losses;
    private EngineFact _state;
    private long _describedNanos;

    public StatusBoard(Engine engine, EngineThreads threads, EngineConfiguration configuration)
    {
        _engine = engine;
        _threads = threads;
        _configuration = configuration;
        _lanes = new LaneFact[engine.Instruments.Count];
        _risks = new RiskFact[_lanes.Length];
        _losses = new LossState(_lanes.Length);
    }

    /// <summary>The engine as it last described itself.</summary>
    public EngineFact State
    {
        get
        {
            lock (_changing) return _state;
        }
    }

    /// <summary>Why it was killed then, as <see cref="RiskGate.KillReasons"/> has it.</summary>
    public int KillReasons
    {
        get
        {
            lock (_changing) return _risks[0].KillReasons;
        }
    }

    /// <summary><see cref="IoMeters.KillAnsweredAtNanos"/>.</summary>
    public long KillAnsweredAtNanos => _threads.Io.Meters.KillAnsweredAtNanos;

    /// <summary>Takes one frame of the outbound ring.</summary>
    public void Take(in FrameView frame)
    {
        OutboundKind kind = (OutboundKind)frame.Kind;
        if (kind is not (OutboundKind.LaneFact or OutboundKind.RiskFact or OutboundKind.GateRefusalFact or OutboundKind.LossState or OutboundKind.EngineFact)) return;
        lock (_changing)
        {
            switch (kind)
            {
                case OutboundKind.LaneFact:
                    LaneFact lane = MemoryMarshal.Read<LaneFact>(frame.Payload);
                    _lanes[lane.Instrument.Index] = lane;
                    break;
                case OutboundKind.RiskFact:
                    RiskFact risk = MemoryMarshal.Read<RiskFact>(frame.Payload);
                    _risks[risk.Instrument.Index] = risk;
                    break;
                case OutboundKind.GateRefusalFact:
                    GateRefusalFact refusal = MemoryMarshal.Read<GateRefusalFact>(frame.Payload);
                    _refusals[refusal.Reason] = refusal;
                    break;
                case OutboundKind.LossState: _losses.TryRead(frame.Payload); break;
                default:
                    _state = MemoryMarshal.Read<EngineFact>(frame.Payload);
                    _describedNanos = frame.LogicTimeNanos;
                    break;
            }
        }
    }

    /// <summary>All of it.</summary>
    public RunStatus Describe(RunFiles files, string verb, DateTime startedUtc, IReadOnlyList<KillRecord> kills)
    {
        lock (_changing)
        {
            InstrumentSpec Spec(InstrumentId instrument) => _engine.Instruments[instrument];
            LimitUse Budget(int left, int max) => new(max - left, max);
            OrderBudgetConfiguration budget = _configuration.OrderBudget;
            decimal equity = Exact.Usdt(_lanes.Aggregate(_state.Wallet, (sum, lane) => sum + lane.Unrealised));
            decimal balance = _engine.Gate.IsCross ? equity : Exact.Usdt(_state.Wallet);
            return new RunStatus
            {
                Name = files.Name,
                Verb = verb,
                ProcessId = Environment.ProcessId,
                StartedUtc = startedUtc,
                State = _state.State.ToString(),
                DescribedUtc = _describedNanos == 0 ? null : Exact.Utc(_describedNanos),
                Kills = kills,
                Closing = _state.Closing.ToString(),
                LiveOrders = _state.LiveOrders,
                OutcomeUnknown = _state.OutcomeUnknown,
                Connections = EngineThreads.Channels.ToDictionary(channel => channel.ToString(), channel => Describe(_threads.Io.Status(channel))),
                WalletUsdt = Exact.Usdt(_state.Wallet),
                EquityUsdt = equity,
                AvailableMarginUsdt = Exact.Usdt(_risks[0].AvailableMargin),
                BoundMarginUsdt = new LimitUse(balance - Exact.Usdt(_risks[0].AvailableMargin), decimal.Round(balance * _configuration.Risk.ExposureMaxFraction, 8)),
                Losses = LossFigures.Uses(_losses, _configuration.Losses, equity),
                PausedUntil = LossFigures.Paused(_losses, _engine.Symbols, new EpochNanos(_describedNanos)),
                OrderBudget = new Dictionary<string, LimitUse>
                {
                    ["creates"] = Budget(_risks[0].CreatesLeft, budget.CreatesPerSecond),
                    ["amends"] = Budget(_risks[0].AmendsLeft, budget.AmendsPerSecond),
                    ["cancels"] = Budget(_risks[0].CancelsLeft, budget.CancelsPerSecond),
                },
                Instruments = [.. _lanes.Select((lane, i) => InstrumentStatus.Of(Spec(new InstrumentId(i)), _engine.Gate.LimitsOf(new InstrumentId(i)), in lane, in _risks[i], _losses, _configuration.Losses.SymbolDailyLossFraction))],
                Refusals = [.. _refusals.Values.OrderByDescending(fact => fact.At.Nanos).Select(fact => GateRefusal.Of(Spec(fact.Instrument), in fact))],
            };
        }
    }

    private static string Describe(ConnectionStatus status) => status.Phase != ConnectionPhase.Ready && status.LastFault is { } fault ? $"{status.Phase} ({fault})" : $"{status.Phase}";
}
