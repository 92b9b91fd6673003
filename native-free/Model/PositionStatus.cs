namespace LatencyEngine.Model;

/// <summary>Status of a position (Bybit V5, 7.4, <c>positionStatus</c>).</summary>
public enum PositionStatus : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Normal.</summary>
    Normal = 1,

    /// <summary>In liquidation.</summary>
    Liquidation = 2,

    /// <summary>In auto-deleveraging.</summary>
    AutoDeleveraging = 3,

    /// <summary>One side of a hedge-mode position, whatever status the venue gives it (Bybit V5, 7.4, <c>positionIdx</c>): not the position, which is the sum of two. The other members of its row are not read.</summary>
    HedgeMode = 4,

    /// <summary>A status this engine does not know.</summary>
    Other = 255,
}
