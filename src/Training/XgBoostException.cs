namespace LatencyEngine.Training;

/// <summary>XGBoost is not there, or has refused something; the message is one line for the operator.</summary>
public sealed class XgBoostException : Exception
{
    /// <summary>Without a message.</summary>
    public XgBoostException()
    {
    }

    /// <summary>With a message.</summary>
    public XgBoostException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public XgBoostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The library is missing: the host lacks something.</summary>
    public bool IsMissing { get; init; }
}
