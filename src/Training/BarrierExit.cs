namespace LatencyEngine.Training;

/// <summary>What ended a labelled trade.</summary>
public enum BarrierExit
{
    /// <summary>The stop.</summary>
    Stop,

    /// <summary>The target.</summary>
    Take,

    /// <summary>The last candle that it may live.</summary>
    Time,
}
