using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Quoting;

namespace LatencyEngine.Budgets;

/// <summary>The wanted quotes of a top, and the requests that turn the working ones into them. Every quote works where the first top put it: every other item is that top and changes nothing, the others move quotes.</summary>
internal sealed class DecideStage : Stage
{
    /// <summary>Volatility of every decision.</summary>
    public const double SigmaTicksPerSqrtSecond = 40;

    private readonly Quoter _quoter;
    private readonly OrderTable _orders;
    private readonly QuoteTarget[] _targets;
    private readonly OrderIntent[] _intents;
    private readonly BookTop[] _tops;
    private readonly long[] _answers;

    /// <summary>Puts all quotes to work at the first top.</summary>
    /// <exception cref="InvalidDataException">The quotes do not work, or a plan is not what its targets and the working quotes give.</exception>
    public DecideStage(BookTop[] tops, Quoter quoter)
    {
        _quoter = quoter;
        _orders = TradingProfile.OrderTable(Market.Instruments, quoter.TargetCount / 2);
        _targets = new QuoteTarget[quoter.TargetCount];
        _intents = new OrderIntent[quoter.TargetCount];
        _tops = [.. tops.SelectMany(top => new[] { tops[0], top })];
        _orders.BeginSession(7);
        if (Plan(in tops[0]) != quoter.TargetCount) throw new InvalidDataException($"{quoter.TargetCount} quotes were to be placed");
        OrderIntent[] working = [.. _intents];
        if (!working.Select(order => (order.Side, order.Price)).SequenceEqual(_targets.Select(target => (target.Side, target.Price)))) throw new InvalidDataException("the quotes are not placed in their order");
        foreach (OrderIntent intent in working)
        {
            _orders.OnSent(in intent, default);
            _orders.OnOrder(new OrderEvent { Instrument = intent.Instrument, ClientOrderId = intent.ClientOrderId, Side = intent.Side, Status = OrderStatus.New, Price = intent.Price, Qty = intent.Qty, LeavesQty = intent.Qty });
        }

        _answers = new long[_tops.Length];
        for (int i = 0; i < _tops.Length; i++)
        {
            int planned = Plan(in _tops[i]);
            int wanted = _targets.Zip(working).Count(pair => Math.Abs(pair.First.Price.Ticks - pair.Second.Price.Ticks) >= TradingProfile.RequoteTicks(Market.Instruments[Market.Btc]));
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
