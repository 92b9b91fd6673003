using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Quoting;

namespace LatencyEngine.Budgets;

/// <summary>The wanted quotes of a top, and the requests that turn the working ones into them. Both quotes work where the first top put them: every other item is that top and changes nothing, the others move a quote or both.</summary>
internal sealed class DecideStage : Stage
{
    private const double SigmaTicksPerSqrtSecond = 40;

    private readonly AvellanedaStoikovQuoter _quoter = TradingProfile.Quoter(Market.Btc);
    private readonly OrderTable _orders = TradingProfile.OrderTable();
    private readonly QuoteTarget[] _targets = new QuoteTarget[2 * TradingProfile.LevelsPerSide];
    private readonly OrderIntent[] _intents = new OrderIntent[2 * TradingProfile.LevelsPerSide];
    private readonly BookTop[] _tops;
    private readonly long[] _answers;

    /// <summary>Puts both quotes to work at the first top.</summary>
    /// <exception cref="InvalidDataException">The quotes do not work, or a plan is not what its targets and the working quotes give.</exception>
    public DecideStage(BookTop[] tops)
    {
        _tops = [.. tops.SelectMany(top => new[] { tops[0], top })];
        _orders.BeginSession(7);
        if (Plan(in tops[0]) != 2) throw new InvalidDataException("two quotes were to be placed");
        OrderIntent[] working = [.. _intents];
        foreach (OrderIntent intent in working)
        {
            _orders.OnSent(in intent, default);
            _orders.OnOrder(new OrderEvent { Instrument = intent.Instrument, ClientOrderId = intent.ClientOrderId, Side = intent.Side, Status = OrderStatus.New, Price = intent.Price, Qty = intent.Qty, LeavesQty = intent.Qty });
        }

        _answers = new long[_tops.Length];
        for (int i = 0; i < _tops.Length; i++)
        {
            int planned = Plan(in _tops[i]);
            int wanted = _targets.Count(target => working.Any(order => order.Side == target.Side && Math.Abs(order.Price.Ticks - target.Price.Ticks) >= TradingProfile.RequoteTicks(Market.Btc)));
            if (planned != wanted) throw new InvalidDataException($"top {i}: {planned} requests are planned, {wanted} quotes have to move");
            _answers[i] = planned;
        }

        if (Expected(_tops.Length) < _tops.Length / 2) throw new InvalidDataException("the tops hardly move a quote");
    }

    public override long Run(int items)
    {
        long sum = 0;
        for (int i = 0, top = 0; i < items; i++)
        {
            sum += Plan(in _tops[top]);
            top = top + 1 < _tops.Length ? top + 1 : 0;
        }

        return sum;
    }

    public override long Expected(int items) => SumOverLaps(_answers, items);

    private int Plan(in BookTop top)
    {
        int count = _quoter.Quote(in top, FairValue.WeightedMidTicks(in top), SigmaTicksPerSqrtSecond, position: default, biasTicks: 0, _targets);
        return _orders.Plan(Market.Btc, _targets.AsSpan(0, count), _intents);
    }
}
