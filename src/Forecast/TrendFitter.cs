namespace LatencyEngine.Forecast;

/// <summary>
/// Fits a <see cref="TrendModel"/> by maximum a posteriori. Priors: slope and offset normal with variance 25, bends Laplace, Fourier terms normal, sigma half-normal with 0.5.
/// Given sigma the additive form is convex and is solved exactly (<see cref="ActiveSet"/>); given the rest sigma has a closed form; the two are repeated until sigma stands.
/// The multiplicative form is linearised and solved in the same way, with shorter steps where the objective would not fall.
/// </summary>
public static class TrendFitter
{
    /// <summary>Rows that a fit needs.</summary>
    public const int RowsMin = 60;

    private const int YearlyRowsMin = 2 * 365;
    private const double LineVariance = 25;
    private const double SigmaPriorVariance = 0.25;
    private const double SigmaMin = 1e-8; // a series without noise would have an objective without a bottom
    private const int RoundsMax = 200;

    /// <summary>Fits the model. A pure function: the same data give the same bits.</summary>
    /// <param name="closes">The history.</param>
    /// <param name="settings">How the model is built.</param>
    /// <exception cref="ForecastException">The history is too short, or there is no fit.</exception>
    public static TrendModel Fit(DailyCloses closes, ForecastSettings settings)
    {
        if (closes.Count < RowsMin) throw new ForecastException($"a forecast needs at least {RowsMin} daily closes, there are {closes.Count}: give a longer history");
        return new Work(closes, settings).Fit();
    }

    private sealed class Work
    {
        private readonly DailyCloses _closes;
        private readonly ForecastSettings _settings;
        private readonly int _rows;
        private readonly int _seasonal; // number of Fourier columns
        private readonly int _firstBend; // columns: slope, offset, Fourier terms, bends
        private readonly int _yearlyOrder;
        private readonly int _halvingOrder;
        private readonly int[] _changepointRows;
        private readonly double _scale;
        private readonly double[] _values; // scaled
        private readonly double[][] _columns;

        public Work(DailyCloses closes, ForecastSettings settings)
        {
            _closes = closes;
            _settings = settings;
            _rows = closes.Count;
            double span = closes.DayNumbers[^1] - closes.DayNumbers[0];
            _yearlyOrder = _rows < YearlyRowsMin ? 0 : settings.YearlyOrder;
            _halvingOrder = span < HalvingCycle.OpenCycleDays ? 0 : settings.HalvingOrder;
            _seasonal = FourierTerms.Count(_yearlyOrder, settings.WeeklyOrder, _halvingOrder);
            _firstBend = 2 + _seasonal;

            IReadOnlyList<double> fitted = settings.Form == ForecastForm.Multiplicative ? closes.Prices : closes.LogPrices;
            double largest = fitted.Max(Math.Abs);
            _scale = largest > 0 ? largest : 1;
            _values = [.. fitted.Select(value => value / _scale)];

            int history = (int)Math.Floor(settings.ChangepointRange * _rows);
            int changepoints = Math.Min(settings.Changepoints, history - 1);
            _changepointRows = new int[Math.Max(changepoints, 0)];
            for (int j = 1; j <= changepoints; j++) _changepointRows[j - 1] = j == changepoints ? history - 1 : (int)Math.Round(j * ((double)(history - 1) / changepoints), MidpointRounding.ToEven);

            _columns = [.. Enumerable.Range(0, _firstBend + _changepointRows.Length).Select(_ => new double[_rows])];
            var terms = new double[_seasonal];
            double Time(int row) => (closes.DayNumbers[row] - closes.DayNumbers[0]) / span;
            double[] bendTimes = [.. _changepointRows.Select(Time)];
            for (int row = 0; row < _rows; row++)
            {
                double time = Time(row);
                _columns[0][row] = time;
                _columns[1][row] = 1;
                FourierTerms.Fill(terms, closes.DayNumbers[row], _yearlyOrder, settings.WeeklyOrder, _halvingOrder);
                for (int i = 0; i < _seasonal; i++) _columns[2 + i][row] = terms[i];
                for (int j = 0; j < bendTimes.Length; j++) _columns[_firstBend + j][row] = Math.Max(0, time - bendTimes[j]);
            }
        }

        public TrendModel Fit()
        {
            // The straight line from the first to the last value.
            var start = new double[_columns.Length];
            start[0] = _values[^1] - _values[0];
            start[1] = _values[0];
            (double[] coefficients, double sigma) = _settings.Form == ForecastForm.Multiplicative ? FitMultiplicative(start) : FitAdditive(start);
            return new TrendModel
            {
                Form = _settings.Form,
                FirstDay = DateOnly.FromDayNumber(_closes.DayNumbers[0]),
                LastDay = _closes.LastDay,
                Scale = _scale,
                Slope = coefficients[0],
                Offset = coefficients[1],
                Changepoints = [.. _changepointRows.Select(row => DateOnly.FromDayNumber(_closes.DayNumbers[row]))],
                Bends = coefficients[_firstBend..],
                YearlyOrder = _yearlyOrder,
                WeeklyOrder = _settings.WeeklyOrder,
                HalvingOrder = _halvingOrder,
                Seasonal = coefficients[2.._firstBend],
                Sigma = sigma,
                NegativeLogPosterior = Objective(coefficients, sigma, SumOfSquares(coefficients)),
            };
        }

        private (double[] Coefficients, double Sigma) FitAdditive(double[] start)
        {
            var solver = new ActiveSet(Gram(_columns), Moment(_columns, _values), _firstBend);
            double sigma = SigmaOf(SumOfSquares(start));

            // Each round lowers the objective. A market's noise settles in about ten rounds; where there is next to none, sigma ends in its own rounding.
            for (int round = 0; round < RoundsMax; round++)
            {
                solver.Solve(Ridge(sigma), sigma * sigma / _settings.ChangepointPriorScale);
                double before = sigma;
                sigma = SigmaOf(SumOfSquares(solver.Coefficients));
                if (Math.Abs(sigma - before) <= 1e-12 * before) break;
            }

            return (solver.Coefficients, sigma);
        }

        private (double[] Coefficients, double Sigma) FitMultiplicative(double[] start)
        {
            double[] at = start;
            double sigma = SigmaOf(SumOfSquares(at));
            double objective = Objective(at, sigma, SumOfSquares(at));
            for (int round = 0; round < RoundsMax; round++)
            {
                double[][] tangents = Tangents(at, out double[] values);
                var solver = new ActiveSet(Gram(tangents), Moment(tangents, values), _firstBend);
                solver.Solve(Ridge(sigma), sigma * sigma / _settings.ChangepointPriorScale);

                double lowered = 0;
                for (double share = 1; share > 1e-6 && lowered <= 0; share /= 2)
                {
                    double[] tried = [.. at.Zip(solver.Coefficients, (from, to) => from + (share * (to - from)))];
                    double ssr = SumOfSquares(tried);
                    double triedSigma = SigmaOf(ssr);
                    double triedObjective = Objective(tried, triedSigma, ssr);
                    lowered = objective - triedObjective;
                    if (lowered <= 0) continue;
                    (at, sigma, objective) = (tried, triedSigma, triedObjective);
                }

                if (lowered < 1e-9) return (at, sigma);
            }

            return (at, sigma);
        }

        /// <summary>Derivatives of trend * (1 + season) by the coefficients, and the values that make its linearisation the additive problem.</summary>
        private double[][] Tangents(double[] at, out double[] values)
        {
            double[][] tangents = [.. _columns.Select(column => (double[])column.Clone())];
            values = new double[_rows];
            for (int row = 0; row < _rows; row++)
            {
                (double trend, double season) = Parts(at, row);
                for (int j = 0; j < tangents.Length; j++) tangents[j][row] *= j >= 2 && j < _firstBend ? trend : 1 + season;
                values[row] = _values[row] + (trend * season);
            }

            return tangents;
        }

        private (double Trend, double Season) Parts(double[] at, int row)
        {
            double trend = 0;
            double season = 0;
            for (int j = 0; j < at.Length; j++)
            {
                if (at[j] == 0) continue;
                if (j >= 2 && j < _firstBend) season += at[j] * _columns[j][row];
                else trend += at[j] * _columns[j][row];
            }

            return (trend, season);
        }

        private double SumOfSquares(double[] at)
        {
            double sum = 0;
            for (int row = 0; row < _rows; row++)
            {
                (double trend, double season) = Parts(at, row);
                double left = _values[row] - (_settings.Form == ForecastForm.Multiplicative ? trend * (1 + season) : trend + season);
                sum += left * left;
            }

            return sum;
        }

        /// <summary>Where the objective is lowest in sigma: sigma^2 = (-T + sqrt(T^2 + 16 SSR)) / 8, written so that a small sum does not cancel.</summary>
        private double SigmaOf(double ssr) => Math.Max(SigmaMin, Math.Sqrt(2 * ssr / (_rows + Math.Sqrt(((double)_rows * _rows) + (16 * ssr)))));

        private double Objective(double[] at, double sigma, double ssr)
        {
            double objective = (_rows * Math.Log(sigma)) + (ssr / (2 * sigma * sigma)) + (sigma * sigma / (2 * SigmaPriorVariance));
            for (int j = 0; j < at.Length; j++)
            {
                objective += j >= _firstBend ? Math.Abs(at[j]) / _settings.ChangepointPriorScale : at[j] * at[j] / (2 * PriorVariance(j));
            }

            return objective;
        }

        private double[] Ridge(double sigma) => [.. Enumerable.Range(0, _columns.Length).Select(j => sigma * sigma / PriorVariance(j))];

        private double PriorVariance(int column) => column < 2 ? LineVariance : _settings.SeasonalityPriorScale * _settings.SeasonalityPriorScale;

        private static double[,] Gram(double[][] columns)
        {
            var gram = new double[columns.Length, columns.Length];
            for (int i = 0; i < columns.Length; i++)
            {
                for (int j = 0; j <= i; j++) gram[i, j] = gram[j, i] = Dot(columns[i], columns[j]);
            }

            return gram;
        }

        private static double[] Moment(double[][] columns, double[] values) => [.. columns.Select(column => Dot(column, values))];

        // Four sums in a fixed order: as exact as one, and not bound to the latency of an addition.
        private static double Dot(double[] a, double[] b)
        {
            double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            int i = 0;
            for (; i + 3 < a.Length; i += 4)
            {
                s0 += a[i] * b[i];
                s1 += a[i + 1] * b[i + 1];
                s2 += a[i + 2] * b[i + 2];
                s3 += a[i + 3] * b[i + 3];
            }

            for (; i < a.Length; i++) s0 += a[i] * b[i];
            return s0 + s1 + (s2 + s3);
        }
    }
}
