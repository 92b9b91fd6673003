namespace LatencyEngine.Quoting;

/// <summary>The exact quotes of an <see cref="InventoryProblem"/> at every inventory within a bound, for a horizon or for an endless one.</summary>
/// <remarks>
/// Not for the hot path: the work grows with the horizon, and it allocates. Each problem gives the same bits every time.
/// docs/models.md, 2.1, 2.2 and 2.4. Thread: any. Blocks: never. Throws: never.
/// </remarks>
public static class InventorySolver
{
    /// <summary>Largest growth exponent of one step: its factor e^20 leaves all of a float's range to the ratios.</summary>
    private const double StepExponentMax = 20;

    /// <summary>Some tenths of a second of work, and far beyond the time in which quotes settle to those of an endless horizon.</summary>
    private const int StepsMax = 10_000;

    /// <summary>A term this small beside its sum is below the sum's last bit, and so are all that follow it together.</summary>
    private const double Negligible = 1e-18;

    /// <summary>Below it the digits of a float run out, and with them the ratios that the quotes are.</summary>
    private const double SmallestValue = 1e-290;

    /// <summary>Solves for a horizon: v(tau) = exp(-M tau) v(0).</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="unitsMax">Largest inventory in fills, 1 to <see cref="QuoteTable.UnitsLimit"/>.</param>
    /// <param name="tau">Time to the horizon, not negative.</param>
    /// <param name="table">Takes the quotes; left as it was when there is no solution.</param>
    /// <remarks>By uniformisation: a diagonal large enough to make every term of the exponential's series positive is added, and only scales the result. Without differences the smallest component keeps all its digits.</remarks>
    public static SolveStatus Solve(in InventoryProblem problem, int unitsMax, double tau, QuoteTable table)
    {
        if (!problem.IsUsable || unitsMax is < 1 or > QuoteTable.UnitsLimit || !(tau >= 0 && double.IsFinite(tau))) return SolveStatus.OutOfRange;

        double rateMax = (problem.Quadratic * unitsMax * unitsMax) + (2 * problem.FillRate) + (2 * unitsMax * Math.Abs(problem.Linear));
        double steps = Math.Ceiling(Math.Max(rateMax * tau / StepExponentMax, problem.DriftDecay * tau));
        if (!(steps <= StepsMax)) return SolveStatus.HorizonTooLong;

        int size = (2 * unitsMax) + 1;
        double[] values = new double[size];
        for (int i = 0; i < size; i++)
        {
            int q = i - unitsMax;
            values[i] = Math.Exp(-problem.Terminal * q * q);
        }

        if (!HasAllDigits(values)) return SolveStatus.BeyondPrecision;
        var series = new Series(in problem, unitsMax, tau / steps);
        for (int step = 0; step < steps; step++)
        {
            // The drift decays from the start on, so that it grows with the time to the horizon.
            series.Advance(values, Math.Exp(-problem.DriftDecay * tau * ((steps - step) / steps)));
            if (!HasAllDigits(values)) return SolveStatus.BeyondPrecision;
        }

        double[] logRatios = new double[size - 1];
        for (int i = 0; i < logRatios.Length; i++) logRatios[i] = Math.Log(values[i] / values[i + 1]);
        return Fill(in problem, unitsMax, logRatios, table);
    }

    /// <summary>Solves for an endless horizon: v is the positive eigenvector of the smallest eigenvalue of M.</summary>
    /// <param name="problem">The problem; its drift may not decay, and what is left at the horizon plays no part.</param>
    /// <param name="unitsMax">Largest inventory in fills, 1 to <see cref="QuoteTable.UnitsLimit"/>.</param>
    /// <param name="table">Takes the quotes; left as it was when there is no solution.</param>
    /// <remarks>
    /// The eigenvalue by halving: below it, and only there, all pivots of the matrix less lambda are positive, eliminated from both ends towards one row.
    /// At the eigenvalue those pivots are the ratios of neighbouring components, so that the components themselves, which may lie beyond a float's range, are not needed.
    /// </remarks>
    public static SolveStatus SolveEndless(in InventoryProblem problem, int unitsMax, QuoteTable table)
    {
        if (!problem.IsUsable || problem.DriftDecay != 0 || unitsMax is < 1 or > QuoteTable.UnitsLimit) return SolveStatus.OutOfRange;

        // M over the fill rate, less its smallest diagonal: the eigenvalue then lies in (-2, 0).
        double[] diagonal = new double[(2 * unitsMax) + 1];
        int meeting = unitsMax;
        for (int i = 0; i < diagonal.Length; i++)
        {
            int q = i - unitsMax;
            diagonal[i] = ((problem.Quadratic * q * q) - (problem.Linear * q)) / problem.FillRate;
            if (!double.IsFinite(diagonal[i])) return SolveStatus.BeyondPrecision;
        }

        for (int i = 0; i < diagonal.Length; i++)
        {
            bool isNearer = Math.Abs(i - unitsMax) < Math.Abs(meeting - unitsMax);
            if (diagonal[i] < diagonal[meeting] || (diagonal[i] == diagonal[meeting] && isNearer)) meeting = i;
        }

        double smallest = diagonal[meeting];
        for (int i = 0; i < diagonal.Length; i++) diagonal[i] -= smallest;

        double[] pivots = new double[diagonal.Length];
        double below = -2;
        double above = 0;
        for (double middle = -1; middle > below && middle < above; middle = (below + above) / 2)
        {
            if (Eliminate(diagonal, middle, meeting, pivots) > 0) below = middle;
            else above = middle;
        }

        // The ratios are best from both ends towards the largest component; a drift that presses against a bound puts it elsewhere than the smallest diagonal.
        Eliminate(diagonal, below, meeting, pivots);
        meeting = Largest(pivots, meeting);
        if (double.IsNaN(Eliminate(diagonal, below, meeting, pivots))) return SolveStatus.BeyondPrecision;

        double[] logRatios = new double[diagonal.Length - 1];
        for (int i = 0; i < logRatios.Length; i++) logRatios[i] = i < meeting ? -Math.Log(pivots[i]) : Math.Log(pivots[i + 1]);
        return Fill(in problem, unitsMax, logRatios, table);
    }

    /// <summary>Pivots of the matrix (diagonal - lambda, -1 beside it), eliminated from both ends to the row where they meet. Before it v_i / v_(i+1) = 1 / pivot_i, behind it v_(i-1) / v_i = pivot_i.</summary>
    /// <returns>The pivot of the row where they meet; NaN, with the rest not computed, when another is not positive.</returns>
    private static double Eliminate(double[] diagonal, double lambda, int meeting, double[] pivots)
    {
        double fromBelow = 0;
        for (int i = 0; i < meeting; i++)
        {
            pivots[i] = diagonal[i] - lambda - fromBelow;
            if (!(pivots[i] > 0)) return double.NaN;
            fromBelow = 1 / pivots[i];
        }

        double fromAbove = 0;
        for (int i = diagonal.Length - 1; i > meeting; i--)
        {
            pivots[i] = diagonal[i] - lambda - fromAbove;
            if (!(pivots[i] > 0)) return double.NaN;
            fromAbove = 1 / pivots[i];
        }

        return diagonal[meeting] - lambda - fromBelow - fromAbove;
    }

    /// <summary>The row of the largest component: components rise to it and fall behind it.</summary>
    private static int Largest(double[] pivots, int meeting)
    {
        int largest = meeting;
        while (largest > 0 && pivots[largest - 1] < 1) largest--;
        if (largest < meeting) return largest;
        while (largest < pivots.Length - 1 && pivots[largest + 1] < 1) largest++;
        return largest;
    }

    private static bool HasAllDigits(double[] values)
    {
        foreach (double value in values)
        {
            if (!(value >= SmallestValue && double.IsFinite(value))) return false;
        }

        return true;
    }

    /// <summary>Distances of ln(v_i / v_(i+1)). They rise with i, since v is log-concave; where they are all but equal, rounding alone would have them fall.</summary>
    private static SolveStatus Fill(in InventoryProblem problem, int unitsMax, double[] logRatios, QuoteTable table)
    {
        double[] distances = new double[2 * logRatios.Length];
        Span<double> bids = distances.AsSpan(0, logRatios.Length);
        Span<double> asks = distances.AsSpan(logRatios.Length);
        for (int i = 0; i < logRatios.Length; i++)
        {
            bids[i] = problem.FixedDistance + (logRatios[i] / problem.K);
            asks[i] = problem.FixedDistance - (logRatios[^(i + 1)] / problem.K);
            if (i > 0)
            {
                bids[i] = Math.Max(bids[i], bids[i - 1]);
                asks[i] = Math.Max(asks[i], asks[i - 1]);
            }
        }

        return table.Set(unitsMax, distances) == QuoteTableStatus.Taken ? SolveStatus.Solved : SolveStatus.BeyondPrecision;
    }

    /// <summary>The Taylor series of v over one step of time. The drift grows within the step as exp(decay s), whose own series has positive terms too.</summary>
    private sealed class Series
    {
        private readonly double _stepTime;
        private readonly double _fillRate;
        private readonly double _drift;
        private readonly double[] _risk;
        private readonly double[] _driftWeights;
        private readonly double[] _growth;
        private readonly double[][] _terms;

        public Series(in InventoryProblem problem, int unitsMax, double stepTime)
        {
            int size = (2 * unitsMax) + 1;
            _stepTime = stepTime;
            _fillRate = problem.FillRate;
            _drift = Math.Abs(problem.Linear);
            _risk = new double[size];
            _driftWeights = new double[size];
            for (int i = 0; i < size; i++)
            {
                int q = i - unitsMax;
                _risk[i] = problem.Quadratic * ((unitsMax * unitsMax) - (q * q));
                _driftWeights[i] = unitsMax + (Math.Sign(problem.Linear) * q);
            }

            _growth = Growth(problem.DriftDecay * stepTime);
            _terms = new double[_growth.Length + 1][];
            for (int i = 0; i < _terms.Length; i++) _terms[i] = new double[size];
        }

        /// <summary>Moves the values one step away from the horizon and scales them to a largest of 1.</summary>
        /// <param name="values">Changed in place.</param>
        /// <param name="driftShare">What is left of the drift at the end of the step that is nearer to the horizon.</param>
        public void Advance(double[] values, double driftShare)
        {
            double drift = _drift * driftShare;
            values.CopyTo(_terms[0], 0);
            for (int order = 0, isDone = 0; isDone == 0; order++)
            {
                double[] term = _terms[order % _terms.Length];
                double[] next = _terms[(order + 1) % _terms.Length];
                double scale = _stepTime / (order + 1);
                isDone = 1;
                for (int i = 0; i < next.Length; i++)
                {
                    double neighbours = (i > 0 ? term[i - 1] : 0) + (i < next.Length - 1 ? term[i + 1] : 0);
                    double drifting = 0;
                    for (int power = 0; power < _growth.Length && power <= order; power++) drifting += _growth[power] * _terms[(order - power) % _terms.Length][i];
                    next[i] = scale * ((_risk[i] * term[i]) + (_fillRate * neighbours) + (drift * _driftWeights[i] * drifting));
                    values[i] += next[i];
                    if (next[i] > Negligible * values[i]) isDone = 0;
                }
            }

            double largest = 0;
            foreach (double value in values) largest = Math.Max(largest, value);
            for (int i = 0; i < values.Length; i++) values[i] /= largest;
        }

        /// <summary>exponent^n / n! until it no longer counts; the exponent is at most 1.</summary>
        private static double[] Growth(double exponent)
        {
            var growth = new List<double> { 1 };
            for (double next = exponent; next > Negligible; next *= exponent / growth.Count) growth.Add(next);
            return [.. growth];
        }
    }
}
