namespace LatencyEngine.Simulator;

/// <summary>What a ticker shows besides trades and book. Prices in USDT.</summary>
/// <param name="Mark">Mark price.</param>
/// <param name="Index">Index price.</param>
/// <param name="FundingRate">Predicted rate of the next stamp, part of the value.</param>
/// <param name="NextFundingMillis">The next stamp, ms since 1970.</param>
/// <param name="FundingIntervalHours">Between stamps.</param>
/// <param name="FundingCap">Largest rate.</param>
/// <param name="OpenInterest">Base coin, both sides.</param>
internal readonly record struct TickerFigures(
    decimal Mark, decimal Index, decimal FundingRate, long NextFundingMillis, int FundingIntervalHours, decimal FundingCap, decimal OpenInterest);
