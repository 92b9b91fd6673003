namespace LatencyEngine.Budgets;

/// <summary>One part of the hot path with everything that it works on made ready, so that <see cref="Run"/> is that part and a loop around it.</summary>
/// <remarks>Thread: one. Work outside <see cref="Run"/> must not depend on the number of items: the cost of an item is the difference of two runs.</remarks>
internal abstract class Stage
{
    /// <summary>Most items of one run.</summary>
    public virtual int ItemsMax => int.MaxValue;

    /// <summary>Makes ready for a run from the first item; to be called before each.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Works on items from the first one on, again from the first after the last.</summary>
    /// <returns>A sum over what came out, which <see cref="Expected"/> knows from another source.</returns>
    public abstract long Run(int items);

    /// <summary>What <see cref="Run"/> returns when every answer is right.</summary>
    public abstract long Expected(int items);

    /// <summary>The sum over items whose answers repeat after each lap. Reads every answer, however few the items.</summary>
    protected static long SumOverLaps(ReadOnlySpan<long> answers, int items)
    {
        (long laps, long rest) = Math.DivRem(items, (long)answers.Length);
        long ofLap = 0, ofRest = 0;
        for (int i = 0; i < answers.Length; i++)
        {
            ofLap += answers[i];
            ofRest += i < rest ? answers[i] : 0;
        }

        return (laps * ofLap) + ofRest;
    }
}
