using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>Arrival intensity of takers by depth, each side for itself, from public trades over a rolling window.</summary>
/// <remarks>
/// <para>Logic time is cut into steps of 100 ms. Of each step and side the deepest trade counts, in distance from the mid that was known before the step: a sweep moves the mid that later trades would be held against (docs/models.md, 2.6).
/// Every five seconds <see cref="SideIntensity"/> fits what the window holds.</para>
/// <para>Time without events is time without trades. An event costs O(1), amortised: a step leaves the window once. After a silence one event empties the window, at most all its steps.</para>
/// <para>Thread: one owner. Allocates: in the constructor only. Throws: in the constructor only. The independent numbers are in <c>intensity_*</c> of the goldens.</para>
/// </remarks>
public sealed class ArrivalIntensity
{
    /// <summary>Length of a step.</summary>
    public const long StepNanos = 100_000_000;

    /// <summary>Steps from one fit to the next: five seconds.</summary>
    public const int StepsPerFit = 50;

    private const int StepsPerSecond = 10;

    private readonly long _windowSteps;
    private readonly long _warmUpSteps;
    private bool _hasMid;
    private bool _isWatching;
    private bool _hadMidBeforeStep;
    private long _twiceMidTicks;
    private long _twiceMidBeforeStep;
    private long _step;
    private long _firstStep;
    private long _nextFitStep;

    /// <summary>Creates an estimator without a value.</summary>
    /// <param name="depthMaxTicks">Deepest point of the fit, in ticks; 3 to 10,000. The range that quotes live in: beyond it the line need not hold.</param>
    /// <param name="windowSeconds">What counts, 10 to 86,400.</param>
    /// <param name="warmUpSeconds">Least watched time of a fit; 5 to the window.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public ArrivalIntensity(int depthMaxTicks, int windowSeconds = 600, int warmUpSeconds = 60)
    {
        if (depthMaxTicks is < 3 or > 10_000) throw new ArgumentOutOfRangeException(nameof(depthMaxTicks), depthMaxTicks, "the deepest point of the intensity must be 3 to 10000 ticks");
        if (windowSeconds is < 10 or > 86_400) throw new ArgumentOutOfRangeException(nameof(windowSeconds), windowSeconds, "the window of the intensity must be 10 to 86400 seconds");
        if (warmUpSeconds < 5 || warmUpSeconds > windowSeconds) throw new ArgumentOutOfRangeException(nameof(warmUpSeconds), warmUpSeconds, $"the warm-up of the intensity must be 5 seconds to its window of {windowSeconds}");
        _windowSteps = windowSeconds * StepsPerSecond;
        _warmUpSteps = warmUpSeconds * StepsPerSecond;
        Bids = new SideIntensity(Side.Sell, windowSeconds * StepsPerSecond, 2 * depthMaxTicks);
        Asks = new SideIntensity(Side.Buy, windowSeconds * StepsPerSecond, 2 * depthMaxTicks);
    }

    /// <summary>What fills bids: takers that sell.</summary>
    public SideIntensity Bids { get; }

    /// <summary>What fills asks: takers that buy.</summary>
    public SideIntensity Asks { get; }

    /// <summary>Fits so far, refused ones included: when it has changed, so may the values have.</summary>
    public long Fits { get; private set; }

    /// <summary>The mid has moved, or is told again.</summary>
    /// <param name="twiceMidTicks">Twice the mid, in ticks.</param>
    /// <param name="timeNanos">Logic time, nanoseconds, not negative; what is of a step that is over is ignored.</param>
    public void OnMid(long twiceMidTicks, long timeNanos)
    {
        if (!Advance(timeNanos)) return;
        _hasMid = true;
        _twiceMidTicks = twiceMidTicks;
    }

    /// <summary>The book is lost: what trades in a step that begins without a mid has no depth and does not count, its time does.</summary>
    public void ForgetMid() => _hasMid = false;

    /// <summary>One public trade that met the book; block trades did not.</summary>
    /// <param name="takerSide">The taker's side; unset is ignored.</param>
    /// <param name="price">Its price.</param>
    /// <param name="timeNanos">Logic time, nanoseconds, not negative; what is of a step that is over is ignored.</param>
    public void OnTrade(Side takerSide, PriceTicks price, long timeNanos)
    {
        if (!Advance(timeNanos) || !_isWatching || !_hadMidBeforeStep) return;
        if (takerSide == Side.Sell) Bids.OnTrade(2 * price.Ticks, _twiceMidBeforeStep);
        else if (takerSide == Side.Buy) Asks.OnTrade(2 * price.Ticks, _twiceMidBeforeStep);
    }

    /// <summary>Ends the step under way when its time is over.</summary>
    /// <returns>False when the time lies in a step that is over.</returns>
    private bool Advance(long timeNanos)
    {
        long step = timeNanos / StepNanos;
        if (step <= _step) return step == _step;
        if (!_isWatching && _hasMid) Watch();
        if (_isWatching) EndStep(step);
        _twiceMidBeforeStep = _twiceMidTicks;
        _hadMidBeforeStep = _hasMid;
        _step = step;
        return true;
    }

    /// <summary>The step under way is that of the first mid: the next one is the first whose mid is known before it.</summary>
    private void Watch()
    {
        _isWatching = true;
        _firstStep = _step + 1;
        _nextFitStep = _firstStep + StepsPerFit;
    }

    private void EndStep(long next)
    {
        Bids.EndStep(_step, next - _windowSteps);
        Asks.EndStep(_step, next - _windowSteps);
        if (next < _nextFitStep) return;
        _nextFitStep = next + StepsPerFit;
        Fits++;
        long watched = Math.Min(_windowSteps, next - _firstStep);
        Refit(Bids, watched);
        Refit(Asks, watched);
    }

    private void Refit(SideIntensity side, long watchedSteps)
    {
        if (watchedSteps < _warmUpSteps) side.WaitForMore();
        else side.Refit(watchedSteps / (double)StepsPerSecond);
    }
}
