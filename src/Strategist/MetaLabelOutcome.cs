namespace LatencyEngine.Strategist;

/// <summary>What the meta-label trader has made of a candle or a price.</summary>
public enum MetaLabelOutcome
{
    /// <summary>There was nothing to decide.</summary>
    None = 0,

    /// <summary>A position is opened.</summary>
    Opens,

    /// <summary>The position is closed, and opened on the other side once it is gone.</summary>
    Turns,

    /// <summary>The stop moves nearer.</summary>
    Trails,

    /// <summary>The position is closed: the target was reached.</summary>
    Target,

    /// <summary>The position is closed: the signal has turned.</summary>
    Reversal,

    /// <summary>The position is closed: the stop that trails was passed before the engine had it.</summary>
    TrailPassed,

    /// <summary>The position is closed: its time is over.</summary>
    Time,

    /// <summary>A signal is skipped: no model may be acted on.</summary>
    NoModel,

    /// <summary>A signal is skipped: the probability is not above the threshold.</summary>
    Unsure,

    /// <summary>A signal is skipped: its side is held already.</summary>
    Held,

    /// <summary>A signal is skipped: as many positions as may be are open.</summary>
    Full,

    /// <summary>A signal is skipped: the account has no equity to trade with.</summary>
    NoEquity,
}
