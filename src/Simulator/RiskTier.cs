namespace LatencyEngine.Simulator;

/// <summary>One row of a risk-limit ladder (Bybit V5, 16.4).</summary>
/// <param name="Id">Position in the ladder, from 1.</param>
/// <param name="ValueLimit">Largest position value of the tier, inclusive, USDT.</param>
/// <param name="MaintenanceRate">MMR, a fraction.</param>
/// <param name="MaxLeverage">Largest leverage allowed in the tier.</param>
/// <param name="Deduction">Subtracted from value × MMR so that the maintenance margin is continuous, USDT.</param>
public sealed record RiskTier(int Id, decimal ValueLimit, decimal MaintenanceRate, decimal MaxLeverage, decimal Deduction);
