using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>What the file of a run's loss limits holds: the ladder's state by name, and whose it is. Moments in nanoseconds since 1970.</summary>
internal sealed record LossesContent
{
    /// <summary>The version that this program writes.</summary>
    public const int PresentVersion = 1;

    public required int Version { get; init; }

    public required string Environment { get; init; }

    public required string Endpoint { get; init; }

    public required long AsOfNanos { get; init; }

    public required long DayBeganNanos { get; init; }

    public required decimal DayEquityUsdt { get; init; }

    public required long WeekBeganNanos { get; init; }

    public required decimal WeekEquityUsdt { get; init; }

    public required decimal PeakEquityUsdt { get; init; }

    /// <summary>Since when the model has been unsure of itself; 0 where it was not, and in a file of before that was kept.</summary>
    public long UnsureSinceNanos { get; init; }

    /// <summary>End of each pause there was, by rule.</summary>
    public required SortedDictionary<string, long> PausedUntilNanos { get; init; }

    /// <summary>End of each hold there was, by symbol.</summary>
    public required SortedDictionary<string, long> HeldUntilNanos { get; init; }

    /// <summary>What each symbol has booked today, USDT; nothing in a file of before there was such a limit.</summary>
    public SortedDictionary<string, decimal> DayResultUsdt { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Symbols whose position is to be closed.</summary>
    public required IReadOnlyList<string> Stopped { get; init; }

    /// <summary>A state by name.</summary>
    public static LossesContent Of(LossState state, IReadOnlyList<string> symbols, string environment, string endpoint)
    {
        var content = new LossesContent
        {
            Version = PresentVersion,
            Environment = environment,
            Endpoint = endpoint,
            AsOfNanos = state.AsOf.Nanos,
            DayBeganNanos = state.DayBegan.Nanos,
            DayEquityUsdt = Exact.Usdt(state.DayEquity),
            WeekBeganNanos = state.WeekBegan.Nanos,
            WeekEquityUsdt = Exact.Usdt(state.WeekEquity),
            PeakEquityUsdt = Exact.Usdt(state.PeakEquity),
            UnsureSinceNanos = state.UnsureSince.Nanos,
            PausedUntilNanos = new(StringComparer.Ordinal),
            HeldUntilNanos = new(StringComparer.Ordinal),
            Stopped = [.. symbols.Where((_, index) => state.IsStopped(new InstrumentId(index)))],
        };
        foreach (LossRule rule in LossFigures.Rules.Where(rule => state.PausedUntil(rule).Nanos > 0)) content.PausedUntilNanos[rule.ToString()] = state.PausedUntil(rule).Nanos;
        for (int i = 0; i < symbols.Count; i++)
        {
            if (state.HeldUntil(new InstrumentId(i)).Nanos is > 0 and long until) content.HeldUntilNanos[symbols[i]] = until;
            if (state.DayResult(new InstrumentId(i)) is { Units: not 0 } result) content.DayResultUsdt[symbols[i]] = Exact.Usdt(result);
        }

        return content;
    }

    /// <summary>The state, for an engine that trades these symbols; others are left out. Null when it holds what cannot be.</summary>
    public LossState? State(IReadOnlyList<string> symbols)
    {
        var state = new LossState(symbols.Count)
        {
            AsOf = new EpochNanos(AsOfNanos),
            DayBegan = new EpochNanos(DayBeganNanos),
            DayEquity = Money(DayEquityUsdt),
            WeekBegan = new EpochNanos(WeekBeganNanos),
            WeekEquity = Money(WeekEquityUsdt),
            PeakEquity = Money(PeakEquityUsdt),
            UnsureSince = new EpochNanos(UnsureSinceNanos),
        };
        foreach ((string name, long until) in PausedUntilNanos)
        {
            if (!Enum.TryParse(name, out LossRule rule) || !LossFigures.Rules.Contains(rule)) return null;
            state.Pause(rule, new EpochNanos(until));
        }

        for (int i = 0; i < symbols.Count; i++)
        {
            if (HeldUntilNanos.TryGetValue(symbols[i], out long until)) state.Hold(new InstrumentId(i), new EpochNanos(until));
            if (DayResultUsdt.TryGetValue(symbols[i], out decimal result)) state.SetDayResult(new InstrumentId(i), Money(result));
            state.Stop(new InstrumentId(i), Stopped.Contains(symbols[i]));
        }

        byte[] content = new byte[state.LengthBytes];
        state.Write(content);
        return state.TryRead(content) ? state : null;
    }

    private static MoneyE8 Money(decimal usdt) => new((long)(usdt * MoneyE8.One));
}
