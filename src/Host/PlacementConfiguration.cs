namespace LatencyEngine.Host;

/// <summary>Section <c>placement</c>: which threads do the work, where, and how they wait.</summary>
public sealed record PlacementConfiguration
{
    private const int PairedCores = 4;

    /// <summary>"inline": the engine runs on the io thread. "paired": on a thread of its own. "auto": paired on a machine with four cores or more.</summary>
    public required string Threads { get; init; }

    /// <summary>What the threads do while nothing happens: "block", "yield" or "spin".</summary>
    public required string Wait { get; init; }

    /// <summary>Core of the io thread, which inline is the engine's too; null for any.</summary>
    public int? IoCore { get; init; }

    /// <summary>Core of the engine's own thread; null for any.</summary>
    public int? EngineCore { get; init; }

    /// <summary>Core of the thread that writes journal and recording; null for any that the other two leave.</summary>
    public int? JournalCore { get; init; }

    /// <summary>Whether the process's pages are locked in memory before it connects.</summary>
    public bool LockMemory { get; init; }

    /// <summary>How long a read of a socket looks at the network card itself before it waits (SO_BUSY_POLL, socket(7)), us; 0 for not.</summary>
    public int BusyPollMicroseconds { get; init; }

    /// <summary>Whether the engine has a thread of its own.</summary>
    public bool IsPaired => Threads == "paired" || (Threads == "auto" && Environment.ProcessorCount >= PairedCores);

    /// <summary>Cores that belong to the io and the engine thread alone.</summary>
    public IReadOnlyList<int> HotCores => [.. new[] { IoCore, EngineCore }.OfType<int>().Distinct()];

    /// <summary>What does not fit the host, or itself, a line each.</summary>
    /// <param name="allowed">Cores that the process may use.</param>
    public IEnumerable<string> Faults(IReadOnlyCollection<int> allowed)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        string cores = string.Join(", ", allowed);
        foreach ((string key, int? core) in new[] { ("ioCore", IoCore), ("engineCore", EngineCore), ("journalCore", JournalCore) })
        {
            if (core is { } wanted && !allowed.Contains(wanted)) yield return $"placement:{key} is {wanted}, and this process may run on {cores} (taskset, the unit's CPUAffinity, the machine): name one of these, or \"none\"";
        }

        if (!IsPaired && EngineCore is { } own && own != IoCore) yield return $"placement:engineCore is {own}, and the engine runs on the io thread (placement:threads {Threads}): set placement:ioCore alone, or placement:threads to paired";
        if (IsPaired && IoCore is { } shared && shared == EngineCore) yield return $"placement:ioCore and placement:engineCore are both {shared}: two threads on one core wait for each other; name two, or set placement:threads to inline";
        if (IsPaired && (IoCore is null) != (EngineCore is null)) yield return "placement:ioCore and placement:engineCore: name both or none; where one is free it may come to lie on the other's core";
        if (JournalCore is { } journal && HotCores.Contains(journal)) yield return $"placement:journalCore is {journal}, which belongs to the io or the engine thread: name another, or \"none\"";
        if (HotCores.Count > 0 && allowed.All(HotCores.Contains)) yield return $"placement: cores {string.Join(", ", HotCores)} are all that this process may run on, and the rest of it needs one: name fewer, or set placement:threads to inline";
    }
}
