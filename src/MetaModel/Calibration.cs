namespace LatencyEngine.MetaModel;

/// <summary>From a score, the model's log-odds, to a probability that holds: a logistic curve (Platt, 1999) or a rising polygon (isotonic regression). Fitted by Training.</summary>
public sealed class Calibration
{
    private readonly double _slope;
    private readonly double _offset;

    private Calibration(double slope, double offset, double[] scores, double[] probabilities) => (_slope, _offset, Scores, Probabilities) = (slope, offset, scores, probabilities);

    /// <summary>Whether it is a polygon.</summary>
    public bool IsIsotonic => Scores.Length > 0;

    /// <summary>A of <c>1 / (1 + exp(A s + B))</c>; 0 for a polygon.</summary>
    public double Slope => _slope;

    /// <summary>B of that; 0 for a polygon.</summary>
    public double Offset => _offset;

    /// <summary>The polygon's corners from the left; empty for a curve.</summary>
    public double[] Scores { get; }

    /// <summary>The probability at each corner.</summary>
    public double[] Probabilities { get; }

    /// <summary>The curve <c>1 / (1 + exp(A s + B))</c>.</summary>
    /// <param name="slope">A, below zero where higher scores are likelier.</param>
    /// <param name="offset">B.</param>
    /// <exception cref="InvalidDataException">A number is not finite.</exception>
    public static Calibration Platt(double slope, double offset) =>
        double.IsFinite(slope + offset) ? new Calibration(slope, offset, [], []) : throw new InvalidDataException("a calibration whose numbers are not finite");

    /// <summary>The polygon through corners, level beyond its ends.</summary>
    /// <param name="scores">Rising.</param>
    /// <param name="probabilities">Not falling, 0 to 1, as many.</param>
    /// <exception cref="InvalidDataException">They are not so.</exception>
    public static Calibration Isotonic(double[] scores, double[] probabilities)
    {
        if (scores.Length == 0 || scores.Length != probabilities.Length) throw new InvalidDataException($"a calibration of {scores.Length} scores and {probabilities.Length} probabilities");
        for (int i = 0; i < scores.Length; i++)
        {
            if (!double.IsFinite(scores[i]) || !(probabilities[i] is >= 0 and <= 1)) throw new InvalidDataException($"corner {i} of the calibration is no score with a probability");
            if (i > 0 && !(scores[i] > scores[i - 1] && probabilities[i] >= probabilities[i - 1])) throw new InvalidDataException($"corner {i} of the calibration falls behind the one before");
        }

        return new Calibration(0, 0, scores, probabilities);
    }

    /// <summary>The probability of a score. Allocates nothing.</summary>
    /// <param name="score">Log-odds; NaN gives NaN.</param>
    public double Of(double score)
    {
        if (double.IsNaN(score)) return score;
        if (!IsIsotonic) return 1 / (1 + Math.Exp((_slope * score) + _offset));
        int index = Array.BinarySearch(Scores, score);
        if (index >= 0) return Probabilities[index];
        index = ~index;
        if (index == 0) return Probabilities[0];
        if (index == Scores.Length) return Probabilities[^1];
        double share = (score - Scores[index - 1]) / (Scores[index] - Scores[index - 1]);
        return Probabilities[index - 1] + (share * (Probabilities[index] - Probabilities[index - 1]));
    }
}
