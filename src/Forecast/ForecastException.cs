namespace LatencyEngine.Forecast;

/// <summary>No forecast can be made, or a file of one cannot be used. The message is one line: what, where, and how to mend it.</summary>
public sealed class ForecastException : Exception
{
    /// <summary>States the fault in one line.</summary>
    public ForecastException(string message)
        : base(message)
    {
    }

    /// <summary>States the fault in one line, with what caused it.</summary>
    public ForecastException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
