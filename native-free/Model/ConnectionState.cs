namespace LatencyEngine.Model;

/// <summary>How far a connection to the venue has come. Journalled: append only, never renumber.</summary>
public enum ConnectionState : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>A new connection stands, under a new generation: frames may follow, and none of an older generation counts any more.</summary>
    Opened = 1,

    /// <summary>It is of use: logged in where that is needed, and every topic is confirmed.</summary>
    Ready = 2,

    /// <summary>It is gone, and what it had not delivered yet with it.</summary>
    Lost = 3,

    /// <summary>Of use, but about to be made anew by plan: orders are cancelled on it and none is placed. Once none may be alive, the engine asks for the new one. Order entry only.</summary>
    Leaving = 4,
}
