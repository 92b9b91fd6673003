namespace LatencyEngine.Bybit;

/// <summary>The instrument list cannot be read, or does not hold what the engine was asked to trade. The message is one line for the operator: what, which file or symbol, what to do.</summary>
public sealed class InstrumentException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line.</param>
    public InstrumentException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from what caused it.</summary>
    /// <param name="message">One line.</param>
    /// <param name="inner">What the platform reported.</param>
    public InstrumentException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
