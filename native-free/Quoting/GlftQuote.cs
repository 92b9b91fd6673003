namespace LatencyEngine.Quoting;

/// <summary>The closed form's quotes at every inventory: a straight line for each side.</summary>
/// <param name="HalfSpread">Half the distance from bid to ask, in the price unit of the inputs. A rebate larger than the model's own half makes it negative.</param>
/// <param name="SkewPerUnit">How far one unit of inventory lowers both quotes, in the same unit; positive.</param>
/// <param name="TargetInventory">The inventory at which the quotes lie evenly about the mid, in units of inventory: drift / (gamma sigma^2). Not bounded; see <see cref="DirectionalBias.DriftTarget"/>.</param>
public readonly record struct GlftQuote(double HalfSpread, double SkewPerUnit, double TargetInventory)
{
    /// <summary>Distance of the bid below the mid; negative above it.</summary>
    /// <param name="inventory">Signed inventory, long above zero.</param>
    public double BidDistance(double inventory) => HalfSpread + (SkewPerUnit * (inventory - TargetInventory));

    /// <summary>Distance of the ask above the mid; negative below it.</summary>
    /// <param name="inventory">Signed inventory, long above zero.</param>
    public double AskDistance(double inventory) => HalfSpread - (SkewPerUnit * (inventory - TargetInventory));
}
