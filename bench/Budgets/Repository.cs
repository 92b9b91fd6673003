namespace LatencyEngine.Budgets;

/// <summary>The clone that the program was built in.</summary>
internal static class Repository
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LatencyEngine.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no LatencyEngine.sln above {AppContext.BaseDirectory}; the program runs from inside the repository");
    }
}
