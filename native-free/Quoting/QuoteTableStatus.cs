namespace LatencyEngine.Quoting;

/// <summary>What came of filling a <see cref="QuoteTable"/>.</summary>
public enum QuoteTableStatus
{
    /// <summary>Nothing was tried.</summary>
    Unset = 0,

    /// <summary>The table holds the new content.</summary>
    Taken,

    /// <summary>The content was written by another version of the layout.</summary>
    UnknownVersion,

    /// <summary>The largest inventory is 0 or above <see cref="QuoteTable.UnitsLimit"/>.</summary>
    UnitsOutOfRange,

    /// <summary>The content is shorter or longer than its largest inventory asks for.</summary>
    WrongLength,

    /// <summary>A distance is NaN, infinite, or larger than <see cref="NanoTicks.TicksMax"/>.</summary>
    NotANumber,

    /// <summary>More inventory would bring a bid nearer, or an ask further away.</summary>
    NotMonotone,
}
