namespace LatencyEngine.Book;

/// <summary>What a volatility was held to.</summary>
public enum SigmaBound : byte
{
    /// <summary>No value yet.</summary>
    Unset = 0,

    /// <summary>Nothing: it is the estimate itself.</summary>
    None = 1,

    /// <summary>The estimate was below half a tick per square root of its window.</summary>
    Floor = 2,

    /// <summary>The estimate was above five times the volatility of the last hour.</summary>
    Cap = 3,
}
