namespace LatencyEngine.Simulator;

/// <summary>Which price triggers a stop; the names are V5's (Bybit V5, 14.7).</summary>
public enum TriggerBy
{
    /// <summary>Not said.</summary>
    Unset = 0,

    /// <summary>The last trade; what V5 takes when nothing is said.</summary>
    LastPrice = 1,

    /// <summary>The mark price.</summary>
    MarkPrice = 2,

    /// <summary>The index price.</summary>
    IndexPrice = 3,
}
