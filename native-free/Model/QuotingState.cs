namespace LatencyEngine.Model;

/// <summary>Whether the engine quotes, and if not, what holds it back; of several reasons the last in this order, <see cref="Reducing"/> before them all. Journalled: append only, never renumber.</summary>
public enum QuotingState
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Quotes are made wherever the market allows.</summary>
    Active = 1,

    /// <summary>A connection is missing, a look-up after its return or after a contradiction is not complete, or an orphan may rest: no quotes.</summary>
    Blind = 2,

    /// <summary>The operator or the run's end has stopped quoting.</summary>
    Stopped = 3,

    /// <summary>The kill switch is thrown.</summary>
    Killed = 4,

    /// <summary>The outbound ring was full: silent from then on.</summary>
    Halted = 5,

    /// <summary>A limit of the loss ladder was reached: quotes are pulled, and only what reduces a position passes, until a pause ends. Told where none of the others is.</summary>
    Reducing = 6,
}
