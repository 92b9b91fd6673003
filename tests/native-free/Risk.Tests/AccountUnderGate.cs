using System.Globalization;
using LatencyEngine.Model;

namespace LatencyEngine.Risk.Tests;

/// <summary>An account of two instruments in decimals, whose orders pass the gate; every whole number is a step: an order, a part of a fill, a cancel, or a move of the mark.</summary>
internal sealed class AccountUnderGate
{
    private const decimal Taker = 0.00055m;
    private const int LeverageE2 = 5_000;
    private readonly bool _isCross;
    private readonly decimal _jump;
    private readonly RiskTier[] _rows;
    private readonly RiskGate _gate;
    private readonly Instrument[] _instruments;
    private decimal _wallet = 1_000;
    private uint _orders;

    public AccountUnderGate(bool isCross, RiskTierTable tiers, RiskTier[] rows)
    {
        _isCross = isCross;
        _jump = isCross ? 0.03m : 0.01m;
        _rows = rows;
        var table = new InstrumentTable([Spec(0), Spec(1)]);
        RiskLimits limits = Limits(isCross, (double)_jump, LeverageE2, tiers);
        _gate = new RiskGate(table, [limits, limits]);
        _instruments = [new Instrument(), new Instrument()];
    }

    /// <summary>What went wrong; null while nothing has.</summary>
    public string? Fault { get; private set; }

    public long Accepted { get; private set; }

    public long Refused => _gate.Refused(RiskReason.LiquidationTooClose);

    /// <summary>The least margin that was seen, in maintenance margins.</summary>
    public decimal LeastRatio { get; private set; } = decimal.MaxValue;

    public static InstrumentSpec Spec(int index) => new(new InstrumentId(index), index == 0 ? "BTCUSDT" : "ETHUSDT", 1, 1, 3, 1)
    {
        MinOrderQty = new QtyLots(1), MaxOrderQty = new QtyLots(1_000_000), MinNotional = default, MinPrice = new PriceTicks(1), MaxPrice = new PriceTicks(10_000_000), MaxLeverageE2 = 10_000,
    };

    public static RiskLimits Limits(bool isCross, double jump, int leverageE2, RiskTierTable tiers) => new()
    {
        MarketDataAgeMaxNanos = 1, MarkPriceAgeMaxNanos = 1, OrderMax = new QtyLots(1_000_000), OrderNotionalMax = new MoneyE8(100_000_000 * MoneyE8.One), PositionMax = new QtyLots(1_000_000),
        OpenOrdersMax = 1_000, CollarFractionE8 = 20_000_000, AdverseJumpE8 = (long)Math.Round(jump * 1e8), ExposureMaxE8 = 100_000_000, IsCross = isCross, Tiers = tiers, LeverageE2 = leverageE2, TakerFeeE8 = 55_000,
    };

    public void Take(int step)
    {
        uint number = (uint)step;
        int which = (int)(number & 1);
        Instrument instrument = _instruments[which];
        uint detail = number >> 4;
        switch ((number >> 1) & 7)
        {
            case 0 or 1 or 2: Place(which, isBuy: (detail & 1) == 0, lots: 1 + (detail / 2 % 900), offsetTicks: detail / 2_000 % 400); break;
            case 3 or 4 or 5: Fill(instrument, detail); break;
            case 6: if (instrument.Orders.Count > 0) instrument.Orders.RemoveAt((int)(detail % instrument.Orders.Count)); break;
            default: Move(instrument, detail); break;
        }

        Look(step);
    }

    private void Place(int which, bool isBuy, long lots, long offsetTicks)
    {
        Instrument instrument = _instruments[which];
        long markTicks = (long)decimal.Round(instrument.Mark * 10);
        long ticks = isBuy ? markTicks - offsetTicks : markTicks + offsetTicks;
        var id = new ClientOrderId(1, ++_orders);
        var intent = new OrderIntent(OrderAction.Place, new InstrumentId(which), isBuy ? Side.Buy : Side.Sell, new PriceTicks(ticks), new QtyLots(lots), default, default, id, TimeInForce.PostOnly, ReduceOnly: false);
        Holding held = instrument.Holding();
        var context = new RiskContext
        {
            Position = held.Position, CostE16 = held.CostE16, OpenBuyQty = held.BuyQty, OpenSellQty = held.SellQty, OpenOrders = instrument.Orders.Count, BestOwnBid = held.BuyPrice, BestOwnAsk = held.SellPrice,
            TwiceReferenceMidTicks = 2 * markTicks, MarkPrice = held.MarkPrice, IsTrading = true, IsBookUsable = true, IsPrivateStreamUp = true, RequestsLeft = 1, AvailableMargin = new MoneyE8(long.MaxValue / 2),
            ElsewhereE24 = CrossMargin.OfMoney(new MoneyE8((long)decimal.Floor(_wallet * 1e8m))) + _gate.WorstCaseOf(new InstrumentId(1 - which)).CrossSurplusE24(_instruments[1 - which].Holding()),
        };
        if (_gate.Check(in intent, in context) != RiskReason.Accepted) return;
        Accepted++;
        instrument.Orders.Add((isBuy, lots / 1_000m, ticks / 10m));

        // An order that adds nothing is accepted whatever the worst case is: it says nothing about the present mark.
        decimal before = isBuy ? instrument.Qty : -instrument.Qty;
        decimal after = before + instrument.Orders.Where(order => order.IsBuy == isBuy).Sum(order => order.Qty);
        if (after <= 0) return;
        foreach (Instrument anchored in _isCross ? _instruments : [instrument]) anchored.Anchor = anchored.Mark;
    }

    private void Fill(Instrument instrument, uint detail)
    {
        if (instrument.Orders.Count == 0) return;
        int index = (int)(detail % instrument.Orders.Count);
        (bool isBuy, decimal open, decimal price) = instrument.Orders[index];
        decimal qty = decimal.Ceiling(open * 1_000 * (1 + (detail / 64 % 4)) / 4) / 1_000;
        if (qty == open) instrument.Orders.RemoveAt(index);
        else instrument.Orders[index] = (isBuy, open - qty, price);
        decimal signed = isBuy ? qty : -qty;
        _wallet -= qty * price * Taker;
        if (instrument.Qty == 0 || Math.Sign(instrument.Qty) == Math.Sign(signed))
        {
            instrument.Cost += signed * price;
        }
        else
        {
            decimal closed = Math.Min(qty, Math.Abs(instrument.Qty)) * Math.Sign(instrument.Qty);
            decimal share = instrument.Cost * closed / instrument.Qty;
            _wallet += (closed * price) - share;
            instrument.Cost += -share + ((signed + closed) * price);
        }

        instrument.Qty += signed;
    }

    /// <summary>To anywhere within the jump from where the mark was when an order was last accepted.</summary>
    private void Move(Instrument instrument, uint detail)
    {
        decimal share = ((detail % 2_001) - 1_000m) / 1_000m;
        instrument.Mark = decimal.Round(instrument.Anchor * (1 + (_jump * share)), 8, share > 0 ? MidpointRounding.ToNegativeInfinity : MidpointRounding.ToPositiveInfinity);
    }

    private void Look(int step)
    {
        decimal maintenance = 0;
        decimal equity = _wallet;
        foreach (Instrument instrument in _instruments)
        {
            if (instrument.Qty == 0) continue;
            decimal value = Math.Abs(instrument.Qty) * instrument.Mark;
            decimal profit = (instrument.Qty * instrument.Mark) - instrument.Cost;
            decimal alone = WorstCaseTests.MaintenanceOf(value, 0, _rows);
            decimal margin = (Math.Abs(instrument.Cost) * 100 / LeverageE2) + profit;
            if (!_isCross) Judge(step, margin, alone);
            maintenance += WorstCaseTests.MaintenanceOf(value, Taker, _rows);
            equity += profit;
        }

        if (_isCross && maintenance > 0) Judge(step, equity, maintenance);
    }

    private void Judge(int step, decimal margin, decimal maintenance)
    {
        if (margin <= maintenance) Fault ??= string.Create(CultureInfo.InvariantCulture, $"step {step}: margin {margin}, maintenance margin {maintenance}; wallet {_wallet}, {string.Join("; ", _instruments.Select(each => each.ToString()))}");
        LeastRatio = Math.Min(LeastRatio, margin / maintenance);
    }

    private sealed class Instrument
    {
        public List<(bool IsBuy, decimal Qty, decimal Price)> Orders { get; } = [];

        public decimal Qty { get; set; }

        /// <summary>With the position's sign.</summary>
        public decimal Cost { get; set; }

        public decimal Mark { get; set; } = 50_000;

        public decimal Anchor { get; set; } = 50_000;

        public Holding Holding()
        {
            (long buys, long bid) = Side(isBuy: true);
            (long sells, long ask) = Side(isBuy: false);
            return new Holding(
                new QtyLots((long)(Qty * 1_000)), (Int128)decimal.Round(Math.Abs(Cost) * 1e12m) * 10_000, new QtyLots(buys), new PriceTicks(bid), new QtyLots(sells), new PriceTicks(ask), new PriceE8((long)(Mark * 1e8m)));
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Qty} for {Cost} at {Mark} from {Anchor}, {Orders.Count} orders");

        private (long Lots, long Ticks) Side(bool isBuy)
        {
            List<(bool IsBuy, decimal Qty, decimal Price)> orders = [.. Orders.Where(order => order.IsBuy == isBuy)];
            if (orders.Count == 0) return default;
            decimal best = isBuy ? orders.Max(order => order.Price) : orders.Min(order => order.Price);
            return ((long)(orders.Sum(order => order.Qty) * 1_000), (long)(best * 10));
        }
    }
}
