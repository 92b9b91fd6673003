namespace LatencyEngine.Budgets;

/// <summary>One stage before it is made ready.</summary>
/// <param name="Name">As in <c>bench/budgets.json</c>.</param>
/// <param name="Items">Items of the shorter counted run; the longer has twice as many.</param>
/// <param name="Create">Makes it ready.</param>
internal sealed record StageEntry(string Name, int Items, Func<Stage> Create);
