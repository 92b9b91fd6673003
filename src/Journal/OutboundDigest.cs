using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LatencyEngine.Journal;

/// <summary>The identity of a run's decisions: SHA-256 over every outbound request payload in order, each after its length as four little-endian bytes, so that no two sequences share a digest by their joints.</summary>
public sealed class OutboundDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds the next request payload.</summary>
    public void Add(ReadOnlySpan<byte> payload)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, payload.Length);
        _hash.AppendData(length);
        _hash.AppendData(payload);
    }

    /// <summary>The digest of everything added, lower-case hex; the object may go on adding.</summary>
    public string ToHex() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc />
    public void Dispose() => _hash.Dispose();
}
