namespace LatencyEngine.Book.Tests;

/// <summary>Mids at irregular times.</summary>
internal static class Mids
{
    /// <summary>One of: the same moment, the past, within and at the spacing, about the window, far beyond it; with no change, half ticks, jumps.</summary>
    public static (decimal Change, long ElapsedNanos) Next(Random random)
    {
        long elapsedMillis = random.Next(12) switch
        {
            0 => 0,
            1 => -random.Next(1, 5_000),
            2 => random.Next(1, 100),
            3 => 100,
            4 => 1_000L * random.Next(1, 7),
            5 when random.Next(4) == 0 => random.Next(6_000, 100_000),
            _ => random.Next(100, 400),
        };
        decimal change = random.Next(12) switch
        {
            0 or 1 => 0,
            2 when random.Next(3) == 0 => random.Next(-100_000_000, 100_000_000) / 2m,
            _ => random.Next(-20, 21) / 2m,
        };
        return (change, elapsedMillis * 1_000_000);
    }
}
