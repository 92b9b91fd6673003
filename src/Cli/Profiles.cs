using LatencyEngine.Host;

namespace LatencyEngine.Cli;

/// <summary>Deployment profiles as the command line names them.</summary>
internal static class Profiles
{
    /// <summary>The one that is used where none is named.</summary>
    public const string Shipped = "configs/market-making.json";

    /// <summary>The file of a profile.</summary>
    /// <param name="given">A path, or the name of a shipped profile as <c>hybrid</c>; null for the default.</param>
    public static string PathOf(string? given)
    {
        string root = InstallRoot.Find();
        if (given is null) return Path.Combine(root, Shipped);
        bool isName = given.Length > 0 && given.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
        string named = Path.Combine(root, "configs", given + ".json");
        return isName && !File.Exists(given) && File.Exists(named) ? named : given;
    }
}
