using System.Globalization;

namespace LatencyEngine.Simulator;

/// <summary>The random addition to a delay: uniform, lognormal, or drawn from measured ones. From a seeded generator alone. Immutable.</summary>
public sealed class Jitter
{
    private const long NanosPerMicro = 1_000;
    private const long MostMicros = 60_000_000;   // one minute
    private const double SigmaMax = 5;

    private readonly Func<SplitMix64, long> _next;

    private Jitter(string description, Func<SplitMix64, long> next)
    {
        Description = description;
        _next = next;
    }

    /// <summary>The distribution in one phrase.</summary>
    public string Description { get; }

    /// <summary>Uniform from 0 to a largest addition; 0 for none: the delay is constant.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 0 or above one minute.</exception>
    public static Jitter Uniform(long micros)
    {
        ulong span = (ulong)(Checked(micros, nameof(micros)) * NanosPerMicro) + 1;
        return new Jitter(string.Create(CultureInfo.InvariantCulture, $"uniform 0..{micros} us"), generator => (long)(generator.Next() % span));
    }

    /// <summary>Lognormal, cut at one minute.</summary>
    /// <param name="medianMicros">Median, µs.</param>
    /// <param name="sigma">Standard deviation of the logarithm, 0 to 5.</param>
    /// <exception cref="ArgumentOutOfRangeException">The median is below 0 or above one minute, or sigma outside 0 to 5.</exception>
    public static Jitter Lognormal(long medianMicros, double sigma)
    {
        double medianNanos = Checked(medianMicros, nameof(medianMicros)) * NanosPerMicro;
        if (sigma is not (>= 0 and <= SigmaMax)) throw new ArgumentOutOfRangeException(nameof(sigma), sigma, $"sigma must lie in 0..{SigmaMax}");
        return new Jitter(
            string.Create(CultureInfo.InvariantCulture, $"lognormal of median {medianMicros} us and sigma {sigma}"),
            generator => (long)Math.Min(medianNanos * Math.Exp(sigma * Normal(generator)), MostMicros * NanosPerMicro));
    }

    /// <summary>Drawn with replacement from measured additions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">None, or one below 0 or above one minute.</exception>
    public static Jitter Resampled(IReadOnlyList<long> micros)
    {
        ArgumentNullException.ThrowIfNull(micros);
        if (micros.Count == 0) throw new ArgumentOutOfRangeException(nameof(micros), micros.Count, "at least one sample is needed");
        long[] nanos = [.. micros.Select(each => Checked(each, nameof(micros)) * NanosPerMicro)];
        return new Jitter(string.Create(CultureInfo.InvariantCulture, $"resampled from {nanos.Length} measured"), generator => nanos[generator.Next() % (ulong)nanos.Length]);
    }

    /// <summary>Reads the samples of <see cref="Resampled"/>: one whole number of µs a line; empty lines and those that begin with # are passed over.</summary>
    /// <exception cref="InvalidDataException">A line is no such number, or there is none.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Jitter LoadSamples(string path)
    {
        List<long> micros = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#') continue;
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value > MostMicros)
            {
                throw new InvalidDataException($"{path} line {number}: a delay must be a whole number of 0 to {MostMicros} us, was \"{text}\"");
            }

            micros.Add(value);
        }

        return micros.Count > 0 ? Resampled(micros) : throw new InvalidDataException($"{path} holds no delay: one whole number of us a line");
    }

    /// <summary>The next addition, ns.</summary>
    internal long NextNanos(SplitMix64 generator) => _next(generator);

    /// <summary>A standard normal number by Box and Muller's method.</summary>
    private static double Normal(SplitMix64 generator)
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - generator.NextUnit()));
        return radius * Math.Cos(2 * Math.PI * generator.NextUnit());
    }

    private static long Checked(long micros, string name) =>
        micros is >= 0 and <= MostMicros ? micros : throw new ArgumentOutOfRangeException(name, micros, $"{name} must lie in 0..{MostMicros}");
}
