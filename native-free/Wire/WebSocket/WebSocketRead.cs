namespace LatencyEngine.Wire;

/// <summary>What <see cref="WebSocketReader.Read"/> came upon.</summary>
public enum WebSocketRead : byte
{
    /// <summary>Not set; never returned.</summary>
    Unset = 0,

    /// <summary>No whole frame is left: more bytes are needed.</summary>
    Incomplete = 1,

    /// <summary>A whole text message, its fragments joined; the payload is valid UTF-8.</summary>
    Text = 2,

    /// <summary>A ping; the payload is to be sent back in a pong.</summary>
    Ping = 3,

    /// <summary>A pong, asked for or not.</summary>
    Pong = 4,

    /// <summary>The peer closes: <see cref="WebSocketReader.CloseCode"/> holds its code, the payload its reason. Nothing is read after it.</summary>
    Close = 5,

    /// <summary>The peer broke the protocol or a limit: <see cref="WebSocketReader.Error"/> says how. The connection must be failed; nothing is read after it.</summary>
    Broken = 6,
}
