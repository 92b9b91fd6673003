using System.Text;

namespace LatencyEngine.Model;

/// <summary>What the venue says about one linear perpetual: scales, filters, limits. Immutable; built once at start from <c>instruments-info</c> (Bybit V5, 13.1).</summary>
public sealed class InstrumentSpec
{
    private readonly byte[] _symbolUtf8;

    /// <summary>Creates a specification; the arguments are the venue's own decimals split into mantissa and scale.</summary>
    /// <param name="id">Index in this engine.</param>
    /// <param name="symbol">Upper-case ASCII symbol, for example BTCUSDT.</param>
    /// <param name="priceDecimals">Decimals of the trimmed tick size, 0 to 8: 0.10 has 1, 0.5 has 1, 0.00010 has 4.</param>
    /// <param name="tickMantissa">Tick size at that scale, positive: 0.10 is 1, 0.5 is 5.</param>
    /// <param name="qtyDecimals">Decimals of the trimmed quantity step, 0 to 8.</param>
    /// <param name="lotMantissa">Quantity step at that scale, positive.</param>
    /// <exception cref="ArgumentException">A value is out of range; the message says which, what it was, and what is allowed.</exception>
    public InstrumentSpec(InstrumentId id, string symbol, int priceDecimals, long tickMantissa, int qtyDecimals, long lotMantissa)
    {
        Require(symbol.Length is > 0 and <= 32 && symbol.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-'), symbol, "symbol must be 1 to 32 upper-case letters or digits", symbol);
        Require(priceDecimals is >= 0 and <= 8, symbol, "price decimals must be 0 to 8", priceDecimals);
        Require(qtyDecimals is >= 0 and <= 8, symbol, "quantity decimals must be 0 to 8", qtyDecimals);
        Require(tickMantissa > 0, symbol, "tick size must be positive", tickMantissa);
        Require(lotMantissa > 0, symbol, "quantity step must be positive", lotMantissa);
        Id = id;
        Symbol = symbol;
        _symbolUtf8 = Encoding.ASCII.GetBytes(symbol);
        PriceDecimals = priceDecimals;
        TickMantissa = tickMantissa;
        QtyDecimals = qtyDecimals;
        LotMantissa = lotMantissa;
        TickE8 = tickMantissa * PowerOfTen(8 - priceDecimals);
        LotE8 = lotMantissa * PowerOfTen(8 - qtyDecimals);
        TickLotE16 = (double)TickE8 * LotE8;
        TicksPerE8 = 1.0 / TickE8;
    }

    /// <summary>Index in this engine.</summary>
    public InstrumentId Id { get; }

    /// <summary>The venue's symbol.</summary>
    public string Symbol { get; }

    /// <summary>The symbol as it stands on the wire.</summary>
    public ReadOnlySpan<byte> SymbolUtf8 => _symbolUtf8;

    /// <summary>Decimals of the trimmed tick size.</summary>
    public int PriceDecimals { get; }

    /// <summary>Tick size times 10^<see cref="PriceDecimals"/>.</summary>
    public long TickMantissa { get; }

    /// <summary>Decimals of the trimmed quantity step.</summary>
    public int QtyDecimals { get; }

    /// <summary>Quantity step times 10^<see cref="QtyDecimals"/>.</summary>
    public long LotMantissa { get; }

    /// <summary>Tick size in 1e-8 quote units.</summary>
    public long TickE8 { get; }

    /// <summary>Quantity step in 1e-8 base units.</summary>
    public long LotE8 { get; }

    /// <summary>One tick times one lot in 1e-16 quote units, as a float: for a first look that need not be exact.</summary>
    public double TickLotE16 { get; }

    /// <summary>Ticks in 1e-8 quote units, as a float: for a first look that need not be exact.</summary>
    public double TicksPerE8 { get; }

    /// <summary>Smallest order (<c>minOrderQty</c>).</summary>
    public required QtyLots MinOrderQty { get; init; }

    /// <summary>Largest limit order (<c>maxOrderQty</c>; for post-only orders <c>postOnlyMaxOrderQty</c> where it is smaller).</summary>
    public required QtyLots MaxOrderQty { get; init; }

    /// <summary>Smallest order value (<c>minNotionalValue</c>).</summary>
    public required MoneyE8 MinNotional { get; init; }

    /// <summary>Lowest price (<c>minPrice</c>).</summary>
    public required PriceTicks MinPrice { get; init; }

    /// <summary>Highest price (<c>maxPrice</c>).</summary>
    public required PriceTicks MaxPrice { get; init; }

    /// <summary><c>priceLimitRatioX</c> in 1e-8: at least so far beyond the mark price a buy may be priced, and a sell below it (Bybit V5, 14.10). 0: not told.</summary>
    public long PriceLimitRatioE8 { get; init; }

    /// <summary>Highest leverage times 100 (<c>maxLeverage</c> "100.00" is 10000).</summary>
    public required int MaxLeverageE2 { get; init; }

    /// <summary>The value price x quantity, exact, rounded half-even to 1e-8 USDT.</summary>
    public MoneyE8 Notional(PriceTicks price, QtyLots qty) =>
        new((long)MoneyE8.DivideHalfEven((Int128)price.Ticks * TickE8 * ((Int128)qty.Lots * LotE8), PriceE8.One));

    /// <summary>Whether a price is further through the mark price than the venue surely takes.</summary>
    /// <remarks>
    /// The venue's limits are <c>min(mark (1 + Y), max(index, mark (1 + X) + premium))</c> for buys and its mirror image for sells. Index and premium only ever widen them, so X alone is the bound that holds without knowing either (Bybit V5, 14.10).
    /// </remarks>
    /// <param name="side">The order's side.</param>
    /// <param name="price">The order's price.</param>
    /// <param name="mark">Mark price; 0 while unknown: nothing is beyond it.</param>
    public bool IsBeyondPriceLimit(Side side, PriceTicks price, PriceE8 mark) =>
        PriceLimitRatioE8 != 0 && mark.Units > 0 && side.Sign * (((Int128)price.Ticks * TickE8) - mark.Units) * PriceE8.One > (Int128)mark.Units * PriceLimitRatioE8;

    private static long PowerOfTen(int exponent)
    {
        long power = 1;
        for (int i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    private static void Require(bool holds, string symbol, string rule, object was)
    {
        if (!holds) throw new ArgumentException($"instrument {symbol}: {rule}, was {was}");
    }
}
