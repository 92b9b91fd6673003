namespace LatencyEngine.Host;

/// <summary>The kind of place a value came from; later ones win.</summary>
internal enum OriginKind
{
    /// <summary>The profile's file.</summary>
    File,

    /// <summary>An overlay's file.</summary>
    Overlay,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>A command-line option.</summary>
    Option,
}

/// <summary>The place a value came from, by the name an operator knows: file, variable or option.</summary>
internal readonly record struct Origin(OriginKind Kind, string Name);
