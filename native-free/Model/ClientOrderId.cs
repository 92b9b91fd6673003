namespace LatencyEngine.Model;

/// <summary>The engine's own name for an order: a session and a count within it. On the wire it is the fixed-width <c>orderLinkId</c> "le" + 8 hex digits + 8 hex digits.</summary>
/// <remarks>Default: none, which is also what an order that this engine did not place decodes to.</remarks>
public readonly record struct ClientOrderId(uint Session, uint Number)
{
    /// <summary>Characters of the wire form.</summary>
    public const int WireLength = 18;

    /// <summary>Not an order of this engine.</summary>
    public static ClientOrderId None => default;

    /// <summary>True for an id that this engine made; numbers start at 1.</summary>
    public bool IsOurs => Number != 0;
}
