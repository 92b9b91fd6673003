namespace LatencyEngine.Host;

/// <summary>Finds what somebody meant to type.</summary>
public static class NearestName
{
    /// <summary>The known name with the fewest single-character changes from the given one; null when even that is more than a third of the name (at least two changes are allowed).</summary>
    /// <param name="given">The name as typed; its case does not count.</param>
    /// <param name="known">Names to choose from; the earlier one wins a tie.</param>
    public static string? Find(string given, IEnumerable<string> known)
    {
        string? nearest = null;
        int fewest = Math.Max(2, given.Length / 3) + 1;
        foreach (string name in known)
        {
            int changes = Changes(given.ToUpperInvariant(), name.ToUpperInvariant());
            if (changes >= fewest) continue;
            fewest = changes;
            nearest = name;
        }

        return nearest;
    }

    // Levenshtein distance by rows: row[j] is the distance of the first i characters of a to the first j of b.
    private static int Changes(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
