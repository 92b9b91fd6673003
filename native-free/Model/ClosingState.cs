namespace LatencyEngine.Model;

/// <summary>How far <see cref="OperatorCommand.Flatten"/>, or the close behind a drawdown, has come. Journalled: append only, never renumber.</summary>
public enum ClosingState
{
    /// <summary>It was not asked for.</summary>
    Unset = 0,

    /// <summary>A position is held, an order may be alive, or executions may be missing.</summary>
    Closing = 1,

    /// <summary>No position and no order by books that are known to be complete.</summary>
    Flat = 2,

    /// <summary>What is still held is below the venue's smallest order, and the venue has refused to close it; all else is flat.</summary>
    TooSmallToClose = 3,

    /// <summary>The venue has refused to close what is still held too many times in a row, and is not asked any more until it is to be closed anew; nothing else is on its way.</summary>
    Refused = 4,
}
