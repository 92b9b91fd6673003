using System.Globalization;
using LatencyEngine.History;
using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>The outright trades of one symbol: what is asked of the engine, what it says of them, and, where there are records, how a restart finds them again and has the position held with its stop. docs/concepts/strategist.md.</summary>
/// <remarks>
/// A trade is on the disk before it is asked for, without an entry price until something of it is held. While a position is turned there are two: the one that is held, with its stop, and the
/// one that is to come; which of them a restart finds, the sign of the position says. A fact of the engine may be lost to it: what is not answered is asked again, or given up when its time is over,
/// and what was held and is not any more is over. Thread: one.
/// </remarks>
internal sealed class DirectionalTrades
{
    /// <summary>From one step of a slow thread to the next while a trade of the run before is to be taken over, ns: so long it has no stop, and its instrument may be quoted.</summary>
    public const long ResumingStepNanos = 100_000_000;

    private const long RetryMillis = 5_000;

    // A close that the venue refuses for so long is told, and asked for once in so long from then on.
    private const long RefusedMillis = 60_000;

    private readonly TradeRecords? _records;
    private readonly string _setup;
    private readonly InstrumentSpec _spec;
    private readonly int _entrySeconds;
    private readonly long _lotsMax;
    private readonly decimal _feeFraction;
    private readonly Func<long> _nextId;
    private readonly Action<string> _note;
    private readonly IReadOnlyList<HistoryTrade> _before = [];
    private DirectionalRequest _asked;
    private string _askedFor = "";
    private string _endsFor = "";
    private string? _closesFor;
    private bool _isAnswered = true;
    private bool _wasHeld;
    private HistoryTrade? _held;
    private HistoryTrade? _coming;
    private bool _isEntryOver;
    private Resumption _resumption;
    private DirectionalOutcome _toldOutcome;
    private long _askAgainAtMillis;
    private long _closesSinceMillis;
    private long? _flatSinceMillis;
    private long _positionLots;
    private decimal? _mark;
    private long _takenId;
    private long _nowMillis;

    /// <summary>Prepares them; what the records have open is waited for.</summary>
    /// <param name="records">Of the run; null to keep none.</param>
    /// <param name="setup">What asks for them, as it is recorded.</param>
    /// <param name="spec">The instrument.</param>
    /// <param name="entrySeconds">How long a position may be entered.</param>
    /// <param name="lotsMax">Most of a position.</param>
    /// <param name="feeFraction">Fee of a side, for the record.</param>
    /// <param name="nextId">Numbers the requests.</param>
    /// <param name="note">Told sentences for people.</param>
    public DirectionalTrades(TradeRecords? records, string setup, InstrumentSpec spec, int entrySeconds, long lotsMax, decimal feeFraction, Func<long> nextId, Action<string> note)
    {
        (_records, _setup, _spec, _entrySeconds, _lotsMax, _feeFraction, _nextId, _note) = (records, setup, spec, entrySeconds, lotsMax, feeFraction, nextId, note);
        if (records is null) return;
        _before = records.OpenTrades(spec.Symbol);
        if (_before.Count > 0) _resumption = Resumption.Waiting;
    }

    /// <summary>How far the trade of the run before has been taken over.</summary>
    private enum Resumption
    {
        /// <summary>There is none, or it has been.</summary>
        None,

        /// <summary>The engine has to know its position first.</summary>
        Waiting,

        /// <summary>It is held still, and the engine is to be asked to hold it with its stop.</summary>
        Found,

        /// <summary>It was asked.</summary>
        Asked,

        /// <summary>It is beyond its stop, or cannot be held with one: it is to be closed.</summary>
        Closes,
    }

    /// <summary>Whether a trade of the run before is not taken over yet.</summary>
    public bool IsResuming => _resumption != Resumption.None;

    /// <summary>Signed lots that the engine was last known to want; 0 for none.</summary>
    public long WantedLots { get; private set; }

    /// <summary>Whether the engine is being asked to close, until nothing is held any more.</summary>
    public bool IsClosing => _closesFor is not null;

    /// <summary>Whether something is wanted, asked for or held.</summary>
    public bool IsUnderWay => IsResuming || IsClosing || WantedLots != 0 || !_isAnswered;

    /// <summary>What is held for it: a position of the quotes is theirs.</summary>
    public long OwnLots => _positionLots != 0 && (SignOf(_positionLots) == SignOf(WantedLots) || (!_isAnswered && SignOf(_positionLots) == SignOf(_asked.Wanted.Lots))) ? _positionLots : 0;

    /// <summary>The trade that is held, as it is recorded; null for none.</summary>
    public HistoryTrade? Held => _held;

    /// <summary>The stop as the engine has taken it; 0 for none.</summary>
    public decimal Stop { get; private set; }

    /// <summary>Whether the engine has refused a nearer stop since the mark price is there or beyond.</summary>
    public bool IsPassed { get; private set; }

    /// <summary>Asks for a position. What cannot be recorded is not asked for: a restart would not know its stop.</summary>
    /// <param name="lots">Signed; 0 to be flat, which is asked again until it is so.</param>
    /// <param name="bound">Worst price of an order.</param>
    /// <param name="stop">Mark price at which it is closed.</param>
    /// <param name="entrySeconds">How long it may be entered, s.</param>
    /// <param name="reason">Why, for the record.</param>
    /// <param name="asOf">The present.</param>
    /// <param name="inbox">Takes the request.</param>
    public void Ask(long lots, decimal bound, decimal stop, int entrySeconds, string reason, EpochNanos asOf, SlowInbox inbox)
    {
        _nowMillis = Math.Max(_nowMillis, asOf.Milliseconds);
        if (lots == 0) Close(reason);
        else
        {
            EndComing("nothing was filled");
            var trade = new HistoryTrade
            {
                Id = TradeRecords.NameOf(_setup, _spec.Symbol, asOf.Nanos),
                Symbol = _spec.Symbol,
                Setup = _setup,
                Side = lots > 0 ? Side.Buy : Side.Sell,
                Qty = Qty(lots),
                OpenedMillis = asOf.Milliseconds,
                StopPrice = Exact.Price(_spec, Exact.Ticks(_spec, stop)),
            };
            if (!TryKeep(trade, "it is not asked for")) return;
            (_coming, _isEntryOver, _closesFor, _flatSinceMillis) = (trade, false, null, null);
        }

        Publish(lots, bound, stop, entrySeconds, reason, asOf, inbox);
    }

    /// <summary>Asks for a nearer stop of what is held. It stands once the engine has taken it.</summary>
    /// <param name="stop">Mark price at which it is closed.</param>
    /// <param name="asOf">The present.</param>
    /// <param name="inbox">Takes the request.</param>
    public void MoveStop(decimal stop, EpochNanos asOf, SlowInbox inbox) => Hold(Math.Clamp(OwnLots, -_lotsMax, _lotsMax), stop, _askedFor, asOf, inbox);

    /// <summary>Hears what the account holds.</summary>
    /// <param name="lane">The instrument.</param>
    /// <param name="state">Whether the engine quotes: where it is blind its position may not be known; where it is killed or stopped, it may not be known either, unless it has the trade's sign.</param>
    public void OnAccount(in LaneFact lane, QuotingState state)
    {
        (_positionLots, _mark) = (lane.Position.Lots, Mark(lane.MarkPrice));
        int sign = SignOf(_positionLots);
        _wasHeld |= OwnLots != 0;
        if (sign != 0) _flatSinceMillis = null;
        else if (state != QuotingState.Blind && (IsClosing || (_wasHeld && _coming is null))) _flatSinceMillis ??= _nowMillis;
        if (_coming is not null && sign != 0 && sign == SignOf(WantedLots) && sign == SignOf(_coming) && (_held is null || SignOf(_held) != sign)) Enter(_isEntryOver ? Qty(_positionLots) : _coming.Qty, _mark);
        else if (_isEntryOver && _held is { } held && SignOf(held) == sign && sign == SignOf(WantedLots) && held.Qty < Qty(_positionLots)) Grow(held);
        if (_resumption != Resumption.Waiting) return;
        bool isKnown = state is QuotingState.Active or QuotingState.Reducing || (state is QuotingState.Killed or QuotingState.Stopped && _before.Any(trade => SignOf(trade) == sign));
        if (isKnown) Find(sign, lane.Position, _mark);
    }

    /// <summary>Hears what became of a request.</summary>
    /// <param name="fact">The engine's word.</param>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public void OnDirectional(in DirectionalFact fact, long nowMillis)
    {
        _nowMillis = Math.Max(_nowMillis, nowMillis);
        if (fact.Id == _asked.Id) _isAnswered = true;
        switch (fact.Outcome)
        {
            case DirectionalOutcome.Taken:
                if (fact.Wanted.Lots != 0) WantedLots = fact.Wanted.Lots;
                if (fact.Id == _asked.Id) OnTaken();
                _endsFor = fact.Wanted.Lots == 0 ? _askedFor : "closed by the engine";   // by a kill, a limit, or at the run's end
                if (fact.Id == _asked.Id && _resumption is Resumption.Asked or Resumption.Closes) _resumption = Resumption.None;
                break;
            case DirectionalOutcome.Opened or DirectionalOutcome.Reached or DirectionalOutcome.Expired or DirectionalOutcome.Halted:
                OnHeld(in fact);
                break;
            case DirectionalOutcome.StopReached:
                _endsFor = "the stop is reached";
                Close(_endsFor);   // the engine gives up where the venue refuses it long enough
                _note(_endsFor);
                break;
            case DirectionalOutcome.Ended when fact.Id == _asked.Id || (fact.Id == _takenId && (_isAnswered || _coming is null)):
                End(Mark(fact.MarkPrice));
                break;
            case DirectionalOutcome.Ended when fact.Id == _takenId:   // another has been asked for behind it
                EndHeld(Mark(fact.MarkPrice), _endsFor);
                (WantedLots, Stop, IsPassed, _wasHeld) = (0, 0, false, false);
                break;
            case DirectionalOutcome.NotOfTheStrategy or DirectionalOutcome.Impossible or DirectionalOutcome.TooLate or DirectionalOutcome.NothingMayOpen:
                OnRefused(in fact);
                break;
        }
    }

    /// <summary>Goes on with the trade of the run before, once its position is known, and asks again where no answer has come.</summary>
    public void GoOn(EpochNanos asOf, SlowInbox inbox)
    {
        _nowMillis = Math.Max(_nowMillis, asOf.Milliseconds);
        if (!_isAnswered && _nowMillis >= _asked.MadeAt.Milliseconds + (_asked.EntrySeconds * 1_000L) + RetryMillis) GiveUpWaiting();
        if (_flatSinceMillis is { } since && _nowMillis - since >= RetryMillis) End(_mark);   // and the engine's word of it is lost
        if (_nowMillis < _askAgainAtMillis) return;
        _askAgainAtMillis = _nowMillis + RetryMillis;
        if (_resumption == Resumption.Closes && !IsClosing)
        {
            _endsFor = "beyond its stop when the engine came back";
            Close(_endsFor);
            _note("the position of the run before is closed");
        }

        if (_closesFor is { } reason)
        {
            WaitWithRefused();
            Publish(0, 0, 0, _entrySeconds, reason, asOf, inbox);
            return;
        }

        if (_resumption is not (Resumption.Found or Resumption.Asked)) return;
        decimal stop = _held!.StopPrice ?? 0;
        _note(string.Create(CultureInfo.InvariantCulture, $"goes on with {Exact.Qty(_spec, new QtyLots(WantedLots))} {_spec.Symbol} of the run before, stop {stop}"));
        Hold(WantedLots, stop, "taken over at the start", asOf, inbox);
        _resumption = Resumption.Asked;
    }

    private static int SignOf(long lots) => Math.Sign(lots);

    private static int SignOf(HistoryTrade trade) => trade.Side == Side.Buy ? 1 : -1;

    private static decimal? Mark(PriceE8 mark) => mark.Units > 0 ? Exact.Price(mark) : null;

    /// <summary>What became of the trades of the run before while nobody watched.</summary>
    private void Find(int sign, QtyLots position, decimal? mark)
    {
        HistoryTrade? found = _before.LastOrDefault(trade => SignOf(trade) == sign);
        foreach (HistoryTrade other in _before.Where(trade => trade != found)) TryKeep(Ended(other, mark, "gone when the engine came back"), "its end is lost");
        if (found is null)
        {
            _note(sign == 0 ? "the position of the run before is gone" : "the position is on the other side of the trade of the run before: it is the quotes'");
            (WantedLots, _resumption) = (0, Resumption.None);
            return;
        }

        _held = found with { EntryPrice = found.EntryPrice ?? mark ?? found.StopPrice };
        TryKeep(_held, "it goes on all the same");
        long lots = Exact.Lots(_spec, found.Qty);
        WantedLots = sign * Math.Min(Math.Min(lots, Math.Abs(position.Lots)), _lotsMax);
        (_resumption, _askAgainAtMillis) = (Resumption.Found, 0);
    }

    /// <summary>What is held is to be held on to with a stop: no more is bought or sold for it, not even where it has just gone, since no order may go beyond a tick from its stop.</summary>
    private void Hold(long lots, decimal stop, string reason, EpochNanos asOf, SlowInbox inbox) =>
        Publish(lots, stop + (SignOf(lots) * Exact.Price(_spec, new PriceTicks(1))), stop, _entrySeconds, reason, asOf, inbox);

    private void Close(string reason)
    {
        if (!IsClosing) _closesSinceMillis = _nowMillis;
        (_closesFor, _askAgainAtMillis) = (reason, _nowMillis + RetryMillis);
    }

    private void WaitWithRefused()
    {
        if (_nowMillis - _closesSinceMillis < RefusedMillis) return;
        _note($"{_spec.Symbol} is still not closed after {(_nowMillis - _closesSinceMillis) / 1_000} s; see what the venue says in the log, and close it there if it must be");
        _askAgainAtMillis = _nowMillis + RefusedMillis;
    }

    /// <summary>The answer to a request is lost; what the account holds tells it.</summary>
    private void GiveUpWaiting()
    {
        if (OwnLots != 0 && WantedLots == 0 && _coming is not null)
        {
            (WantedLots, Stop) = (_asked.Wanted.Lots, Exact.Price(_spec, _asked.Stop));
            Enter(Qty(_positionLots), _mark);
        }

        EndComing("nothing was filled");
        _isAnswered = true;
    }

    /// <summary>The stop that was asked for holds.</summary>
    private void OnTaken()
    {
        _takenId = _asked.Id;
        Stop = _asked.Stop.Ticks > 0 ? Exact.Price(_spec, _asked.Stop) : Stop;
        if (_held is not { } held || SignOf(held) != SignOf(_asked.Wanted.Lots) || held.StopPrice == Stop) return;
        _held = held with { StopPrice = Stop };
        TryKeep(_held, "a restart will not know its stop as it is");
    }

    /// <summary>Nothing is held or wanted any more.</summary>
    private void End(decimal? mark)
    {
        EndHeld(mark, _endsFor);
        EndComing("nothing was filled");
        (WantedLots, Stop, IsPassed, _wasHeld, _closesFor, _flatSinceMillis) = (0, 0, false, false, null, null);
        if (_resumption != Resumption.Waiting) _resumption = Resumption.None;
    }

    private void OnRefused(in DirectionalFact fact)
    {
        if (fact.Outcome != _toldOutcome) _note($"the engine has refused it: {fact.Outcome}");
        _toldOutcome = fact.Outcome;
        if (fact.Id != _asked.Id) return;
        EndComing($"refused: {fact.Outcome}");
        IsPassed = fact.Outcome == DirectionalOutcome.TooLate && _held is { } held && IsBeyond(SignOf(held), Exact.Price(_spec, _asked.Stop), fact.MarkPrice);
        if (fact.Outcome == DirectionalOutcome.NotOfTheStrategy) _closesFor = null;
        if (_resumption != Resumption.Asked) return;
        _resumption = fact.Outcome switch
        {
            DirectionalOutcome.NotOfTheStrategy => Resumption.None,
            DirectionalOutcome.NothingMayOpen => Resumption.Waiting,   // less is held than was found: it is found again
            DirectionalOutcome.TooLate when !(_held?.StopPrice is { } stop && IsBeyond(SignOf(_held), stop, fact.MarkPrice)) => Resumption.Found,
            _ => Resumption.Closes,
        };
        if (_resumption == Resumption.None) EndHeld(Mark(fact.MarkPrice), "the strategy trades outright no more");
    }

    private static bool IsBeyond(int sign, decimal stop, PriceE8 mark) => Mark(mark) is not { } price || sign * (price - stop) <= 0;

    /// <summary>What is held now: of a turned position first the old one, then the one that was to come. An entry is the mark price when it is first seen.</summary>
    private void OnHeld(in DirectionalFact fact)
    {
        if (fact.Id != _asked.Id && fact.Id != _takenId) return;   // of one that is replaced
        int sign = Math.Sign(fact.Position.Lots);
        bool isEntering = fact.Outcome == DirectionalOutcome.Opened;
        decimal qty = Qty(fact.Position.Lots);
        if (_coming is { } coming && SignOf(coming) == sign)
        {
            Enter(isEntering && !_isEntryOver ? coming.Qty : qty, Mark(fact.MarkPrice));
        }
        else if (_held is { } held && SignOf(held) == sign)
        {
            _held = held with { Qty = isEntering && _coming is null ? held.Qty : qty };
            TryKeep(_held, "a restart will not know it as it is");
        }

        if (isEntering) return;
        _isEntryOver = true;

        // A turn that has come to its end half way: what is left is on the side that nobody wants any more.
        if (sign != 0 && sign == -SignOf(fact.Wanted.Lots)) (_closesFor, _askAgainAtMillis, _closesSinceMillis) = (_askedFor, 0, _nowMillis);
    }

    /// <summary>The rest of an order that was on its way when the entry's time was over.</summary>
    private void Grow(HistoryTrade held)
    {
        _held = held with { Qty = Qty(_positionLots) };
        TryKeep(_held, "a restart will not know it as it is");
    }

    /// <summary>What was to come is held.</summary>
    private void Enter(decimal qty, decimal? mark)
    {
        EndHeld(mark, _askedFor);
        (_held, _coming) = (_coming! with { EntryPrice = mark ?? Exact.Price(_spec, _asked.Bound), OpenedMillis = _nowMillis, Qty = qty }, null);
        TryKeep(_held, "a restart will not know it as it is");
    }

    private void EndHeld(decimal? mark, string reason)
    {
        if (_held is not { } held) return;
        TryKeep(Ended(held, mark, reason), "its end is lost");
        _held = null;
    }

    private void EndComing(string reason)
    {
        if (_coming is not { } coming) return;
        TryKeep(Ended(coming, null, reason), "its end is lost");
        _coming = null;
    }

    /// <summary>Of a trade without an entry nothing was filled, whatever else ended it.</summary>
    private HistoryTrade Ended(HistoryTrade trade, decimal? mark, string reason)
    {
        if (trade.EntryPrice is not { } entry) return trade with { ClosedMillis = _nowMillis, PnlUsdt = 0, ExitReason = reason.StartsWith("refused", StringComparison.Ordinal) ? reason : "nothing was filled" };
        decimal exit = mark ?? entry;
        decimal fees = (entry + exit) * trade.Qty * _feeFraction;
        return trade with { ClosedMillis = _nowMillis, ExitPrice = exit, FeesUsdt = fees, PnlUsdt = (SignOf(trade) * (exit - entry) * trade.Qty) - fees, ExitReason = reason };
    }

    private bool TryKeep(HistoryTrade trade, string otherwise)
    {
        try
        {
            _records?.Keep(trade);
            return true;
        }
        catch (HistoryException fault)
        {
            _note($"a trade cannot be recorded, and {otherwise}: {fault.Message}");
            return false;
        }
    }

    private void Publish(long lots, decimal bound, decimal stop, int entrySeconds, string reason, EpochNanos asOf, SlowInbox inbox)
    {
        (_isAnswered, IsPassed) = (false, false);
        (_askedFor, _toldOutcome) = (reason, _resumption == Resumption.None && lots != WantedLots ? DirectionalOutcome.Unset : _toldOutcome);
        _asked = new DirectionalRequest
        {
            Instrument = _spec.Id,
            EntrySeconds = entrySeconds,
            Wanted = new QtyLots(lots),
            Bound = lots == 0 ? default : Exact.Ticks(_spec, bound),
            Stop = lots == 0 ? default : Exact.Ticks(_spec, stop),
            MadeAt = asOf,
            Id = _nextId(),
        };
        inbox.Publish(_asked);
    }

    private decimal Qty(long lots) => Math.Abs(Exact.Qty(_spec, new QtyLots(lots)));
}
