using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>How often the takers of one side reach a depth: rate(depth) = A exp(-k depth), fitted to the deepest trades of the window's steps.</summary>
/// <remarks>
/// <para>By docs/models.md, 2.6: at each half tick, how many steps traded strictly deeper (at the same price we may be behind in the queue); ln of that count a second is regressed on the depth, over depths that were passed at least five times, weighted by the count.
/// A fit with fewer than five such depths, k not above 0, R² below 0.5 or A outside 0.01 to 1,000 is refused; one that is taken moves A and k by at most a fifth each.</para>
/// <para>Counts are integers: nothing drifts. Adding and forgetting a step is O(1); a fit is one pass over the depths, whatever the number of trades.</para>
/// <para>Thread: one owner. Allocates: in the constructor only. Throws: never.</para>
/// </remarks>
public sealed class SideIntensity
{
    /// <summary>Fewest usable depths of a fit that counts.</summary>
    public const int DepthsMin = 5;

    /// <summary>Fewest steps that went deeper than a depth, for it to be usable.</summary>
    public const int CountMin = 5;

    /// <summary>Least R² of a fit that counts.</summary>
    public const double RSquaredMin = 0.5;

    /// <summary>Least A of a fit that counts, 1/s.</summary>
    public const double RateMin = 0.01;

    /// <summary>Largest A of a fit that counts, 1/s.</summary>
    public const double RateMax = 1_000;

    private const double StepMax = 0.2;

    private readonly int _side;

    // A ring of the steps that traded, and how many of them by their depth in half ticks; the last entry counts all that are deeper than the grid.
    private readonly long[] _steps;
    private readonly int[] _depths;
    private readonly int[] _stepsByDepth;
    private int _oldest;
    private int _count;
    private long _deepestHalfTicks;

    /// <summary>Makes room for a window.</summary>
    /// <param name="takerSide">The takers' side.</param>
    /// <param name="steps">Steps of the window.</param>
    /// <param name="depths">Half ticks of the grid.</param>
    internal SideIntensity(Side takerSide, int steps, int depths)
    {
        _side = takerSide.Sign;
        _steps = new long[steps];
        _depths = new int[steps];
        _stepsByDepth = new int[depths + 2];
    }

    /// <summary>True once a fit was taken.</summary>
    public bool HasValue { get; private set; }

    /// <summary>A: takers that reach the mid, a second; 0 until there is a value.</summary>
    public double ArrivalRatePerSecond { get; private set; }

    /// <summary>k: decay of that rate, 1/tick; 0 until there is a value.</summary>
    public double DecayPerTick { get; private set; }

    /// <summary>What became of the newest fit.</summary>
    public IntensityFitStatus Status { get; private set; }

    /// <summary>Whether the newest fit was refused.</summary>
    public bool IsRefused => Status >= IntensityFitStatus.TooFewDepths;

    /// <summary>Weighted R² of the newest fit, 0 to 1; 0 where none could be made.</summary>
    public double RSquared { get; private set; }

    /// <summary>Depths that the newest fit could use.</summary>
    public int UsableDepths { get; private set; }

    /// <summary>One trade of the step under way.</summary>
    internal void OnTrade(long twicePriceTicks, long twiceMidTicks) =>
        _deepestHalfTicks = Math.Max(_deepestHalfTicks, (twicePriceTicks - twiceMidTicks) * _side);

    /// <summary>Ends a step and forgets those before the window.</summary>
    /// <param name="step">The step that ends; where it is itself before the window it is forgotten.</param>
    /// <param name="firstStep">First step of the window.</param>
    internal void EndStep(long step, long firstStep)
    {
        while (_count > 0 && _steps[_oldest] < firstStep)
        {
            _stepsByDepth[_depths[_oldest]]--;
            _oldest = Place(1);
            _count--;
        }

        if (_deepestHalfTicks > 0 && step >= firstStep)
        {
            int newest = Place(_count++);
            _steps[newest] = step;
            _depths[newest] = (int)Math.Min(_deepestHalfTicks, _stepsByDepth.Length - 1);
            _stepsByDepth[_depths[newest]]++;
        }

        _deepestHalfTicks = 0;
    }

    /// <summary>There is too little to fit.</summary>
    internal void WaitForMore() => Status = IntensityFitStatus.WarmingUp;

    /// <summary>Fits the window and takes the fit, or says why not.</summary>
    /// <param name="seconds">Watched time of the window, positive.</param>
    internal void Refit(double seconds)
    {
        Status = Fit(seconds, out double rate, out double decay);
        if (IsRefused) return;
        if (HasValue)
        {
            double wantedRate = rate, wantedDecay = decay;
            rate = Step(ArrivalRatePerSecond, rate);
            decay = Step(DecayPerTick, decay);
            if (rate != wantedRate || decay != wantedDecay) Status = IntensityFitStatus.TakenInPart;
        }

        HasValue = true;
        ArrivalRatePerSecond = rate;
        DecayPerTick = decay;
    }

    private static double Step(double last, double fitted) => Math.Clamp(fitted, last * (1 - StepMax), last * (1 + StepMax));

    /// <summary>The regression of ln(count / seconds) on the depth. The deepest usable point is the origin: equal counts give a slope of exactly 0, and no digits cancel.</summary>
    private IntensityFitStatus Fit(double seconds, out double rate, out double decay)
    {
        rate = decay = RSquared = 0;
        UsableDepths = 0;
        int deeper = 0, origin = 0, originCount = 0;
        double weights = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
        for (int depth = _stepsByDepth.Length - 2; depth > 0; depth--)
        {
            deeper += _stepsByDepth[depth + 1];
            if (deeper < CountMin) continue;
            if (UsableDepths++ == 0) (origin, originCount) = (depth, deeper);
            double ticks = (depth - origin) * 0.5;
            double log = Math.Log((double)deeper / originCount);
            weights += deeper;
            x += deeper * ticks;
            y += deeper * log;
            xx += deeper * ticks * ticks;
            xy += deeper * ticks * log;
            yy += deeper * log * log;
        }

        if (UsableDepths < DepthsMin) return IntensityFitStatus.TooFewDepths;
        double ofX = xx - (x * x / weights), ofBoth = xy - (x * y / weights), ofY = yy - (y * y / weights);
        decay = -ofBoth / ofX;
        if (!(decay > 0)) return IntensityFitStatus.NoDecay;
        RSquared = Math.Min(1, ofBoth * ofBoth / (ofX * ofY));
        rate = originCount / seconds * Math.Exp((y / weights) + (decay * ((x / weights) + (origin * 0.5))));
        if (!(RSquared >= RSquaredMin)) return IntensityFitStatus.PoorFit;
        return rate is >= RateMin and <= RateMax ? IntensityFitStatus.Taken : IntensityFitStatus.RateOutOfRange;
    }

    /// <summary>The place of a step by its age, 0 the oldest.</summary>
    private int Place(int index)
    {
        int place = _oldest + index;
        return place < _steps.Length ? place : place - _steps.Length;
    }
}
