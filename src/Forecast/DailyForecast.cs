namespace LatencyEngine.Forecast;

/// <summary>A forecast of the daily close, complete: what it rests on, every coming day, the members and their weights, and where the days stand in the halving cycle.</summary>
public sealed record DailyForecast
{
    /// <summary>The first day of the history.</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>The last day of the history: tomorrow is one day after it.</summary>
    public required DateOnly LastDay { get; init; }

    /// <summary>Closes in the history.</summary>
    public required int Rows { get; init; }

    /// <summary>Close of the last day.</summary>
    public required double LastPrice { get; init; }

    /// <summary>What was left out of the history, one sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The fitted trend model.</summary>
    public required TrendModel Model { get; init; }

    /// <summary>The fitted power law.</summary>
    public required PowerLaw PowerLaw { get; init; }

    /// <summary>The coming days, from the first on.</summary>
    public required IReadOnlyList<ForecastDay> Days { get; init; }

    /// <summary>Where the last day stands in the halving cycle, and what that rests on.</summary>
    public required PhaseEvidence Phase { get; init; }
}

/// <summary>One coming day. Prices are in the quote currency; an interval is lower end, upper end.</summary>
public sealed record ForecastDay
{
    /// <summary>The day, UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The weighted ensemble: what is published.</summary>
    public required double Price { get; init; }

    /// <summary>The interval of the trend model's simulated trends at 80 %, around <see cref="Price"/>. It assumes independent residuals.</summary>
    public required (double Lower, double Upper) Simulated80 { get; init; }

    /// <summary>As <see cref="Simulated80"/> at 95 %.</summary>
    public required (double Lower, double Upper) Simulated95 { get; init; }

    /// <summary>The interval of past errors at 80 %, around <see cref="Price"/>; null where too few are known.</summary>
    public required (double Lower, double Upper)? Conformal80 { get; init; }

    /// <summary>As <see cref="Conformal80"/> at 95 %.</summary>
    public required (double Lower, double Upper)? Conformal95 { get; init; }

    /// <summary>The members with equal weights.</summary>
    public required double EqualWeights { get; init; }

    /// <summary>The anchored power law.</summary>
    public required double PowerLaw { get; init; }

    /// <summary>The cycle analog.</summary>
    public required double CycleAnalog { get; init; }

    /// <summary>The anchored trend model.</summary>
    public required double TrendModel { get; init; }

    /// <summary>The trend model as it is.</summary>
    public required double UnanchoredTrendModel { get; init; }

    /// <summary>The power law as it is.</summary>
    public required double UnanchoredPowerLaw { get; init; }

    /// <summary>The trend model's own interval at 80 %, around <see cref="UnanchoredTrendModel"/>.</summary>
    public required (double Lower, double Upper) UnanchoredTrendModel80 { get; init; }

    /// <summary>The weights behind <see cref="Price"/>.</summary>
    public required Weights Weights { get; init; }

    /// <summary>The day's label.</summary>
    public required CyclePhase Phase { get; init; }
}

/// <summary>The label of a day and what it rests on: days since the halving, and what the price did under the same label in earlier cycles.</summary>
/// <param name="Day">The day.</param>
/// <param name="Position">Its place in the cycle.</param>
/// <param name="CycleStart">The halving (before the first: the chain's first day).</param>
/// <param name="LabelFrom">First day of the label in this cycle.</param>
/// <param name="LabelTo">First day after it; null where that is the next halving, whose day is not known.</param>
/// <param name="Earlier">What the price did under the same label in each earlier cycle of which the history holds it whole.</param>
public sealed record PhaseEvidence(DateOnly Day, CyclePosition Position, DateOnly CycleStart, DateOnly LabelFrom, DateOnly? LabelTo, IReadOnlyList<PhaseOfEarlierCycle> Earlier)
{
    /// <summary>Collects the evidence for the last day of a history.</summary>
    public static PhaseEvidence Of(DailyCloses closes)
    {
        CyclePosition position = HalvingCycle.PositionOf(closes.LastDay);
        DateOnly start = HalvingCycle.StartOf(position.CycleIndex);
        (DateOnly from, DateOnly? to) = LabelDays(position.CycleIndex, position.Label);
        var earlier = new List<PhaseOfEarlierCycle>();
        for (int index = 0; index < position.CycleIndex; index++)
        {
            (DateOnly first, DateOnly? end) = LabelDays(index, position.Label);
            if (end is null || closes.RowOf(first.DayNumber) is not { } before || closes.RowOf(end.Value.DayNumber) is not { } after) continue;
            earlier.Add(new PhaseOfEarlierCycle(HalvingCycle.StartOf(index), first, end.Value, (closes.Prices[after] / closes.Prices[before]) - 1));
        }

        return new PhaseEvidence(closes.LastDay, position, start, from, to, earlier);
    }

    private static (DateOnly From, DateOnly? To) LabelDays(int cycleIndex, CyclePhase label)
    {
        if (cycleIndex < 0) return (HalvingCycle.Genesis, HalvingCycle.Halvings[0]);
        (int from, int? to) = HalvingCycle.DaysOf(label);
        DateOnly start = HalvingCycle.StartOf(cycleIndex);
        DateOnly? next = cycleIndex + 1 < HalvingCycle.Halvings.Count ? HalvingCycle.Halvings[cycleIndex + 1] : null;
        return (start.AddDays(from), to is { } days ? start.AddDays(days) : next);
    }
}

/// <summary>What the price did under a label in an earlier cycle.</summary>
/// <param name="Halving">The halving that began it.</param>
/// <param name="From">First day of the label.</param>
/// <param name="To">First day after it.</param>
/// <param name="Change">Price on the last over the price on the first, less 1.</param>
public readonly record struct PhaseOfEarlierCycle(DateOnly Halving, DateOnly From, DateOnly To, double Change);
