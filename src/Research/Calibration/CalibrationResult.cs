namespace LatencyEngine.Research;

/// <summary>What <c>calibrate</c> found in one recording. Immutable.</summary>
public sealed record CalibrationResult
{
    /// <summary>Always <c>calibrate</c>.</summary>
    public string Verb { get; } = "calibrate";

    /// <summary>The recording, as it was given.</summary>
    public required string Data { get; init; }

    /// <summary>What it is, in one phrase.</summary>
    public required string DataLabel { get; init; }

    /// <summary>Confidence of every interval.</summary>
    public double Confidence { get; } = 0.95;

    /// <summary>Time constant of the exponentially weighted volatility, from the profile.</summary>
    public required double VolatilityTimeConstantSeconds { get; init; }

    /// <summary>Least time between two mids of the volatility, from the profile.</summary>
    public required int MidSampleMilliseconds { get; init; }

    /// <summary>In the order in which they were asked for, else by name.</summary>
    public required IReadOnlyList<InstrumentCalibration> Instruments { get; init; }

    /// <summary>The configuration overlay that was written; null for none.</summary>
    public string? OverlayPath { get; init; }
}
