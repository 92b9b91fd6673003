namespace LatencyEngine.Model;

/// <summary>What keeps an instrument from being quoted, or from being quoted as near as its model would; of several instruments' reasons the one with the highest number is told. Journalled: append only, never renumber.</summary>
public enum QuotesHeldBy
{
    /// <summary>Not decided yet.</summary>
    Unset = 0,

    /// <summary>Quotes are made.</summary>
    Nothing = 1,

    /// <summary>The engine as a whole does not quote: <see cref="QuotingState"/> says why.</summary>
    Engine = 2,

    /// <summary>The book is unusable, or there is no volatility yet.</summary>
    Book = 3,

    /// <summary>The newest book arrived too long ago.</summary>
    BookAge = 4,

    /// <summary>The newest message with the mark price's topic arrived too long ago.</summary>
    MarkPriceAge = 5,

    /// <summary>The newest book was made too far from the present: the feed lags, or a clock is wrong.</summary>
    FeedLag = 6,

    /// <summary>An order that the gateway accepted has not been shown by the order stream for too long.</summary>
    OrderStreamDelay = 7,

    /// <summary>The mid moves far more than it usually does.</summary>
    VolatilityJump = 8,

    /// <summary>A burst of trades has just gone through several levels of the book.</summary>
    Sweep = 9,

    /// <summary>Quotes are made, but a side's further out than the model has them: after its fills the market went against the engine.</summary>
    MarkOuts = 10,

    /// <summary>The venue has refused several creates in a row.</summary>
    Refusals = 11,

    /// <summary>The volatility is above five times that of the last hour.</summary>
    VolatilityCap = 12,

    /// <summary>The book is usable, but one of its sides is empty.</summary>
    OneSidedBook = 13,

    /// <summary>The position is cut: too much of its way to liquidation is used up. At first one side quotes what is to go, then none does.</summary>
    LiquidationGuard = 14,

    /// <summary>Quotes are made, but none that adds to the position or opens one: too much of its way to liquidation is used up, or the worst case with it would not survive the adverse jump.</summary>
    AddingSide = 15,

    /// <summary>A limit of the loss ladder that holds for the instrument was reached: <see cref="LossRule"/>.</summary>
    LossLimit = 16,

    /// <summary>The instrument is not open for trading.</summary>
    NotTrading = 17,

    /// <summary>The instrument is traded outright: by the profile's strategy, or for a <see cref="DirectionalRequest"/> that is not over.</summary>
    Directional = 18,
}
