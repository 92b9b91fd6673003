using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>One row of the venue's risk ladder (Bybit V5, <c>risk-limit</c>).</summary>
/// <param name="ValueLimit">Largest position value of the row, inclusive.</param>
/// <param name="MaintenanceRateE8">Maintenance margin rate as a fraction in 1e-8 (0.5 % is 500,000).</param>
/// <param name="MaxLeverageE2">Highest leverage of the row, times 100.</param>
/// <param name="Deduction">Amount that makes the maintenance margin continuous where one row ends and the next begins.</param>
public readonly record struct RiskTier(MoneyE8 ValueLimit, long MaintenanceRateE8, int MaxLeverageE2, MoneyE8 Deduction);
