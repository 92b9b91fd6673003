using LatencyEngine.MetaModel;

namespace LatencyEngine.Training;

/// <summary>What <c>train</c> did.</summary>
/// <param name="Request">What it was asked for.</param>
/// <param name="Result">The model and its test.</param>
/// <param name="Card">What was written beside the model.</param>
/// <param name="CandleCount">Candles read, folded where they were shorter.</param>
/// <param name="CandlesMissing">Candles that were missing between them.</param>
public sealed record TrainingOutcome(TrainingRequest Request, TrainingResult Result, ModelCard Card, int CandleCount, long CandlesMissing);
