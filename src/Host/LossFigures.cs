using System.Globalization;
using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>What the loss ladder has done, as results and people read it.</summary>
public static class LossFigures
{
    /// <summary>The rules, in their order.</summary>
    internal static readonly IReadOnlyList<LossRule> Rules = [.. Enum.GetValues<LossRule>().Where(rule => rule != LossRule.Unset)];

    /// <summary>How often each limit was reached, by its name; those that never were are left out.</summary>
    /// <param name="ladder">Of an engine that rests.</param>
    public static IReadOnlyDictionary<string, long> Hits(LossLadder ladder) => Rules.Where(rule => ladder.Hits(rule) > 0).ToDictionary(Name, ladder.Hits);

    /// <summary>Until when the engine, by rule, and instruments, by symbol, are paused: those pauses that had not ended.</summary>
    /// <param name="engine">One that rests.</param>
    public static IReadOnlyDictionary<string, DateTime> Paused(Engine engine) => Paused(engine.HotPath.Losses.State, engine.Symbols, engine.HotPath.Losses.Now);

    /// <summary>The same of a state.</summary>
    internal static IReadOnlyDictionary<string, DateTime> Paused(LossState state, IReadOnlyList<string> symbols, EpochNanos now)
    {
        IEnumerable<(string Name, EpochNanos Until)> pauses =
        [
            .. Rules.Select(rule => (Name(rule), state.PausedUntil(rule))),
            .. symbols.Select((symbol, i) => (symbol, state.HeldUntil(new InstrumentId(i)))),
        ];
        return pauses.Where(pause => pause.Until.Nanos > now.Nanos).ToDictionary(pause => pause.Name, pause => Exact.Utc(pause.Until.Nanos));
    }

    /// <summary>What is lost against the limits on equity, USDT.</summary>
    internal static IReadOnlyDictionary<string, LimitUse> Uses(LossState state, LossesConfiguration limits, decimal equity)
    {
        if (!state.HasBegun) return new Dictionary<string, LimitUse>();
        (LossRule Rule, MoneyE8 From, decimal Fraction)[] rules =
        [
            (LossRule.DailyLoss, state.DayEquity, limits.DailyLossFraction), (LossRule.WeeklyLoss, state.WeekEquity, limits.WeeklyLossFraction), (LossRule.Drawdown, state.PeakEquity, limits.DrawdownFraction),
        ];
        return rules.Where(rule => rule.Fraction > 0).ToDictionary(rule => Name(rule.Rule), rule => new LimitUse(Math.Max(0, Exact.Usdt(rule.From) - equity), decimal.Round(Exact.Usdt(rule.From) * rule.Fraction, 8)));
    }

    /// <summary>What is new in a state, a sentence each.</summary>
    internal static IEnumerable<string> News(LossState before, LossState now, IReadOnlyList<string> symbols)
    {
        foreach (LossRule rule in Rules.Where(rule => now.PausedUntil(rule).Nanos > before.PausedUntil(rule).Nanos))
        {
            string what = rule is LossRule.DailyLoss or LossRule.WeeklyLoss ? "every position is closed and nothing quoted" : "nothing is quoted";
            yield return $"the limit {Name(rule)} is reached: {what} until {Shown(now.PausedUntil(rule))}";
        }

        for (int i = 0; i < symbols.Count; i++)
        {
            var id = new InstrumentId(i);
            if (now.HeldUntil(id).Nanos > before.HeldUntil(id).Nanos) yield return $"a loss limit of {symbols[i]} is reached: {(now.IsStopped(id) ? "its position is closed, and it is" : "it is")} not quoted until {Shown(now.HeldUntil(id))}";
        }
    }

    /// <summary>A moment for people.</summary>
    internal static string Shown(EpochNanos moment) => Exact.Utc(moment.Nanos).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Name(LossRule rule) => JsonNamingPolicy.CamelCase.ConvertName(rule.ToString());
}
