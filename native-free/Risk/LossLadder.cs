using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>The limits that a run of losses or of trouble meets, one after the other, each with what is done, for how long, and how it ends: docs/concepts/losses.md.</summary>
/// <remarks>
/// A limit is reached at its figure. A pause ends by its clock and never before; one that is reached again later begins another. What is counted within a minute begins anew with the process.
/// Owner: the hot thread. Allocates: only when constructed. Blocks, throws: never. Time: logic time, from the arguments, not before the last.
/// </remarks>
public sealed class LossLadder
{
    private readonly LossLadderSettings _settings;
    private readonly LastMinute _apiErrors;
    private readonly LastMinute _rejects;
    private readonly long[] _hits = new long[LossState.Rules];
    private readonly Result[] _results;
    private readonly EpochNanos[] _symbolLossUntil;
    private EpochNanos? _viewAt;
    private bool _isFull;
    private bool _isSilent;
    private bool _isUnsure;
    private bool _mayPause;

    /// <summary>Creates a ladder that remembers nothing.</summary>
    /// <param name="instruments">Instruments traded.</param>
    /// <param name="settings">Its limits.</param>
    public LossLadder(int instruments, LossLadderSettings settings)
    {
        _settings = settings;
        _apiErrors = new LastMinute(settings.ApiErrorsPerMinute);
        _rejects = new LastMinute(settings.RejectsPerMinute);
        _results = new Result[instruments];
        _symbolLossUntil = new EpochNanos[instruments];
        State = new LossState(instruments);
    }

    /// <summary>Whether there is any limit.</summary>
    public bool HasLimits => _settings.HasLimits;

    /// <summary>Whether mark-outs have one.</summary>
    public bool LimitsMarkOuts => _settings.MarkOutLossE8 > 0;

    /// <summary>Whether the loss of one instrument has one.</summary>
    public bool LimitsSymbols => _settings.SymbolDailyLossE8 > 0;

    /// <summary>What is remembered across restarts.</summary>
    public LossState State { get; }

    /// <summary>The time that it was last told.</summary>
    public EpochNanos Now { get; private set; }

    /// <summary>Nothing that opens may pass.</summary>
    public bool Reduces { get; private set; }

    /// <summary>An instrument may be held: <see cref="Holds"/> says which.</summary>
    public bool HoldsAny { get; private set; }

    /// <summary>Every position is to be closed, too.</summary>
    public bool Flattens { get; private set; }

    /// <summary>Rises whenever something has changed that a decision depends on.</summary>
    public long Changes { get; private set; }

    /// <summary>Something has changed that is to be remembered; the reader sets it back.</summary>
    public bool HasNews { get; set; }

    /// <summary>How often a limit was reached since start.</summary>
    public long Hits(LossRule rule) => _hits[(int)rule];

    /// <summary>Whether an instrument is not to be quoted.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="isFlat">Nothing of it is held.</param>
    /// <param name="now">The present.</param>
    public bool Holds(InstrumentId instrument, bool isFlat, EpochNanos now) =>
        State.HeldUntil(instrument).Nanos > now.Nanos || State.IsStopped(instrument) || (_isFull && isFlat);

    /// <summary>Whether the position of an instrument is to be closed.</summary>
    public bool Closes(InstrumentId instrument) => Flattens || State.IsStopped(instrument);

    /// <summary>Takes what an engine before it remembered.</summary>
    /// <returns>False, and nothing has changed, when that cannot be taken.</returns>
    public bool TryTake(ReadOnlySpan<byte> content, EpochNanos now)
    {
        if (!State.TryRead(content)) return false;
        (HoldsAny, _mayPause) = (true, true);
        for (int i = 0; i < _symbolLossUntil.Length; i++) _symbolLossUntil[i] = State.HeldUntil(new InstrumentId(i));   // what holds longest is this limit
        Changes++;
        HasNews = true;   // the time since is in it now
        OnTime(now);
        return true;
    }

    /// <summary>Time has passed: pauses end, silence is noticed.</summary>
    public void OnTime(EpochNanos now)
    {
        Now = now;
        if (_settings.SlowThreadSilentNanos > 0)
        {
            _viewAt ??= now;
            bool isSilent = now - _viewAt.Value >= _settings.SlowThreadSilentNanos;
            if (isSilent && !_isSilent) CountHit(LossRule.SlowThread);
            _isSilent = isSilent;
        }

        if (HoldsAny) HoldsAny = HoldsOne(now);
        if (!_mayPause && !_isSilent && !Reduces) return;
        bool flattens = IsPaused(LossRule.DailyLoss, now) || IsPaused(LossRule.WeeklyLoss, now);
        bool reduces = flattens || IsPaused(LossRule.ApiErrors, now) || IsPaused(LossRule.Rejects, now) || _isSilent;
        if (flattens != Flattens || reduces != Reduces) Changes++;
        (Flattens, Reduces, _mayPause) = (flattens, reduces, reduces);
    }

    /// <summary>Equity as it is, by books that are known to be the venue's.</summary>
    /// <returns>True when the engine is to be killed and flattened. The drawdown counts from here then: who lets the engine go on accepts what is lost.</returns>
    public bool OnEquity(MoneyE8 equity, EpochNanos now)
    {
        BeginDay(equity, now);
        if (equity > State.PeakEquity)
        {
            State.PeakEquity = equity;
            HasNews = true;
        }

        if (IsLost(State.DayEquity, equity, _settings.DailyLossE8)) Pause(LossRule.DailyLoss, _settings.DailyPauseNanos, now);
        if (IsLost(State.WeekEquity, equity, _settings.WeeklyLossE8)) Pause(LossRule.WeeklyLoss, _settings.WeeklyPauseNanos, now);
        if (!IsLost(State.PeakEquity, equity, _settings.DrawdownE8)) return false;
        State.PeakEquity = equity;
        CountHit(LossRule.Drawdown);
        return true;
    }

    /// <summary>Money was brought in or taken out.</summary>
    public void OnTransfer(MoneyE8 amount)
    {
        if (!State.HasBegun) return;
        State.OnTransfer(amount);
        HasNews = true;
    }

    /// <summary>A position that is held, at the present mark price.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="unrealisedE16">Its profit in 1e-16 USDT.</param>
    /// <param name="costE16">Its entry value in 1e-16 USDT.</param>
    /// <param name="now">The present.</param>
    public void OnPosition(InstrumentId instrument, Int128 unrealisedE16, Int128 costE16, EpochNanos now)
    {
        if (_settings.PositionStopE8 == 0 || unrealisedE16 >= 0 || State.IsStopped(instrument)) return;
        if (-unrealisedE16 * MarginMath.OneE8 < costE16 * _settings.PositionStopE8) return;
        State.Stop(instrument, isStopped: true);
        Hold(instrument, _settings.PositionStopPauseNanos, now);
        CountHit(LossRule.PositionStop);
    }

    /// <summary>What an instrument has won and lost.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="booked">P&amp;L, fees and funding since the process began.</param>
    /// <param name="unrealised">Of its position, at the present mark price.</param>
    /// <param name="now">The present.</param>
    public void OnResult(InstrumentId instrument, MoneyE8 booked, MoneyE8 unrealised, EpochNanos now)
    {
        ref Result last = ref _results[instrument.Index];
        if (booked != last.Booked)
        {
            State.SetDayResult(instrument, State.DayResult(instrument) + (booked - last.Booked));
            HasNews = true;
        }

        last = new Result(booked, unrealised);
        if (!State.HasBegun || _symbolLossUntil[instrument.Index].Nanos > now.Nanos || !IsLost(State.DayEquity, State.DayEquity + State.DayResult(instrument) + unrealised, _settings.SymbolDailyLossE8)) return;
        State.Stop(instrument, isStopped: true);
        Hold(instrument, _settings.DailyPauseNanos, now);
        _symbolLossUntil[instrument.Index] = new EpochNanos(now.Nanos + _settings.DailyPauseNanos);
        CountHit(LossRule.SymbolLoss);
    }

    /// <summary>Nothing of an instrument is held.</summary>
    public void OnFlat(InstrumentId instrument)
    {
        if (!State.IsStopped(instrument)) return;
        State.Stop(instrument, isStopped: false);
        Changes++;
        HasNews = true;
    }

    /// <summary>How many instruments are held.</summary>
    public void OnOpenPositions(int count)
    {
        bool isFull = _settings.OpenPositionsMax > 0 && count >= _settings.OpenPositionsMax;
        if (isFull == _isFull) return;
        _isFull = isFull;
        HoldsAny |= isFull;
        if (isFull) CountHit(LossRule.OpenPositions);
        else Changes++;
    }

    /// <summary>The venue has failed a request: for their number, for itself, or for the session.</summary>
    public void OnApiError(EpochNanos now)
    {
        if (_apiErrors.Add(now)) Pause(LossRule.ApiErrors, _settings.RequestPauseNanos, now);
    }

    /// <summary>The venue has refused a create or an amend.</summary>
    public void OnReject(EpochNanos now)
    {
        if (_rejects.Add(now)) Pause(LossRule.Rejects, _settings.RequestPauseNanos, now);
    }

    /// <summary>Mean move against the fills of the worse side of an instrument.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="lossE8">As a share of the price, in 1e-8; below zero for a gain.</param>
    /// <param name="now">The present.</param>
    /// <returns>True when the limit was reached: what the mean was made of is to be forgotten.</returns>
    public bool OnMarkOut(InstrumentId instrument, long lossE8, EpochNanos now)
    {
        if (_settings.MarkOutLossE8 == 0 || lossE8 < _settings.MarkOutLossE8) return false;
        Hold(instrument, _settings.MarkOutPauseNanos, now);
        CountHit(LossRule.MarkOuts);
        return true;
    }

    /// <summary>A view of the market has come.</summary>
    /// <param name="doubtE8">How unsure its maker is: 1 less its confidence, in 1e-8; below zero where it does not say: then nothing is killed for it, and the time goes on.</param>
    /// <param name="isKilled">The engine is killed. The time in which its maker is unsure begins when it is let go on.</param>
    /// <param name="now">The present.</param>
    public void OnView(long doubtE8, bool isKilled, EpochNanos now)
    {
        _viewAt = now;
        if (_settings.ModelConfidenceMinE8 == 0) return;
        if (isKilled)
        {
            OnKilled();   // it may have been before this ladder was
            return;
        }

        _isUnsure = doubtE8 >= 0 && MarginMath.OneE8 - doubtE8 < _settings.ModelConfidenceMinE8;
        bool isNew = doubtE8 >= 0 && _isUnsure != State.UnsureSince.Nanos > 0;
        if (isNew) CountUnsureFrom(_isUnsure ? now : default);
    }

    /// <summary>The engine is killed: whoever lets it go on gives what runs beside as long again.</summary>
    public void OnKilled()
    {
        _isUnsure = false;
        if (State.UnsureSince.Nanos > 0) CountUnsureFrom(default);
    }

    /// <summary>Whether what runs beside has been unsure for too long, by its last view: one of the run before alone says nothing.</summary>
    /// <returns>True, once, when the engine is to be killed and flattened. Who lets the engine go on waits as long again.</returns>
    public bool IsUnsureTooLong(EpochNanos now)
    {
        if (!_isUnsure || now - State.UnsureSince < _settings.ModelConfidenceNanos) return false;
        _isUnsure = false;
        CountUnsureFrom(default);
        CountHit(LossRule.ModelConfidence);
        return true;
    }

    private static bool IsLost(MoneyE8 from, MoneyE8 equity, long limitE8)
    {
        if (limitE8 == 0 || equity >= from) return false;
        return (Int128)(from.Units - equity.Units) * MarginMath.OneE8 >= (Int128)from.Units * limitE8;
    }

    private void CountUnsureFrom(EpochNanos since)
    {
        State.UnsureSince = since;
        HasNews = true;
    }

    private bool IsPaused(LossRule rule, EpochNanos now) => State.PausedUntil(rule).Nanos > now.Nanos;

    /// <summary>The day's loss begins with the first equity of the day.</summary>
    private void BeginDay(MoneyE8 equity, EpochNanos now)
    {
        if (now - State.DayBegan < LossState.DayNanos) return;
        if (!State.HasBegun) State.PeakEquity = equity;
        (State.DayBegan, State.DayEquity) = (LossState.DayOf(now), equity);
        for (int i = 0; i < _results.Length; i++) State.SetDayResult(new InstrumentId(i), -_results[i].Unrealised);
        EpochNanos week = LossState.WeekOf(now);
        if (week != State.WeekBegan) (State.WeekBegan, State.WeekEquity) = (week, equity);
        HasNews = true;
    }

    private void Pause(LossRule rule, long nanos, EpochNanos now)
    {
        if (IsPaused(rule, now)) return;
        State.Pause(rule, new EpochNanos(now.Nanos + nanos));
        _mayPause = true;
        CountHit(rule);
        OnTime(now);
    }

    private void Hold(InstrumentId instrument, long nanos, EpochNanos now)
    {
        State.Hold(instrument, new EpochNanos(Math.Max(State.HeldUntil(instrument).Nanos, now.Nanos + nanos)));
        HoldsAny = true;
    }

    private bool HoldsOne(EpochNanos now)
    {
        for (int i = 0; i < State.Instruments; i++)
        {
            if (Holds(new InstrumentId(i), isFlat: true, now)) return true;
        }

        return false;
    }

    private void CountHit(LossRule rule)
    {
        _hits[(int)rule]++;
        Changes++;
        HasNews = true;
    }

    /// <summary>What an instrument had won and lost when it was last told.</summary>
    private readonly record struct Result(MoneyE8 Booked, MoneyE8 Unrealised);

    /// <summary>Whether as many things as are allowed have happened within a minute.</summary>
    private sealed class LastMinute(int most)
    {
        private const long MinuteNanos = 60_000_000_000;

        private readonly long[] _nanos = new long[most];
        private long _count;

        /// <summary>One more; true when it is the one too many, and then they count anew.</summary>
        public bool Add(EpochNanos now)
        {
            if (_nanos.Length == 0) return false;
            _nanos[_count++ % _nanos.Length] = now.Nanos;
            if (_count < _nanos.Length || now.Nanos - _nanos[_count % _nanos.Length] >= MinuteNanos) return false;
            _count = 0;
            return true;
        }
    }
}
