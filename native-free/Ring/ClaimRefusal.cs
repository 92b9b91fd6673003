namespace LatencyEngine.Ring;

/// <summary>Why a ring had no room for a frame.</summary>
public enum ClaimRefusal
{
    /// <summary>No claim has been refused.</summary>
    None = 0,

    /// <summary>Every slot holds a frame that some consumer has not released.</summary>
    NoSlots = 1,

    /// <summary>There is a slot, but not that many free bytes in one piece.</summary>
    NoBytes = 2,

    /// <summary>The length is negative or above <see cref="FrameRing.PayloadBytes"/>: it never fits, however long the caller waits.</summary>
    TooLong = 3,
}
