namespace LatencyEngine.Book;

/// <summary>What came of filling a <see cref="MicropriceTable"/>.</summary>
public enum MicropriceTableStatus
{
    /// <summary>Nothing was tried.</summary>
    Unset = 0,

    /// <summary>The table holds the new content.</summary>
    Taken,

    /// <summary>The content was written by another version of the layout.</summary>
    UnknownVersion,

    /// <summary>There are no buckets of spread or imbalance, or more than a table holds.</summary>
    BucketsOutOfRange,

    /// <summary>The content is shorter or longer than its buckets ask for.</summary>
    WrongLength,

    /// <summary>An adjustment is NaN, infinite, or larger than <see cref="MicropriceTable.AdjustmentTicksMax"/>.</summary>
    NotANumber,
}
