namespace LatencyEngine.Book;

/// <summary>What a message did to a book. After <see cref="Snapshot"/>, <see cref="Updated"/> and <see cref="Heartbeat"/> the book is usable; after every other it is empty until the next snapshot.</summary>
public enum BookChange : byte
{
    /// <summary>Not set; never returned.</summary>
    Unset = 0,

    /// <summary>The message replaced the whole book.</summary>
    Snapshot = 1,

    /// <summary>The message changed some levels.</summary>
    Updated = 2,

    /// <summary>Depth 1 sent the snapshot it sent before: nothing changed in three seconds (Bybit V5, 6.1 rule 8).</summary>
    Heartbeat = 3,

    /// <summary>A message was lost: the update id did not rise by exactly 1. The caller resubscribes (Bybit V5, 6.1 rule 4).</summary>
    Gap = 10,

    /// <summary>A delta came while the book waits for a snapshot; ignored.</summary>
    AwaitingSnapshot = 11,

    /// <summary>The best bid is not below the best ask, so the book cannot be the venue's. The caller resubscribes.</summary>
    Crossed = 12,

    /// <summary>A side has more levels than the topic can have. The caller resubscribes.</summary>
    TooDeep = 13,
}
