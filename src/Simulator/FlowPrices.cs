namespace LatencyEngine.Simulator;

/// <summary>Index, mark price and funding rate of a flow market (Bybit V5, 16.6).</summary>
/// <remarks>
/// The index is the flow's value, smoothed. Mark = median(P1, P2, last); the premium is sampled each second at the book's middle, weights rising by sample.
/// Assumptions: impact prices are taken for the middle; the interest rate is 0.01 % for eight hours; P1 divides by eight hours whatever the interval is. Time
/// comes in through arguments. One thread; it allocates at the start.
/// </remarks>
internal sealed class FlowPrices
{
    /// <summary>How often <see cref="Step"/> is to be called, ns.</summary>
    public const long StepNanos = 100_000_000;

    private const double SmoothingPart = 0.05;       // of a step: the index follows the value within some two seconds
    private const decimal InterestPerHour = 0.0001m / 8;
    private const decimal InterestBand = 0.0005m;
    private const decimal MinutesPerHour = 60;
    private const decimal PremiumHours = 8;
    private const decimal MillisPerHour = 3_600_000;
    private const int SamplesOfMinutes5 = 300;
    private const long MillisPerSecond = 1_000;

    private readonly VenueInstrument _instrument;
    private readonly RecentRows<decimal> _basis = new(SamplesOfMinutes5);
    private double _index;
    private decimal _basisSum;
    private decimal _premiumSum;   // Σ i·premium_i over the interval
    private long _samples;
    private long _nextSampleMillis;

    /// <summary>Before anything has traded index and mark are the first price.</summary>
    public FlowPrices(VenueInstrument instrument, decimal firstPrice, long startNanos)
    {
        _instrument = instrument;
        _index = (double)firstPrice;
        _nextSampleMillis = startNanos / Venue.NanosPerMilli;
        Index = Mark = firstPrice;
        NextFundingMillis = _instrument.FundingStampAfter(_nextSampleMillis);
    }

    /// <summary>Index price, USDT.</summary>
    public decimal Index { get; private set; }

    /// <summary>Mark price, USDT.</summary>
    public decimal Mark { get; private set; }

    /// <summary>Predicted rate of the next stamp, part of the value.</summary>
    public decimal FundingRate { get; private set; }

    /// <summary>The next funding stamp, ms since 1970.</summary>
    public long NextFundingMillis { get; private set; }

    /// <summary>Takes the market as it stands. A stamp that has passed begins a new interval; who pays has been asked before.</summary>
    /// <param name="value">The flow's value, USDT.</param>
    /// <param name="mid">Middle of the book; null while a side is empty.</param>
    /// <param name="last">Price of the last trade; null before any.</param>
    /// <param name="nowMillis">Venue time, ms since 1970.</param>
    public void Step(double value, decimal? mid, decimal? last, long nowMillis)
    {
        if (nowMillis >= NextFundingMillis)
        {
            NextFundingMillis = _instrument.FundingStampAfter(nowMillis);
            (_premiumSum, _samples) = (0, 0);
        }

        _index += SmoothingPart * (value - _index);
        Index = decimal.Round((decimal)_index, _instrument.PriceDecimals);
        if (nowMillis >= _nextSampleMillis && mid is { } middle) Sample(middle, nowMillis);
        decimal hours = (NextFundingMillis - nowMillis) / MillisPerHour;
        decimal byFunding = Index * (1 + (FundingRate * hours / PremiumHours));
        decimal byBasis = Index + (_basis.Held == 0 ? 0 : _basisSum / _basis.Held);
        Mark = decimal.Round(Median(byFunding, byBasis, last ?? Index), _instrument.PriceDecimals);
    }

    private static decimal Median(decimal a, decimal b, decimal c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));

    private void Sample(decimal mid, long nowMillis)
    {
        _nextSampleMillis = nowMillis - (nowMillis % MillisPerSecond) + MillisPerSecond;
        if (_basis.Held == SamplesOfMinutes5) _basisSum -= _basis[_basis.First];
        _basis.Add(mid - Index);
        _basisSum += mid - Index;
        _premiumSum += ++_samples * ((mid / Index) - 1);
        decimal premium = _premiumSum / (_samples * (_samples + 1) / 2);
        decimal interest = InterestPerHour * _instrument.FundingIntervalMinutes / MinutesPerHour;
        decimal rate = premium + Math.Clamp(interest - premium, -InterestBand, InterestBand);
        FundingRate = decimal.Round(Math.Clamp(rate, _instrument.LowerFundingRate, _instrument.UpperFundingRate), 8);
    }
}
