namespace LatencyEngine.Wire;

/// <summary>What <see cref="MessagePackReader.Skip"/> found.</summary>
public enum MessagePackStatus : byte
{
    /// <summary>Not set; never returned.</summary>
    Unset = 0,

    /// <summary>A whole value was there; the reader stands behind it.</summary>
    Complete = 1,

    /// <summary>The bytes end inside a value; the reader has not moved. With more bytes it may be whole.</summary>
    Incomplete = 2,

    /// <summary>A byte that begins no value; the reader has not moved. More bytes do not mend it.</summary>
    Malformed = 3,
}
