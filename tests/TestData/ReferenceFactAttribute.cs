using Xunit;

namespace LatencyEngine.TestData;

/// <summary>A fact that needs a file of the reference collection beside the repository; skipped by name where the file is not present.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceFactAttribute : FactAttribute
{
    /// <summary>Names the file, by its path from <c>../shared</c>.</summary>
    public ReferenceFactAttribute(string path)
    {
        Path = path;
        if (ReferenceFiles.TryReference(path) is null) Skip = $"needs ../shared/{path}, which is not part of the repository";
    }

    /// <summary>The file's path from <c>../shared</c>.</summary>
    public string Path { get; }
}
