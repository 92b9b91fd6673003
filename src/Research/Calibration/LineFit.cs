namespace LatencyEngine.Research;

/// <summary>A straight line by weighted least squares.</summary>
/// <param name="Intercept">Its value at 0.</param>
/// <param name="Slope">Its rise.</param>
/// <param name="R2">Share of the weighted squares around the mean that it explains; 1 where there are none.</param>
internal sealed record LineFit(double Intercept, double Slope, double R2)
{
    /// <summary>Fits the line; null where the points lie at fewer than two places.</summary>
    /// <param name="x">Places.</param>
    /// <param name="y">Values.</param>
    /// <param name="weights">Positive, one a point; null for ordinary least squares.</param>
    public static LineFit? Of(IReadOnlyList<double> x, IReadOnlyList<double> y, IReadOnlyList<double>? weights = null)
    {
        (double sum, double sumX, double sumY) = (0, 0, 0);
        for (int i = 0; i < x.Count; i++)
        {
            double weight = weights?[i] ?? 1;
            sum += weight;
            sumX += weight * x[i];
            sumY += weight * y[i];
        }

        (double meanX, double meanY) = (sumX / sum, sumY / sum);
        (double xx, double xy, double yy) = (0, 0, 0);
        for (int i = 0; i < x.Count; i++)
        {
            double weight = weights?[i] ?? 1;
            xx += weight * (x[i] - meanX) * (x[i] - meanX);
            xy += weight * (x[i] - meanX) * (y[i] - meanY);
            yy += weight * (y[i] - meanY) * (y[i] - meanY);
        }

        if (!(xx > 0)) return null;
        double slope = xy / xx;
        return new LineFit(meanY - (slope * meanX), slope, yy == 0 ? 1 : xy * xy / (xx * yy));
    }
}
