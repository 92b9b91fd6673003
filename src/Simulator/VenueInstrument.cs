namespace LatencyEngine.Simulator;

/// <summary>The trading rules of one USDT perpetual (Bybit V5, 13.1). Prices in USDT, quantities in base coin.</summary>
public sealed record VenueInstrument
{
    /// <summary>Upper-case symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>tickSize</c>, above zero.</summary>
    public required decimal TickSize { get; init; }

    /// <summary>Decimals in which the public stream prints prices (<c>priceScale</c>).</summary>
    public required int PriceDecimals { get; init; }

    /// <summary><c>qtyStep</c>, above zero.</summary>
    public required decimal QtyStep { get; init; }

    /// <summary>Decimals in which the public stream prints sizes, those of <c>qtyStep</c> as printed.</summary>
    public required int QtyDecimals { get; init; }

    /// <summary><c>minPrice</c>.</summary>
    public required decimal MinPrice { get; init; }

    /// <summary><c>maxPrice</c>.</summary>
    public required decimal MaxPrice { get; init; }

    /// <summary><c>minOrderQty</c>.</summary>
    public required decimal MinOrderQty { get; init; }

    /// <summary><c>maxOrderQty</c>: limit orders.</summary>
    public required decimal MaxOrderQty { get; init; }

    /// <summary><c>postOnlyMaxOrderQty</c>.</summary>
    public required decimal MaxPostOnlyQty { get; init; }

    /// <summary><c>maxMktOrderQty</c>.</summary>
    public required decimal MaxMarketQty { get; init; }

    /// <summary><c>minNotionalValue</c>, USDT; not applied to reduce-only orders.</summary>
    public required decimal MinNotional { get; init; }

    /// <summary><c>maxLeverage</c>.</summary>
    public required decimal MaxLeverage { get; init; }

    /// <summary><c>fundingInterval</c>, minutes.</summary>
    public required int FundingIntervalMinutes { get; init; }

    /// <summary><c>lowerFundingRate</c>.</summary>
    public required decimal LowerFundingRate { get; init; }

    /// <summary><c>upperFundingRate</c>.</summary>
    public required decimal UpperFundingRate { get; init; }

    /// <summary><c>priceLimitRatioX</c>.</summary>
    public required decimal PriceLimitRatioX { get; init; }

    /// <summary><c>priceLimitRatioY</c>.</summary>
    public required decimal PriceLimitRatioY { get; init; }

    /// <summary>The whole row of <c>instruments-info</c>, compact JSON, as it was read.</summary>
    public required string Row { get; init; }

    /// <summary>The next funding stamp after a moment, both ms since 1970 (Bybit V5, 16.6).</summary>
    internal long FundingStampAfter(long millis)
    {
        const long MillisPerMinute = 60_000;
        long interval = FundingIntervalMinutes * MillisPerMinute;
        return millis - (millis % interval) + interval;
    }
}
