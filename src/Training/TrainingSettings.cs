using LatencyEngine.MetaModel;

namespace LatencyEngine.Training;

/// <summary>How a model is searched for and tested.</summary>
public sealed record TrainingSettings
{
    /// <summary>Of everything drawn at random: the same data and seed give the same files, to the byte.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Candidates of the hyper-parameter search.</summary>
    public int Candidates { get; init; } = 8;

    /// <summary>Blocks of the events; every one but the first is tested by a model of those before it.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Blocks of a training part, among which the candidates are compared and the calibration gets its rows.</summary>
    public int InnerFolds { get; init; } = 4;

    /// <summary>Candles between what is trained on and what is tested, beyond the labels' own.</summary>
    public int EmbargoBars { get; init; } = 24;

    /// <summary>Most trees.</summary>
    public int RoundsMax { get; init; } = 400;

    /// <summary>Trees without gain after which a candidate stops.</summary>
    public int EarlyStoppingRounds { get; init; } = 25;

    /// <summary>Draws of the bootstrap.</summary>
    public int BootstrapDraws { get; init; } = 400;

    /// <summary>How a trade ends.</summary>
    public TripleBarrier Barrier { get; init; } = new();

    /// <summary>What a probability must exceed.</summary>
    public double Threshold { get; init; } = BetSize.Threshold;
}
