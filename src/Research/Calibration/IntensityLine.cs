namespace LatencyEngine.Research;

/// <summary>One line through the logarithms of the arrival rates by depth.</summary>
/// <param name="APerSecond">A: exp of its intercept.</param>
/// <param name="KPerTick">k: its slope with the sign turned.</param>
/// <param name="R2">How well it fits, with the weights it was fitted with.</param>
public sealed record IntensityLine(double APerSecond, double KPerTick, double R2);
