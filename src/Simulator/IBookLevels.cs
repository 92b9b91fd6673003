namespace LatencyEngine.Simulator;

/// <summary>A book as its public stream shows it.</summary>
internal interface IBookLevels
{
    /// <summary>Whether there is a book to show.</summary>
    bool HasSnapshot { get; }

    /// <summary>Cross sequence of the last change.</summary>
    long Sequence { get; }

    /// <summary>Matching-engine time of the last change, ms since 1970.</summary>
    long MatchedMillis { get; }

    /// <summary>Levels of one side, best first: USDT and base coin.</summary>
    IEnumerable<(decimal Price, decimal Qty)> Levels(bool bidSide);
}
