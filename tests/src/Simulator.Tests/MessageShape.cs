using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>What a JSON message looks like without its values: which keys, of which JSON type, in which order.</summary>
internal static class MessageShape
{
    // The one object whose keys are data: a coin and what was paid in it.
    private const string ByCoin = "cumFeeDetail";

    /// <summary>How a produced message differs from one that is shown, one entry a difference: <c>-path</c> is missing, <c>+path</c> is more than shown, <c>path: A, shown B</c> has another type, <c>order of path</c> has the common keys in another order. The elements of an array count as one.</summary>
    /// <param name="shown">The example.</param>
    /// <param name="produced">The venue's.</param>
    /// <param name="inOrder">The example is a real frame, whose order of keys counts.</param>
    public static IEnumerable<string> Differences(JsonElement shown, JsonElement produced, bool inOrder) => Compare(shown, produced, inOrder, "");

    private static IEnumerable<string> Compare(JsonElement shown, JsonElement produced, bool inOrder, string path)
    {
        if (Kind(shown) != Kind(produced)) return [$"{path}: {Kind(produced)}, shown {Kind(shown)}"];
        return shown.ValueKind switch
        {
            JsonValueKind.Object => CompareObjects(shown, produced, inOrder, path),
            JsonValueKind.Array when shown.GetArrayLength() > 0 && produced.GetArrayLength() > 0 => produced.EnumerateArray()
                .SelectMany(element => Compare(shown[0], element, inOrder, path + "[]"))
                .Distinct(),
            _ => [],
        };
    }

    private static IEnumerable<string> CompareObjects(JsonElement shown, JsonElement produced, bool inOrder, string path)
    {
        if (path.EndsWith(ByCoin, StringComparison.Ordinal)) yield break;
        string prefix = path.Length == 0 ? "" : path + ".";
        string[] shownKeys = [.. shown.EnumerateObject().Select(member => member.Name)];
        string[] producedKeys = [.. produced.EnumerateObject().Select(member => member.Name)];
        foreach (string key in shownKeys.Except(producedKeys)) yield return $"-{prefix}{key}";
        foreach (string key in producedKeys.Except(shownKeys)) yield return $"+{prefix}{key}";
        string[] common = [.. shownKeys.Intersect(producedKeys)];
        foreach (string difference in common.SelectMany(key => Compare(shown.GetProperty(key), produced.GetProperty(key), inOrder, prefix + key))) yield return difference;
        if (inOrder && !common.SequenceEqual(producedKeys.Intersect(shownKeys))) yield return $"order of {path}";
    }

    private static string Kind(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : value.ValueKind.ToString();
}
