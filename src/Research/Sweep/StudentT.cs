namespace LatencyEngine.Research;

/// <summary>Student's t distribution, as far as intervals of 95 % need it.</summary>
internal static class StudentT
{
    /// <summary>Fewest figures that an interval is given for: below, the expansion is off by more than a hundredth.</summary>
    public const int RunsMin = 4;

    private const double Z = 1.959963984540054;   // of the normal distribution

    /// <summary>The point that 97.5 % lie below, by the expansion of Abramowitz and Stegun, 26.7.5.</summary>
    /// <param name="degrees">Degrees of freedom, at least 3.</param>
    public static double Quantile975(int degrees)
    {
        double z2 = Z * Z;
        double n = degrees;
        double first = Z * (z2 + 1) / 4;
        double second = Z * ((((5 * z2) + 16) * z2) + 3) / 96;
        double third = Z * ((((((3 * z2) + 19) * z2) + 17) * z2) - 15) / 384;
        double fourth = Z * ((((((((79 * z2) + 776) * z2) + 1482) * z2) - 1920) * z2) - 945) / 92160;
        return Z + (first / n) + (second / (n * n)) + (third / (n * n * n)) + (fourth / (n * n * n * n));
    }
}
