namespace LatencyEngine.Model;

/// <summary>What the engine made of a <see cref="Bias"/>. Journalled: append only, never renumber.</summary>
public enum BiasOutcome
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Taken; where it was too old already, for nothing.</summary>
    Taken = 1,

    /// <summary>Refused: made in the future.</summary>
    Future = 2,

    /// <summary>Refused: score or shift are outside their range, or it was made before 1970.</summary>
    OutOfRange = 3,

    /// <summary>Refused: made before the one that is held.</summary>
    OutOfOrder = 4,
}
