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

    /// <summary>A status this engine does not know.</summary>
    Other = 255,
}
