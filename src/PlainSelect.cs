namespace LatencyEngine;

/// <summary>Select and nothing more, for the program that .NET 9 compiles natively (Directory.Build.props; docs/decisions/0030).</summary>
/// <remarks>
/// .NET 9's own has a virtual generic method for the next Select in a chain, so that a native compiler must make one of each for every pair of value types
/// in the program: 25 of 38 MB of its code. .NET 10's does without in a native program. The elements and their order are the same.
/// </remarks>
internal static class PlainSelect
{
    /// <summary>What <paramref name="selector"/> makes of each element, in their order, one at a time as they are asked for.</summary>
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)
    {
        foreach (TSource element in source) yield return selector(element);
    }
}
