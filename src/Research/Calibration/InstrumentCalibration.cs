namespace LatencyEngine.Research;

/// <summary>What a recording says about one instrument. Prices in ticks, times in seconds, quantities in lots.</summary>
public sealed record InstrumentCalibration
{
    /// <summary>The instrument.</summary>
    public required string Symbol { get; init; }

    /// <summary>Its price step, in quote coin.</summary>
    public required decimal TickSize { get; init; }

    /// <summary>Its quantity step, in base coin.</summary>
    public required decimal LotSize { get; init; }

    /// <summary>From its first usable book to its last message.</summary>
    public required double Seconds { get; init; }

    /// <summary>Messages of its book.</summary>
    public required int BookMessages { get; init; }

    /// <summary>Public trades, block trades left out.</summary>
    public required int Trades { get; init; }

    /// <summary>Volatility.</summary>
    public required SigmaFit Sigma { get; init; }

    /// <summary>Arrivals of buying takers, which fill asks.</summary>
    public required IntensityFit Buys { get; init; }

    /// <summary>Arrivals of selling takers, which fill bids.</summary>
    public required IntensityFit Sells { get; init; }

    /// <summary>Fair value by spread and imbalance.</summary>
    public required MicropriceFit Microprice { get; init; }

    /// <summary>What order flow says about the next second; null where the recording is too short, or nothing moved.</summary>
    public required OrderFlowFit? OrderFlow { get; init; }
}
