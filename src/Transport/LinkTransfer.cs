namespace LatencyEngine.Transport;

/// <summary>What came of reading or sending.</summary>
public enum LinkTransfer : byte
{
    /// <summary>No answer.</summary>
    Unset = 0,

    /// <summary>Bytes were moved.</summary>
    Done = 1,

    /// <summary>None now.</summary>
    WouldBlock = 2,

    /// <summary>The peer sends no more.</summary>
    Ended = 3,

    /// <summary>The connection failed; <see cref="ILinkSocket.Fault"/> says why.</summary>
    Failed = 4,
}
