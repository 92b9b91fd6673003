using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LatencyEngine.Transport;

/// <summary>Mask keys that nobody can predict (RFC 6455, 10.3), drawn from the system's generator many at a time: a call a message would cost more than the masking.</summary>
internal sealed class MaskKeys
{
    private const int PoolKeys = 256;

    private readonly uint[] _pool = new uint[PoolKeys];
    private int _next = PoolKeys;

    /// <summary>A key that was never given before.</summary>
    public uint Next()
    {
        if (_next == PoolKeys)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_pool.AsSpan()));
            _next = 0;
        }

        return _pool[_next++];
    }
}
