using LatencyEngine.Book;

namespace LatencyEngine.Host;

/// <summary>Section <c>protection</c>: when quotes are pulled or kept further out though all that they are made from is sound.</summary>
public sealed record ProtectionConfiguration
{
    /// <summary>Quotes are pulled while the short-term volatility is above this many times the usual one, and until it is below half as many; 0 for never, else <see cref="VolatilityJump.RatioMin"/> to <see cref="VolatilityJump.RatioMax"/>.</summary>
    public required double VolatilityJumpRatio { get; init; }

    /// <summary>Time constant of the short-term volatility, of which the usual one's is <see cref="VolatilityJump.SlowOfShort"/> times as long; above 0, at most 3,600.</summary>
    public required double VolatilityJumpSeconds { get; init; }

    /// <summary>True: quotes are pulled while the volatility is above five times that of the last hour (<see cref="BoundedVolatility"/>). False: they are made with the capped one.</summary>
    public required bool VolatilityCapPulls { get; init; }

    /// <summary>Quotes are pulled when trades of one side and one match time go through this many price levels; 0 for never, else 2 to 1,000.</summary>
    public required int SweepLevels { get; init; }

    /// <summary>For how long; 1 to 60,000.</summary>
    public required int SweepHoldMilliseconds { get; init; }

    /// <summary>A side is kept further out by this many times what its fills lose on the mean, in the move of the mid after them; 0 for never, at most 10.</summary>
    public required double MarkOutGain { get; init; }

    /// <summary>Furthest that a side is kept out for it, as a fraction of the price; 0 to below 0.1.</summary>
    public required double MarkOutMaxFraction { get; init; }

    /// <summary>Time after which a fill weighs 1/e in that mean; above 0, at most a day.</summary>
    public required double MarkOutSeconds { get; init; }
}
