namespace LatencyEngine.Transport;

/// <summary>What a thread does while there is nothing to do.</summary>
public enum WaitMode
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Sleeps in the kernel until something happens: no processor time, some microseconds to wake up.</summary>
    Block = 1,

    /// <summary>Offers its core to others and looks again: keeps a core busy that nobody else wants.</summary>
    Yield = 2,

    /// <summary>Looks again at once: a core of its own, and the shortest reaction.</summary>
    Spin = 3,
}
