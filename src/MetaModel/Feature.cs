namespace LatencyEngine.MetaModel;

/// <summary>One number that the model is told.</summary>
/// <param name="Name">As it stands in the model's files.</param>
/// <param name="Unit">What it is counted in; numbers of different markets can be compared.</param>
/// <param name="Known">From when on it is known. Nothing here is known later than the close of the candle of the signal.</param>
public sealed record Feature(string Name, string Unit, string Known);
