using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.TestData;

/// <summary>Properties that are worth something only where chance has brought what they are about.</summary>
public static class PropertyRounds
{
    private const int RoundsMax = 10;

    /// <summary>Checks a property with new seeds until enough was seen, which one round nearly always brings. One that does not hold fails at once.</summary>
    /// <param name="property">What must hold.</param>
    /// <param name="seedsARound">Seeds that are tried before it is asked again.</param>
    /// <param name="hasSeenEnough">Whether the cases so far prove something; the caller asserts it afterwards.</param>
    public static void CheckUntil(this Property property, int seedsARound, Func<bool> hasSeenEnough)
    {
        int rounds = 0;
        do property.Check(Config.QuickThrowOnFailure.WithMaxTest(seedsARound));
        while (!hasSeenEnough() && ++rounds < RoundsMax);
    }
}
