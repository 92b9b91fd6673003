namespace LatencyEngine.Simulator;

/// <summary>Permissions as <c>query-api</c> names them (Bybit V5, 12.8).</summary>
public static class ApiPermissionNames
{
    /// <summary>The name that stands alone: a key with no permission.</summary>
    public const string ReadOnly = "readOnly";

    private static readonly (string Name, ApiPermissions Permission)[] Names =
        [("Order", ApiPermissions.Order), ("Position", ApiPermissions.Position), ("AccountTransfer", ApiPermissions.Wallet)];

    /// <summary>What a list may hold, for a message to a person.</summary>
    public static string Allowed => $"{ReadOnly}, or some of {string.Join(',', Names.Select(each => each.Name))} separated by commas";

    /// <summary>The names of permissions, in the order of <see cref="Allowed"/>; empty for a read-only key.</summary>
    public static IReadOnlyList<string> Of(ApiPermissions permissions) => [.. Names.Where(each => permissions.HasFlag(each.Permission)).Select(each => each.Name)];

    /// <summary>Reads a list of names separated by commas, or <see cref="ReadOnly"/> alone. Names are exact; one given twice counts once.</summary>
    /// <returns>The permissions; null when a name is unknown or missing.</returns>
    public static ApiPermissions? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == ReadOnly) return ApiPermissions.None;
        string[] wanted = text.Split(',', StringSplitOptions.TrimEntries);
        return wanted.All(name => Names.Any(each => each.Name == name))
            ? Names.Where(each => wanted.Contains(each.Name)).Aggregate(ApiPermissions.None, (all, each) => all | each.Permission)
            : null;
    }
}
