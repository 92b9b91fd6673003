namespace LatencyEngine.Bybit;

/// <summary>A row of <c>account/fee-rate</c> (Bybit V5, 12.4), as fractions.</summary>
public sealed record RestFeeRate
{
    /// <summary>As the venue writes it.</summary>
    public string Symbol { get; init => field = value ?? ""; } = "";

    /// <summary>Maker rate; negative is a rebate. Null where the venue gives none.</summary>
    public decimal? MakerFeeRate { get; init; }

    /// <summary>Taker rate. Null where the venue gives none.</summary>
    public decimal? TakerFeeRate { get; init; }
}
