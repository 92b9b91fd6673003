using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Budgets;

/// <summary>An intent through the risk gate: a place, an amend and a cancel in turn, all of which pass, since a refusal is the shorter way.</summary>
internal sealed class CheckStage : Stage
{
    private const long NanosPerMillisecond = 1_000_000;

    private readonly RiskGate _gate;
    private readonly OrderIntent[] _intents;
    private readonly RiskContext[] _contexts;

    /// <summary>Makes three intents at each top.</summary>
    public CheckStage(BookTop[] tops, bool isCross)
    {
        _gate = new RiskGate(Market.Instruments, TradingProfile.RiskLimits(Market.Instruments, isCross));
        QtyLots qty = TradingProfile.OrderQty(Market.Instruments[Market.Btc]);
        _intents = new OrderIntent[3 * tops.Length];
        _contexts = new RiskContext[_intents.Length];
        for (int i = 0; i < _intents.Length; i++)
        {
            BookTop top = tops[i / 3];
            var action = (OrderAction)(1 + (i % 3));
            Side side = i % 2 == 0 ? Side.Buy : Side.Sell;
            QtyLots replaced = action == OrderAction.Place ? default : qty;
            PriceTicks price = side == Side.Buy ? top.BidPrice : top.AskPrice;
            _intents[i] = new OrderIntent(action, Market.Btc, side, price, qty, replaced, default, new ClientOrderId(7, (uint)i + 1), TimeInForce.PostOnly, ReduceOnly: false);
            _contexts[i] = new RiskContext
            {
                Position = new QtyLots(side == Side.Buy ? qty.Lots : -qty.Lots),
                OpenBuyQty = side == Side.Buy ? replaced : qty,
                OpenSellQty = side == Side.Sell ? replaced : qty,
                OpenOrders = 2,
                BestOwnBid = top.BidPrice,
                BestOwnAsk = top.AskPrice,
                TwiceReferenceMidTicks = top.TwiceMidTicks,
                MarkPrice = new PriceE8(top.TwiceMidTicks * Market.Instruments[Market.Btc].TickE8 / 2),
                CostE16 = (Int128)price.Ticks * Market.Instruments[Market.Btc].TickE8 * qty.Lots * Market.Instruments[Market.Btc].LotE8,
                ElsewhereE24 = CrossMargin.OfMoney(new MoneyE8(10_000 * MoneyE8.One)),
                Balance = new MoneyE8(10_000 * MoneyE8.One),
                MarketDataAgeNanos = 20 * NanosPerMillisecond,
                IsTrading = true, IsBookUsable = true,
                IsPrivateStreamUp = true,
                RequestsLeft = 5,
                AvailableMargin = new MoneyE8(10_000 * MoneyE8.One),
            };
        }
    }

    public override long Run(int items)
    {
        long accepted = 0;
        for (int i = 0, intent = 0; i < items; i++)
        {
            if (_gate.Check(in _intents[intent], in _contexts[intent]) == RiskReason.Accepted) accepted++;
            intent = intent + 1 < _intents.Length ? intent + 1 : 0;
        }

        return accepted;
    }

    public override long Expected(int items) => items;
}
