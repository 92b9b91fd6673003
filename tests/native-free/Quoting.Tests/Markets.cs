namespace LatencyEngine.Quoting.Tests;

/// <summary>Markets in ticks and seconds, for properties.</summary>
internal static class Markets
{
    /// <summary>The worked example of docs/models.md, 2.6: BTC at 60,000 with 50 % a year.</summary>
    public static GlftParameters Bitcoin { get; } = new() { Gamma = 1e-5, ExecutionGamma = 1e-5, Sigma = 53.4, ArrivalRate = 2, K = 0.02, Lot = 1 };

    /// <summary>Every order of magnitude of a market that is quoted, drifts of either sign among them.</summary>
    public static GlftParameters Generate(Random random)
    {
        double Between(double least, double most) => least * Math.Pow(most / least, random.NextDouble());
        double gamma = Between(1e-7, 1);
        double sigma = Between(0.05, 500);
        return new GlftParameters
        {
            Gamma = gamma,
            ExecutionGamma = random.Next(3) switch { 0 => gamma, 1 => 0, _ => Between(1e-7, 1) },
            Sigma = sigma,
            ArrivalRate = Between(0.01, 1_000),
            K = Between(0.001, 10),
            Lot = random.Next(2) == 0 ? 1 : Between(0.1, 10),
            // A target of up to ten units either way.
            Drift = random.Next(2) == 0 ? 0 : gamma * sigma * sigma * random.Next(-100, 101) / 10,
            Impact = random.Next(2) == 0 ? 0 : Between(0.001, 1),
            Fee = random.Next(2) == 0 ? 0 : random.Next(-10, 50) / 10.0,
        };
    }

    /// <summary>The same market seen in a mirror: what rose falls.</summary>
    public static GlftParameters Mirrored(this GlftParameters market) => market with { Drift = -market.Drift };

    /// <summary>Each number in turn made unusable.</summary>
    public static IEnumerable<GlftParameters> Broken(GlftParameters market)
    {
        foreach (double notFinite in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            yield return market with { Gamma = notFinite };
            yield return market with { ExecutionGamma = notFinite };
            yield return market with { Sigma = notFinite };
            yield return market with { ArrivalRate = notFinite };
            yield return market with { K = notFinite };
            yield return market with { Lot = notFinite };
            yield return market with { Drift = notFinite };
            yield return market with { Impact = notFinite };
            yield return market with { Fee = notFinite };
        }

        foreach (double notPositive in new[] { 0, -1e-9 })
        {
            yield return market with { Gamma = notPositive };
            yield return market with { Sigma = notPositive };
            yield return market with { ArrivalRate = notPositive };
            yield return market with { K = notPositive };
            yield return market with { Lot = notPositive };
        }

        yield return market with { ExecutionGamma = -1e-9 };
        yield return market with { Impact = -1e-9 };
        yield return default;
    }
}
