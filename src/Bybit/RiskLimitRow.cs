namespace LatencyEngine.Bybit;

/// <summary>One row of a symbol's risk-limit ladder (Bybit V5, 13.2). Rates are fractions.</summary>
/// <param name="ValueLimit">Inclusive upper bound of the position value, USDT.</param>
/// <param name="MaintenanceRate">Maintenance margin as a fraction of the value.</param>
/// <param name="MaxLeverage">Highest leverage in this row.</param>
/// <param name="Deduction">Maintenance deduction, USDT.</param>
public readonly record struct RiskLimitRow(decimal ValueLimit, decimal MaintenanceRate, decimal MaxLeverage, decimal Deduction);
