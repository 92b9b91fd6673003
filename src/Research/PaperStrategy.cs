using LatencyEngine.Quoting;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>One maker in the experiment of Avellaneda and Stoikov, Quantitative Finance 8(3) 2008, section 3.3: what it quotes at each step, and what a step does to it.</summary>
/// <remarks>
/// Prices and the length of the day are the paper's plain numbers; inventory is in units, one a fill. docs/models.md, 1.3, has the order of events.
/// Thread: any; it is not changed after it is made.
/// </remarks>
internal sealed class PaperStrategy
{
    /// <summary>Steps of a path.</summary>
    public const int Steps = 200;

    /// <summary>Length of a step, in the unit of the horizon.</summary>
    public const double TimeStep = Horizon / Steps;

    private const double Horizon = 1;
    private const double FirstMid = 100;
    private const double Sigma = 2;
    private const double Decay = 1.5;
    private const double Arrivals = 140;

    private static readonly double Move = Sigma * Math.Sqrt(TimeStep);

    private readonly double[] _skewPerUnit;
    private readonly double[] _halfSpread;
    private readonly bool _isExactPoisson;

    private PaperStrategy(double[] skewPerUnit, double[] halfSpread, bool isExactPoisson)
    {
        _skewPerUnit = skewPerUnit;
        _halfSpread = halfSpread;
        _isExactPoisson = isExactPoisson;
    }

    /// <summary>Where every path begins: at the paper's first mid, with nothing.</summary>
    public static PaperState Start { get; } = new(FirstMid, 0, 0);

    /// <summary>Mean of the total spread over the steps. It is the same on every path.</summary>
    public double AverageSpread => 2 * _halfSpread.Average();

    /// <summary>Quotes around the reservation price (29).</summary>
    /// <param name="gamma">Risk aversion, positive.</param>
    /// <param name="isConstantSpread">The spread is the constant part of (30) alone, not the whole formula.</param>
    /// <param name="isExactPoisson">A quote fills with probability 1 - exp(-lambda dt), not min(lambda dt, 1).</param>
    public static PaperStrategy Inventory(double gamma, bool isConstantSpread, bool isExactPoisson = false) =>
        new([.. Remaining.Select(tau => AvellanedaStoikov.SkewPerUnit(gamma, Sigma, tau))], [.. Spreads(gamma, isConstantSpread).Select(spread => spread / 2)], isExactPoisson);

    /// <summary>Quotes around the mid, always as wide as the inventory strategy on average.</summary>
    /// <param name="gamma">Risk aversion of the inventory strategy, positive.</param>
    /// <param name="isConstantSpread">As for <see cref="Inventory"/>.</param>
    public static PaperStrategy Symmetric(double gamma, bool isConstantSpread)
    {
        var halfSpread = new double[Steps];
        Array.Fill(halfSpread, Spreads(gamma, isConstantSpread).Average() / 2);
        return new PaperStrategy(new double[Steps], halfSpread, isExactPoisson: false);
    }

    /// <summary>Mean over continuous time of the spread (30): its constant part and gamma sigma^2 T / 2.</summary>
    public static double ContinuousAverageSpread(double gamma) => AvellanedaStoikov.ArrivalSpread(gamma, Decay) + (AvellanedaStoikov.SkewPerUnit(gamma, Sigma, Horizon) / 2);

    /// <summary>The quotes of a step.</summary>
    /// <param name="step">0 to below <see cref="Steps"/>.</param>
    /// <param name="state">Before the step.</param>
    public PaperQuote Quote(int step, PaperState state)
    {
        double reservation = state.Mid - (state.Inventory * _skewPerUnit[step]);
        double bid = reservation - _halfSpread[step];
        double ask = reservation + _halfSpread[step];
        return new PaperQuote(reservation, bid, ask, FillProbability(state.Mid - bid), FillProbability(ask - state.Mid));
    }

    /// <summary>One step: quotes, then the ask fills or not, then the bid, then the mid moves.</summary>
    /// <param name="step">0 to below <see cref="Steps"/>.</param>
    /// <param name="state">Before the step.</param>
    /// <param name="askDraw">The ask fills when it is below its probability; all draws are uniform, 0 to below 1.</param>
    /// <param name="bidDraw">The same for the bid.</param>
    /// <param name="moveDraw">The mid goes up when it is below one half.</param>
    /// <returns>The state after the step.</returns>
    public PaperState Advance(int step, PaperState state, double askDraw, double bidDraw, double moveDraw)
    {
        PaperQuote quote = Quote(step, state);
        (double mid, int inventory, double cash) = state;
        if (askDraw < quote.AskProbability)
        {
            inventory--;
            cash += quote.Ask;
        }

        if (bidDraw < quote.BidProbability)
        {
            inventory++;
            cash -= quote.Bid;
        }

        return new PaperState(moveDraw < 0.5 ? mid + Move : mid - Move, inventory, cash);
    }

    /// <summary>A whole path.</summary>
    /// <param name="random">Gives the draws of ask, bid and move, step after step.</param>
    /// <param name="points">Gets the mid and the quotes of every step; empty when nobody wants them.</param>
    /// <returns>The state at the end.</returns>
    public PaperState Run(SplitMix64 random, Span<PaperPoint> points = default)
    {
        PaperState state = Start;
        for (int step = 0; step < Steps; step++)
        {
            if (!points.IsEmpty) points[step] = new PaperPoint(state.Mid, Quote(step, state));
            state = Advance(step, state, random.NextUnit(), random.NextUnit(), random.NextUnit());
        }

        return state;
    }

    /// <summary>Takers a unit of time that reach a quote, lambda = A exp(-k delta). A quote through the mid has more than A.</summary>
    internal static double ArrivalRate(double delta, double a, double k) => a * Math.Exp(-k * delta);

    /// <summary>Chance of a fill within a step: "with probability lambda dt", or exactly 1 - exp(-lambda dt). Written with tanh the latter keeps its digits where it is small: 1 - exp(-x) = (1 + exp(-x)) tanh(x/2).</summary>
    internal static double FillProbability(double arrivalRate, double timeStep, bool isExactPoisson)
    {
        double expected = arrivalRate * timeStep;
        return isExactPoisson ? (1 + Math.Exp(-expected)) * Math.Tanh(expected / 2) : Math.Min(expected, 1);
    }

    private static IEnumerable<double> Remaining => Enumerable.Range(0, Steps).Select(step => Horizon - (step * TimeStep));

    private static IEnumerable<double> Spreads(double gamma, bool isConstantSpread) =>
        Remaining.Select(tau => isConstantSpread ? AvellanedaStoikov.ArrivalSpread(gamma, Decay) : AvellanedaStoikov.Spread(gamma, Sigma, tau, Decay));

    private double FillProbability(double delta) => FillProbability(ArrivalRate(delta, Arrivals, Decay), TimeStep, _isExactPoisson);
}

/// <summary>The maker and the mid between two steps.</summary>
/// <param name="Mid">Mid price.</param>
/// <param name="Inventory">Signed units.</param>
/// <param name="Cash">Of all fills, negative when more was bought than sold.</param>
internal readonly record struct PaperState(double Mid, int Inventory, double Cash)
{
    /// <summary>Cash and the inventory at the mid.</summary>
    public double Profit => Cash + (Inventory * Mid);
}

/// <summary>The quotes of a step.</summary>
/// <param name="Reservation">Their centre.</param>
/// <param name="Bid">Price bid; it may lie above the mid, the paper does not clamp it.</param>
/// <param name="Ask">Price asked; it may lie below the mid.</param>
/// <param name="BidProbability">That the bid fills within the step.</param>
/// <param name="AskProbability">That the ask fills within the step.</param>
internal readonly record struct PaperQuote(double Reservation, double Bid, double Ask, double BidProbability, double AskProbability);

/// <summary>What a chart shows of a step.</summary>
/// <param name="Mid">At its beginning.</param>
/// <param name="Quote">The quotes.</param>
internal readonly record struct PaperPoint(double Mid, PaperQuote Quote);
