namespace LatencyEngine.Book;

/// <summary>The price that quotes are laid around. docs/models.md, 2.6.</summary>
public enum FairValueModel : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>(best bid + best ask) / 2.</summary>
    Mid = 1,

    /// <summary>Best prices weighted by the quantity on the opposite side.</summary>
    WeightedMid = 2,

    /// <summary>The mid plus the adjustment of a <see cref="MicropriceTable"/>.</summary>
    Microprice = 3,

    /// <summary>From the bid on as much of the spread as the bids' share of the quantity of the best levels.</summary>
    Imbalance = 4,
}
