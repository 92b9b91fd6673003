using System.Globalization;

namespace LatencyEngine.Simulator;

/// <summary>Numbers as the public stream prints them: padded to the instrument's scale, except at depth 1 and in candles (Bybit V5, 2).</summary>
internal sealed class PublicText(VenueInstrument instrument)
{
    private readonly string _priceFormat = "F" + instrument.PriceDecimals.ToString(CultureInfo.InvariantCulture);
    private readonly string _qtyFormat = "F" + instrument.QtyDecimals.ToString(CultureInfo.InvariantCulture);

    public string Price(decimal price) => price.ToString(_priceFormat, CultureInfo.InvariantCulture);

    public string Qty(decimal qty) => qty.ToString(_qtyFormat, CultureInfo.InvariantCulture);

    /// <summary>With exactly so many decimals.</summary>
    public static string Fixed(decimal value, int decimals) => value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>With at most so many decimals, zeros behind them trimmed.</summary>
    public static string Trimmed(decimal value, int decimals = 8) => decimal.Round(value, decimals).ToString("0.########", CultureInfo.InvariantCulture);
}
