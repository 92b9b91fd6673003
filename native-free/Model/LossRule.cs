namespace LatencyEngine.Model;

/// <summary>A limit of the loss ladder (docs/concepts/losses.md). Journalled and kept in files: append only, never renumber.</summary>
public enum LossRule : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>A position has lost too large a share of its entry value: it is closed, and its instrument not quoted for a while.</summary>
    PositionStop = 1,

    /// <summary>Too large a share of the day's first equity is lost: flat and paused.</summary>
    DailyLoss = 2,

    /// <summary>Too large a share of the week's first equity is lost: flat and paused.</summary>
    WeeklyLoss = 3,

    /// <summary>Equity is too far below its peak: killed and flat.</summary>
    Drawdown = 4,

    /// <summary>As many instruments are held as may be: the others are not quoted.</summary>
    OpenPositions = 5,

    /// <summary>The venue has failed too many requests within a minute: reducing for a while.</summary>
    ApiErrors = 6,

    /// <summary>The venue has refused too many creates and amends within a minute: reducing for a while.</summary>
    Rejects = 7,

    /// <summary>After the fills of a side the market went too far against the engine: the instrument is not quoted for a while.</summary>
    MarkOuts = 8,

    /// <summary>No view of the market has come for too long: reducing until one comes.</summary>
    SlowThread = 9,

    /// <summary>An instrument has lost too large a share of the day's first equity: its position is closed, and it is not quoted for as long as the daily loss pauses.</summary>
    SymbolLoss = 10,

    /// <summary>What runs beside has been too unsure of itself for too long: killed and flat.</summary>
    ModelConfidence = 11,
}
