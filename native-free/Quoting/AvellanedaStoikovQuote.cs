namespace LatencyEngine.Quoting;

/// <summary>The model's quotes: a centre and the total distance between bid and ask.</summary>
/// <param name="Reservation">Reservation price, in the price unit of the inputs; equation (29).</param>
/// <param name="Spread">Total spread, ask minus bid, in the same unit; equation (30). Half of it lies on each side of the reservation price.</param>
public readonly record struct AvellanedaStoikovQuote(double Reservation, double Spread)
{
    /// <summary>Half the total spread.</summary>
    public double HalfSpread => Spread / 2;

    /// <summary>The model's bid. With much inventory it may lie above the mid: the model does not know the book.</summary>
    public double Bid => Reservation - HalfSpread;

    /// <summary>The model's ask. With much short inventory it may lie below the mid.</summary>
    public double Ask => Reservation + HalfSpread;
}
