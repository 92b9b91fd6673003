using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Journal;

/// <summary>A frame of the outbound ring, as a replay compares it: what it is and its bytes; when it was published does not count.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Payload">Its bytes.</param>
public sealed record OutboundFrame(OutboundKind Kind, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The frame for an operator's eyes: a request as it is, anything else in hex.</summary>
    public override string ToString() => $"{Kind} {(Kind == OutboundKind.Request ? Encoding.UTF8.GetString(Payload.Span) : Convert.ToHexStringLower(Payload.Span))}";
}
