namespace LatencyEngine.Training;

/// <summary>A feature knows what it cannot know at its time; the message names it.</summary>
public sealed class LeakException : Exception
{
    /// <summary>Without a message.</summary>
    public LeakException()
    {
    }

    /// <summary>With a message.</summary>
    public LeakException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public LeakException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
