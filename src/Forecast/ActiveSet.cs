using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace LatencyEngine.Forecast;

/// <summary>
/// The exact minimum of ||y - X b||^2 / 2 + sum(ridge_i b_i^2) / 2 + penalty * sum over the last columns of |b_j|, from the normal equations.
/// The penalised coefficients that are not zero form the active set, each with its sign: on it the problem is a linear system. A step towards its
/// solution ends where a coefficient would change its sign, which leaves the set; at the solution the worst violator of the optimality conditions
/// joins. Each step lowers the objective, so that no set comes back. One thread, fixed order of operations: the same data give the same bits.
/// </summary>
internal sealed class ActiveSet
{
    private const double ViolationShare = 1e-7; // of the penalty
    private const double Rounding = 1e-14; // of the sums behind a gradient: where a series has next to no noise, the penalty is smaller than that

    private readonly double[,] _gram;
    private readonly double[] _moment;
    private readonly int _firstPenalised;
    private readonly int[] _signs; // of the penalised coefficients, 0 outside the set

    static ActiveSet()
    {
        // A native provider, or several threads, could add up in another order.
        Control.UseManaged();
        Control.UseSingleThread();
    }

    /// <summary>Starts with all coefficients at zero.</summary>
    /// <param name="gram">X'X.</param>
    /// <param name="moment">X'y.</param>
    /// <param name="firstPenalised">The column from which on the absolute value is penalised.</param>
    public ActiveSet(double[,] gram, double[] moment, int firstPenalised)
    {
        _gram = gram;
        _moment = moment;
        _firstPenalised = firstPenalised;
        _signs = new int[moment.Length];
        Coefficients = new double[moment.Length];
    }

    /// <summary>The coefficients of the last solution.</summary>
    public double[] Coefficients { get; }

    /// <summary>Finds the minimum, from the last solution on.</summary>
    /// <param name="ridge">Weight of each squared coefficient; those of the penalised columns are not read.</param>
    /// <param name="penalty">Weight of the absolute values, positive.</param>
    /// <exception cref="ForecastException">It was not found: the columns are not independent, or not finite.</exception>
    public void Solve(double[] ridge, double penalty)
    {
        int stepsMax = 100 * _moment.Length;
        for (int step = 0; step < stepsMax; step++)
        {
            double[] target = SolveOnSet(ridge, penalty);
            if (StepTowards(target) && !Join(penalty)) return;
        }

        throw new ForecastException("the trend could not be fitted: the search for its changepoints does not end; check the closing prices");
    }

    private double[] SolveOnSet(double[] ridge, double penalty)
    {
        int[] free = [.. Enumerable.Range(0, _moment.Length).Where(j => j < _firstPenalised || _signs[j] != 0)];
        Matrix<double> system = Matrix<double>.Build.Dense(free.Length, free.Length, (i, j) => _gram[free[i], free[j]] + (i == j && free[i] < _firstPenalised ? ridge[free[i]] : 0));
        Vector<double> right = Vector<double>.Build.Dense(free.Length, i => _moment[free[i]] - (penalty * _signs[free[i]]));
        var target = new double[_moment.Length];
        try
        {
            Vector<double> solution = system.Cholesky().Solve(right);
            for (int i = 0; i < free.Length; i++) target[free[i]] = solution[i];
        }
        catch (ArgumentException fault)
        {
            throw new ForecastException("the trend could not be fitted: its terms cannot be told apart on these days; use fewer of them, or a longer history", fault);
        }

        return target;
    }

    /// <summary>True when the target was reached; else a coefficient has become zero on the way and left the set.</summary>
    private bool StepTowards(double[] target)
    {
        double share = 1;
        for (int j = _firstPenalised; j < target.Length; j++)
        {
            if (_signs[j] * target[j] < 0) share = Math.Min(share, Coefficients[j] / (Coefficients[j] - target[j]));
        }

        for (int j = 0; j < target.Length; j++)
        {
            bool leaves = j >= _firstPenalised && _signs[j] * target[j] < 0 && Coefficients[j] / (Coefficients[j] - target[j]) <= share;
            Coefficients[j] = leaves ? 0 : share == 1 ? target[j] : Coefficients[j] + (share * (target[j] - Coefficients[j]));
            if (leaves) _signs[j] = 0;
        }

        return share == 1;
    }

    /// <summary>Lets the worst violator of the optimality conditions join; false when there is none.</summary>
    private bool Join(double penalty)
    {
        int worst = -1;
        int sign = 0;
        double most = 0;
        for (int j = _firstPenalised; j < _signs.Length; j++)
        {
            if (_signs[j] != 0) continue;
            (double gradient, double magnitude) = Gradient(j);
            double violation = Math.Abs(gradient) - (penalty * (1 + ViolationShare)) - (Rounding * magnitude);
            if (violation <= most) continue;
            (most, worst, sign) = (violation, j, Math.Sign(gradient));
        }

        if (worst < 0) return false;
        _signs[worst] = sign;
        return true;
    }

    /// <summary>X'(y - X b) of a column, and the sum of the absolute values that it is the difference of.</summary>
    private (double Value, double Magnitude) Gradient(int column)
    {
        double gradient = _moment[column];
        double magnitude = Math.Abs(gradient);
        for (int i = 0; i < Coefficients.Length; i++)
        {
            double part = _gram[column, i] * Coefficients[i];
            gradient -= part;
            magnitude += Math.Abs(part);
        }

        return (gradient, magnitude);
    }
}
