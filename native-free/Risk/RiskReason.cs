namespace LatencyEngine.Risk;

/// <summary>Why the gate passed or refused an intent. The gate checks in the order of these numbers and names the first limit broken. Journalled: append only, never renumber.</summary>
public enum RiskReason : byte
{
    /// <summary>Not set; never a pass.</summary>
    Unset = 0,

    /// <summary>No limit broken.</summary>
    Accepted = 1,

    /// <summary>Action, side or instrument is not set or not known.</summary>
    MalformedIntent = 2,

    /// <summary>An order of this name may be alive already.</summary>
    DuplicateName = 3,

    /// <summary>The kill switch is on.</summary>
    KillSwitchOn = 10,

    /// <summary>The newest book update is older than allowed.</summary>
    MarketDataStale = 11,

    /// <summary>The book has a gap or has not begun.</summary>
    BookUnusable = 12,

    /// <summary>The private stream is down: fills would go unseen.</summary>
    Blind = 13,

    /// <summary>The engine only reduces: a limit of the loss ladder was reached.</summary>
    Reducing = 14,

    /// <summary>The mark price's topic has been silent for longer than allowed.</summary>
    MarkPriceStale = 15,

    /// <summary>The venue has closed the instrument, or only settles it.</summary>
    NotTrading = 16,

    /// <summary>Below the venue's smallest quantity.</summary>
    OrderTooSmall = 20,

    /// <summary>Above this engine's or the venue's largest quantity.</summary>
    OrderTooLarge = 21,

    /// <summary>Worth less than the venue accepts.</summary>
    NotionalTooSmall = 22,

    /// <summary>Worth more than this engine's limit.</summary>
    NotionalTooLarge = 23,

    /// <summary>Too far from the reference mid or from the mark price.</summary>
    PriceOutsideCollar = 30,

    /// <summary>Would trade with an own working order.</summary>
    WouldCrossOwnOrder = 31,

    /// <summary>Outside the venue's lowest and highest price, or on the wrong side of its limit around the mark price.</summary>
    PriceOutsideVenueBounds = 32,

    /// <summary>The position would exceed its limit if every open order on this side filled.</summary>
    PositionLimit = 40,

    /// <summary>Too many open orders.</summary>
    OpenOrderLimit = 41,

    /// <summary>The position would be worth more than the venue's ladder has at this leverage, if every open order on this side filled.</summary>
    LeverageTooHigh = 42,

    /// <summary>No request of this kind left in the venue's rate limit.</summary>
    OrderBudgetSpent = 50,

    /// <summary>With every open order filled, the adverse jump of the mark price would liquidate.</summary>
    LiquidationTooClose = 60,

    /// <summary>The added exposure costs more margin than is free.</summary>
    MarginInsufficient = 61,

    /// <summary>Positions and open orders would bind a larger part of the balance than allowed.</summary>
    ExposureLimit = 62,

    /// <summary>The position has used up too much of its way to liquidation to be added to.</summary>
    GuardHolds = 63,
}
