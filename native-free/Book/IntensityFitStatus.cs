namespace LatencyEngine.Book;

/// <summary>What became of the newest fit of an arrival intensity. After every refusal the last values stay.</summary>
public enum IntensityFitStatus : byte
{
    /// <summary>Nothing was fitted yet.</summary>
    Unset = 0,

    /// <summary>Too little time was watched for a fit.</summary>
    WarmingUp = 1,

    /// <summary>The values are the fit's.</summary>
    Taken = 2,

    /// <summary>The fit is sound, and further from the last values than one step may go: they went that far.</summary>
    TakenInPart = 3,

    /// <summary>Refused: fewer than five depths were reached often enough.</summary>
    TooFewDepths = 10,

    /// <summary>Refused: the intensity does not fall with the depth.</summary>
    NoDecay = 11,

    /// <summary>Refused: the line explains less than half of the variance.</summary>
    PoorFit = 12,

    /// <summary>Refused: the rate at the mid is outside 0.01 to 1,000 a second.</summary>
    RateOutOfRange = 13,
}
