namespace LatencyEngine.Strategist;

/// <summary>What the meta-label trader wants from now on.</summary>
/// <param name="Outcome">What it has decided, and why.</param>
/// <param name="WantedQty">Signed position in base coin, not rounded to lots; 0 to be flat.</param>
/// <param name="Bound">Worst price of an order towards it; 0 when all is closed, or the stop moves only.</param>
/// <param name="Stop">Mark price at which it is closed; 0 when all is closed.</param>
public readonly record struct MetaLabelDecision(MetaLabelOutcome Outcome, decimal WantedQty = 0, decimal Bound = 0, decimal Stop = 0)
{
    /// <summary>Whether the engine is to be asked for something.</summary>
    public bool IsTrade => Outcome is MetaLabelOutcome.Opens or MetaLabelOutcome.Trails || Closes;

    /// <summary>Whether what is held is to be closed.</summary>
    public bool Closes => Outcome is MetaLabelOutcome.Turns or MetaLabelOutcome.Target or MetaLabelOutcome.Reversal or MetaLabelOutcome.TrailPassed or MetaLabelOutcome.Time;

    /// <summary>Why the signal of the candle is passed over; <see cref="MetaLabelOutcome.None"/> where it is not, or there was none.</summary>
    public MetaLabelOutcome Skip { get; init; }
}
