namespace LatencyEngine.Model;

/// <summary>What an operator can tell the engine.</summary>
public enum OperatorCommand : byte
{
    /// <summary>Not set; ignored and counted as rejected.</summary>
    Unset = 0,

    /// <summary>Cancel every quote and make no new ones. The position stays.</summary>
    StopQuoting = 1,

    /// <summary>Latch the kill switch: as <see cref="StopQuoting"/>, and nothing but a reducing order passes until <see cref="Resume"/>.</summary>
    Kill = 2,

    /// <summary>As <see cref="StopQuoting"/>, and then every position is closed by reduce-only orders. Works in the killed state too; given again, what was left for too small is tried again.</summary>
    Flatten = 3,

    /// <summary>Undo <see cref="Kill"/>, whatever threw the switch, and <see cref="Flatten"/> and <see cref="StopQuoting"/> with it: quotes are made again.</summary>
    Resume = 4,
}
