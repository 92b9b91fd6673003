namespace LatencyEngine.Platform;

/// <summary>The host does not let threads or memory be placed as the profile wants: one line that says what, and how to mend it.</summary>
public sealed class PlacementException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PlacementException(string message)
        : base(message)
    {
    }
}
