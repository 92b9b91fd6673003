using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>One descriptor to wait on, in the layout of <c>struct pollfd</c> (poll(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollEntry
{
    /// <summary>Data can be read, or the peer has closed.</summary>
    public const short Readable = 0x001;

    /// <summary>Data can be written.</summary>
    public const short Writable = 0x004;

    /// <summary>The descriptor; an entry below 0 is passed over.</summary>
    public int Descriptor;

    /// <summary>What is waited for: <see cref="Readable"/>, <see cref="Writable"/> or both.</summary>
    public short Wanted;

    /// <summary>What happened; errors and hang-ups are reported whether wanted or not.</summary>
    public short Happened;
}
