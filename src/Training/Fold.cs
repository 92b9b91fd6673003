namespace LatencyEngine.Training;

/// <summary>One split of the events: a block that is tested, and those that may be trained on, because no label of theirs looks at what is tested. Source: López de Prado (2018), 7.4; docs/concepts/meta-label.md.</summary>
/// <param name="Test">Indices of the events tested, in order.</param>
/// <param name="Train">Indices of the events trained on, in order; may be empty.</param>
public sealed record Fold(int[] Test, int[] Train)
{
    /// <summary>Each block in turn against the events before it and behind it: an event that is open while the block is, or begins within the embargo behind it, is left out.</summary>
    /// <param name="spans">By signal, oldest first.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="embargoBars">Candles behind the block's last exit in which no training event may begin.</param>
    public static Fold[] Purged(IReadOnlyList<LabelSpan> spans, int blocks, int embargoBars) =>
        Split(spans, blocks, (span, first, last) => span.ExitBar < first || span.SignalBar > last + embargoBars);

    /// <summary>Each block in turn against the events that were over before it: what somebody could have done at the time. Nothing is trained on for the first block.</summary>
    /// <param name="spans">By signal, oldest first.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="embargoBars">Candles before the block's first signal in which no training event may end.</param>
    public static Fold[] WalkForward(IReadOnlyList<LabelSpan> spans, int blocks, int embargoBars) =>
        Split(spans, blocks, (span, first, _) => span.ExitBar < first - embargoBars);

    private static Fold[] Split(IReadOnlyList<LabelSpan> spans, int blocks, Func<LabelSpan, int, int, bool> mayTrain)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 2);
        if (spans.Count < blocks) throw new ArgumentException($"{spans.Count} events cannot be split into {blocks} blocks", nameof(spans));
        for (int i = 1; i < spans.Count; i++)
        {
            if (spans[i].SignalBar < spans[i - 1].SignalBar) throw new ArgumentException($"event {i} begins before event {i - 1}: they must come oldest first", nameof(spans));
        }

        var folds = new Fold[blocks];
        for (int block = 0; block < blocks; block++)
        {
            (int begin, int end) = (Bound(block), Bound(block + 1));
            int first = spans[begin].SignalBar;
            int last = Enumerable.Range(begin, end - begin).Max(i => spans[i].ExitBar);
            folds[block] = new Fold([.. Enumerable.Range(begin, end - begin)], [.. Enumerable.Range(0, spans.Count).Where(i => (i < begin || i >= end) && mayTrain(spans[i], first, last))]);
        }

        return folds;

        int Bound(int block) => (int)Math.Round((double)block * spans.Count / blocks, MidpointRounding.ToEven);
    }
}
