namespace LatencyEngine.Model;

/// <summary>What keeps an instrument from being quoted; of several reasons the first in this order. Journalled: append only, never renumber.</summary>
public enum QuotesHeldBy
{
    /// <summary>Not decided yet.</summary>
    Unset = 0,

    /// <summary>Quotes are made.</summary>
    Nothing = 1,

    /// <summary>The engine as a whole does not quote: <see cref="QuotingState"/> says why.</summary>
    Engine = 2,

    /// <summary>The book is unusable or has an empty side, or there is no volatility yet.</summary>
    Book = 3,

    /// <summary>The newest book arrived too long ago.</summary>
    BookAge = 4,

    /// <summary>The newest message with the mark price's topic arrived too long ago.</summary>
    MarkPriceAge = 5,

    /// <summary>The newest book was made too far from the present: the feed lags, or a clock is wrong.</summary>
    FeedLag = 6,

    /// <summary>An order that the gateway accepted has not been shown by the order stream for too long.</summary>
    OrderStreamDelay = 7,
}
