namespace LatencyEngine.Wire;

/// <summary>The opcodes that RFC 6455 defines (5.2); control frames have <see cref="ControlBit"/> set.</summary>
internal static class WebSocketOpcode
{
    public const int Continuation = 0x0;
    public const int Text = 0x1;
    public const int Binary = 0x2;
    public const int ControlBit = 0x8;
    public const int Close = 0x8;
    public const int Ping = 0x9;
    public const int Pong = 0xA;

    /// <summary>Longest payload of a control frame (5.5).</summary>
    public const int ControlPayloadBytesMax = 125;
}
