namespace LatencyEngine.Bybit;

/// <summary>What became of a REST request: an answer, a refusal, or nobody knows. Its text never holds the key or the secret.</summary>
/// <param name="Class">What became of it.</param>
/// <param name="Value">What the venue answered; default unless <see cref="IsAnswered"/>.</param>
/// <param name="Code">The venue's <c>retCode</c>, or the HTTP status where there was none; 0 without either.</param>
/// <param name="Text">One line for people, with method and path; empty when answered.</param>
/// <param name="AnsweredMillis">The newest answer's time at the venue, ms since 1970; 0 where there was none.</param>
public sealed record VenueOutcome<T>(OutcomeClass Class, T? Value, int Code, string Text, long AnsweredMillis)
{
    /// <summary>The venue has answered: <see cref="Value"/> is set.</summary>
    public bool IsAnswered => Class == OutcomeClass.Answered;

    /// <summary>It may or may not have been carried out: look it up before anything of the kind is sent again.</summary>
    public bool IsUnknown => Class == OutcomeClass.Unknown;
}
