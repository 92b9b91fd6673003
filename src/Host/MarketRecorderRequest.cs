namespace LatencyEngine.Host;

/// <summary>What to record, and where to.</summary>
public sealed record MarketRecorderRequest
{
    /// <summary>The venue's public socket, <c>ws</c> or <c>wss</c>.</summary>
    public required Uri PublicAddress { get; init; }

    /// <summary>Full names of the topics.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Full path of a folder that does not exist yet, or is empty.</summary>
    public required string FolderPath { get; init; }

    /// <summary>How long, from the moment the topics are confirmed; null until it is told to stop.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>A file ends when it holds so many bytes, before compression.</summary>
    public long FileBytesMax { get; init; } = 256 << 20;

    /// <summary>It ends, too, when its frames span so much time.</summary>
    public TimeSpan FileTimeMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>PEM file of the certificates that a <c>wss</c> address is trusted by; null for the system's.</summary>
    public string? AuthoritiesPath { get; init; }
}
