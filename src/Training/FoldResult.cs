namespace LatencyEngine.Training;

/// <summary>One block of the walk-forward test.</summary>
/// <param name="Fold">What was tested and trained on.</param>
/// <param name="FirstBar">Candle of the block's first signal.</param>
/// <param name="LastBar">Candle of its last exit.</param>
/// <param name="Scores">Null where too little came before it to train on.</param>
/// <param name="Trades">Of the events above the threshold; null as above.</param>
/// <param name="Parameters">What the search chose from what came before; null as above.</param>
public sealed record FoldResult(Fold Fold, int FirstBar, int LastBar, ClassifierScores? Scores, TradeScores? Trades, BoosterParameters? Parameters);
