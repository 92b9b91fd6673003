namespace LatencyEngine.Signals;

/// <summary>The trend signal after one closed candle: three votes, of which two must outweigh the third. docs/concepts/meta-label.md.</summary>
/// <param name="Vote">Sum of the three votes, -3 to 3; 0 while an indicator is undefined.</param>
public readonly record struct PrimarySignal(int Vote)
{
    private const double Oversold = 30;
    private const double Overbought = 70;
    private const int VotesMin = 2;
    private const int VotesMax = 3;

    /// <summary>Which way.</summary>
    public SignalDirection Direction => Math.Abs(Vote) < VotesMin ? SignalDirection.Neutral : (SignalDirection)Math.Sign(Vote);

    /// <summary>How many of the votes agree, 0 to 1.</summary>
    public double Strength => Math.Abs(Vote) / (double)VotesMax;

    /// <summary>Counts the votes: EMA 9 against EMA 21, RSI below 30 (up) or above 70 (down), MACD against its signal line.</summary>
    /// <param name="values">Of the candle.</param>
    public static PrimarySignal Of(in IndicatorValues values)
    {
        if (double.IsNaN(values.MacdHistogram)) return default;
        int extreme = values.Rsi14 < Oversold ? 1 : values.Rsi14 > Overbought ? -1 : 0;
        return new PrimarySignal(Math.Sign(values.Ema9 - values.Ema21) + extreme + Math.Sign(values.MacdHistogram));
    }

    /// <summary>The direction where the longer timeframe's votes lean the same way, else neutral.</summary>
    /// <param name="longer">Signal of the last closed candle of the longer timeframe.</param>
    public SignalDirection ConfirmedBy(PrimarySignal longer) => Math.Sign(longer.Vote) == (int)Direction ? Direction : SignalDirection.Neutral;
}
