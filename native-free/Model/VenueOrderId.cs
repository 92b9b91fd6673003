namespace LatencyEngine.Model;

/// <summary>The venue's name for an order: for linear contracts a UUID, held as its 128 bits. Default: not known yet.</summary>
public readonly record struct VenueOrderId(UInt128 Value)
{
    /// <summary>True once the venue has named the order.</summary>
    public bool IsKnown => Value != UInt128.Zero;
}
