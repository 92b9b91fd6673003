namespace LatencyEngine.Host;

/// <summary>What a run's threads and the collector have met while it traded, from the moment that its connections were of use: whether anything but the market took their time.</summary>
/// <param name="Collections">Collections of generations 0, 1 and 2; each stops every thread.</param>
/// <param name="PauseMilliseconds">How long they have stopped them, in all.</param>
/// <param name="Threads">The io thread, and the engine's own where it has one.</param>
public sealed record TradingCounters(IReadOnlyList<int> Collections, double PauseMilliseconds, IReadOnlyList<HotThreadCounters> Threads);
