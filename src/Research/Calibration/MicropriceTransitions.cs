using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Research;

/// <summary>Counts of what follows what at the top of the book, and the microprice that follows from them. docs/models.md, 2.6; the independent numbers are in <c>microprice.json</c> of the goldens.</summary>
/// <remarks>Every change is counted together with its mirror image, in which bids are asks: without that the sum over many moves need not converge.</remarks>
internal sealed class MicropriceTransitions
{
    /// <summary>Moves of the mid that are looked ahead; with the mirrored counts each further one adds ever less.</summary>
    private const int Moves = 60;

    private const double PivotMin = 1e-9;

    private readonly int _spreadBuckets;
    private readonly int _imbalanceBuckets;
    private readonly int _moveHalfTicksMax;
    private readonly long[,] _stays;        // by state before and after, without a move of the mid
    private readonly long[,] _moves;        // with one
    private readonly long[] _halfTicks;     // sum of the moves by state before

    public MicropriceTransitions(int spreadBuckets, int imbalanceBuckets, int moveHalfTicksMax)
    {
        _spreadBuckets = spreadBuckets;
        _imbalanceBuckets = imbalanceBuckets;
        _moveHalfTicksMax = moveHalfTicksMax;
        States = spreadBuckets * imbalanceBuckets;
        _stays = new long[States, States];
        _moves = new long[States, States];
        _halfTicks = new long[States];
    }

    public int States { get; }

    /// <summary>Changes that began in a state, those of the mirrored book among them.</summary>
    public long Changes(int state)
    {
        long changes = 0;
        for (int next = 0; next < States; next++) changes += _stays[state, next] + _moves[state, next];
        return changes;
    }

    /// <summary>Counts one change and its mirror image.</summary>
    public void Add(in BookTop before, in BookTop after)
    {
        int from = MicropriceTable.State(in before, _spreadBuckets, _imbalanceBuckets);
        int to = MicropriceTable.State(in after, _spreadBuckets, _imbalanceBuckets);
        long halfTicks = Math.Clamp(after.TwiceMidTicks - before.TwiceMidTicks, -_moveHalfTicksMax, _moveHalfTicksMax);
        long[,] counts = halfTicks == 0 ? _stays : _moves;
        counts[from, to]++;
        counts[Mirrored(from), Mirrored(to)]++;
        _halfTicks[from] += halfTicks;
        _halfTicks[Mirrored(from)] -= halfTicks;
    }

    /// <summary>Adds or takes away the counts of another.</summary>
    public void Add(MicropriceTransitions other, int sign)
    {
        for (int from = 0; from < States; from++)
        {
            _halfTicks[from] += sign * other._halfTicks[from];
            for (int to = 0; to < States; to++)
            {
                _stays[from, to] += sign * other._stays[from, to];
                _moves[from, to] += sign * other._moves[from, to];
            }
        }
    }

    /// <summary>The adjustment of each state, in ticks; 0 of a state that was never seen. Null where a state never leads to a move.</summary>
    public double[]? Solve()
    {
        // (I - Q) [G1 | B] = [R1 K | R2], with probabilities by state.
        double[,] system = new double[States, (2 * States) + 1];
        for (int from = 0; from < States; from++)
        {
            double changes = Math.Max(1, Changes(from));
            for (int to = 0; to < States; to++)
            {
                system[from, to] = (from == to ? 1 : 0) - (_stays[from, to] / changes);
                system[from, States + 1 + to] = _moves[from, to] / changes;
            }

            system[from, States] = 0.5 * _halfTicks[from] / changes;
        }

        if (!TryEliminate(system)) return null;
        double[] next = [.. Enumerable.Range(0, States).Select(state => system[state, States])];
        double[] sum = new double[States];
        for (int move = 0; move <= Moves; move++)
        {
            for (int state = 0; state < States; state++) sum[state] += next[state];
            next = [.. Enumerable.Range(0, States).Select(from => Enumerable.Range(0, States).Sum(to => system[from, States + 1 + to] * next[to]))];
        }

        // The mirror image is the opposite by construction; what rounding says else is dropped.
        return [.. Enumerable.Range(0, States).Select(state => 0.5 * (sum[state] - sum[Mirrored(state)]))];
    }

    private int Mirrored(int state) => (state / _imbalanceBuckets * _imbalanceBuckets) + _imbalanceBuckets - 1 - (state % _imbalanceBuckets);

    /// <summary>Gauss and Jordan with the largest pivot: what stood right of the square is then its solution. False where the square is singular.</summary>
    private static bool TryEliminate(double[,] system)
    {
        (int rows, int columns) = (system.GetLength(0), system.GetLength(1));
        for (int pivot = 0; pivot < rows; pivot++)
        {
            int best = pivot;
            for (int row = pivot + 1; row < rows; row++)
            {
                if (Math.Abs(system[row, pivot]) > Math.Abs(system[best, pivot])) best = row;
            }

            if (Math.Abs(system[best, pivot]) < PivotMin) return false;
            for (int column = 0; column < columns; column++) (system[pivot, column], system[best, column]) = (system[best, column], system[pivot, column]);
            double scale = system[pivot, pivot];
            for (int column = 0; column < columns; column++) system[pivot, column] /= scale;
            for (int row = 0; row < rows; row++)
            {
                double factor = system[row, pivot];
                if (row == pivot || factor == 0) continue;
                for (int column = 0; column < columns; column++) system[row, column] -= factor * system[pivot, column];
            }
        }

        return true;
    }
}
