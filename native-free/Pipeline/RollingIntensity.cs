using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline;

/// <summary>The arrival intensity A exp(-k depth) of one instrument as its quoter takes it: A the geometric mean of both sides', k their mean. docs/models.md, 2.6.</summary>
/// <remarks>
/// A side counts with the configured values until a fit of it was taken. While its newest fit is refused its last values stay and k counts as 0.8 of itself, which widens the quotes.
/// Thread: hot. Allocates: never. Throws: never.
/// </remarks>
public sealed class RollingIntensity
{
    private const double DecayShareWhileRefused = 0.8;

    private readonly double _configuredRate;
    private readonly double _configuredDecay;
    private long _fitsSeen;

    /// <summary>Follows an estimate.</summary>
    /// <param name="estimate">Fed by this object only, from here on.</param>
    /// <param name="arrivalRatePerSecond">A as configured, 1/s, positive.</param>
    /// <param name="decayPerTick">k as configured, 1/tick, positive.</param>
    public RollingIntensity(ArrivalIntensity estimate, double arrivalRatePerSecond, double decayPerTick)
    {
        Estimate = estimate;
        ArrivalRatePerSecond = _configuredRate = arrivalRatePerSecond;
        DecayPerTick = _configuredDecay = decayPerTick;
    }

    /// <summary>The estimate of each side.</summary>
    public ArrivalIntensity Estimate { get; }

    /// <summary>A in force, 1/s.</summary>
    public double ArrivalRatePerSecond { get; private set; }

    /// <summary>k in force, 1/tick.</summary>
    public double DecayPerTick { get; private set; }

    /// <summary>Fits of a side that were taken, those in part included.</summary>
    public long FitsTaken { get; private set; }

    /// <summary>Of them, those that were taken in part: they went further than one step may.</summary>
    public long FitsTakenInPart { get; private set; }

    /// <summary>Fits of a side that were refused.</summary>
    public long FitsRefused { get; private set; }

    /// <summary>As <see cref="ArrivalIntensity.OnMid"/>.</summary>
    /// <returns>True when A or k in force may have moved.</returns>
    public bool OnMid(long twiceMidTicks, long timeNanos)
    {
        Estimate.OnMid(twiceMidTicks, timeNanos);
        return Follow();
    }

    /// <summary>As <see cref="ArrivalIntensity.OnTrade"/>.</summary>
    /// <returns>True when A or k in force may have moved.</returns>
    public bool OnTrade(Side takerSide, PriceTicks price, long timeNanos)
    {
        Estimate.OnTrade(takerSide, price, timeNanos);
        return Follow();
    }

    private bool Follow()
    {
        if (Estimate.Fits == _fitsSeen) return false;
        _fitsSeen = Estimate.Fits;
        Count(Estimate.Bids.Status);
        Count(Estimate.Asks.Status);
        ArrivalRatePerSecond = Math.Sqrt(Rate(Estimate.Bids) * Rate(Estimate.Asks));
        DecayPerTick = (Decay(Estimate.Bids) + Decay(Estimate.Asks)) / 2;
        return true;
    }

    private void Count(IntensityFitStatus status)
    {
        if (status is IntensityFitStatus.Taken or IntensityFitStatus.TakenInPart) FitsTaken++;
        if (status == IntensityFitStatus.TakenInPart) FitsTakenInPart++;
        if (status >= IntensityFitStatus.TooFewDepths) FitsRefused++;
    }

    private double Rate(SideIntensity side) => side.HasValue ? side.ArrivalRatePerSecond : _configuredRate;

    private double Decay(SideIntensity side) => (side.HasValue ? side.DecayPerTick : _configuredDecay) * (side.IsRefused ? DecayShareWhileRefused : 1);
}
