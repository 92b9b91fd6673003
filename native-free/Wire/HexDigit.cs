namespace LatencyEngine.Wire;

/// <summary>One hexadecimal digit.</summary>
internal static class HexDigit
{
    /// <summary>0 to 15; -1 for any other character. Both cases.</summary>
    public static int Value(byte character) => character switch
    {
        >= (byte)'0' and <= (byte)'9' => character - '0',
        >= (byte)'a' and <= (byte)'f' => character - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => character - 'A' + 10,
        _ => -1,
    };
}
