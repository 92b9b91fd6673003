namespace LatencyEngine.Forecast;

/// <summary>
/// Bitcoin's halvings and the position of a day between them. The dates are public facts of the chain: the UTC day of the blocks 210,000, 420,000,
/// 630,000 and 840,000 (15:24:38, 16:46:13, 19:23:43 and shortly after 00:00). The next halving is not known; its cycle counts as 210,000 blocks of ten minutes.
/// </summary>
public static class HalvingCycle
{
    /// <summary>Days of a cycle whose end is not known yet: 210,000 blocks of ten minutes, rounded down.</summary>
    public const int OpenCycleDays = 1458;

    /// <summary>The chain's first day, from which days are counted before the first halving.</summary>
    public static DateOnly Genesis { get; } = new(2009, 1, 3);

    /// <summary>The known halvings, UTC days, oldest first.</summary>
    public static IReadOnlyList<DateOnly> Halvings { get; } = [new(2012, 11, 28), new(2016, 7, 9), new(2020, 5, 11), new(2024, 4, 20)];

    /// <summary>Block heights of <see cref="Halvings"/>.</summary>
    public static IReadOnlyList<int> Heights { get; } = [210_000, 420_000, 630_000, 840_000];

    /// <summary>The position of a UTC day.</summary>
    public static CyclePosition PositionOf(DateOnly day)
    {
        int index = -1;
        while (index + 1 < Halvings.Count && Halvings[index + 1] <= day) index++;
        int days = day.DayNumber - StartOf(index).DayNumber;
        int length = index + 1 < Halvings.Count ? Halvings[index + 1].DayNumber - StartOf(index).DayNumber : OpenCycleDays;
        double cycles = (double)days / length;
        return new CyclePosition(index, days, cycles - Math.Floor(cycles), index < 0 ? CyclePhase.Accumulation : LabelOf(days));
    }

    /// <summary>First day of a cycle: its halving, or <see cref="Genesis"/> for the cycle -1.</summary>
    /// <param name="cycleIndex">-1 up to the last known halving's.</param>
    public static DateOnly StartOf(int cycleIndex) => cycleIndex < 0 ? Genesis : Halvings[cycleIndex];

    /// <summary>The days that a label covers, counted from a halving.</summary>
    /// <returns>Days since the halving: from, inclusive, and to, exclusive (null: the next halving).</returns>
    /// <exception cref="ArgumentOutOfRangeException">Not a label.</exception>
    public static (int From, int? To) DaysOf(CyclePhase label) => label switch
    {
        CyclePhase.Bull => (0, 480),
        CyclePhase.Distribution => (480, 600),
        CyclePhase.Bear => (600, 930),
        CyclePhase.Accumulation => (930, null),
        _ => throw new ArgumentOutOfRangeException(nameof(label), label, "not a label"),
    };

    /// <summary>A label's name as it is printed and written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a label.</exception>
    public static string NameOf(CyclePhase label) => label switch
    {
        CyclePhase.Bull => "bull",
        CyclePhase.Distribution => "distribution",
        CyclePhase.Bear => "bear",
        CyclePhase.Accumulation => "accumulation",
        _ => throw new ArgumentOutOfRangeException(nameof(label), label, "not a label"),
    };

    private static CyclePhase LabelOf(int days) => days switch
    {
        < 480 => CyclePhase.Bull,
        < 600 => CyclePhase.Distribution,
        < 930 => CyclePhase.Bear,
        _ => CyclePhase.Accumulation,
    };
}

/// <summary>A day's place in the halving cycle.</summary>
/// <param name="CycleIndex">0 from the first halving on, -1 before it.</param>
/// <param name="DaysSinceHalving">Whole days since the cycle's first day.</param>
/// <param name="Phase">Share of the cycle that has passed, from 0 up to but not 1; an open cycle that lasts longer than expected begins again at 0.</param>
/// <param name="Label">The phase's name.</param>
public readonly record struct CyclePosition(int CycleIndex, int DaysSinceHalving, double Phase, CyclePhase Label);
