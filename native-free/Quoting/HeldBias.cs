using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The bias of one instrument, and what is left of it: all when it is made, nothing at its largest age, in a straight line between, in a thousand steps.</summary>
/// <remarks>Integers throughout: the same bias at the same age is worth the same everywhere. Thread: hot. Allocates: only when constructed. Throws: only in the constructor. Time: logic time, from the arguments.</remarks>
public sealed class HeldBias
{
    // Between two steps the quotes have no cause to move: at a day and a half a step is two minutes.
    private const long Steps = 1_000;

    private readonly long _stepNanos;
    private Bias _bias;
    private bool _isHeld;

    /// <summary>Creates one that holds none.</summary>
    /// <param name="ageMaxNanos">Age from which on a bias is worth nothing, ns; at least a thousand.</param>
    /// <exception cref="ArgumentException">The age is below that.</exception>
    public HeldBias(long ageMaxNanos)
    {
        if (ageMaxNanos < Steps) throw new ArgumentException($"largest age of a bias must be at least {Steps} ns, was {ageMaxNanos}", nameof(ageMaxNanos));
        _stepNanos = ageMaxNanos / Steps;
    }

    /// <summary>When the next step is due; the end of time where nothing is held.</summary>
    public EpochNanos NextStepAt { get; private set; } = new(long.MaxValue);

    /// <summary>Takes a bias in place of the one that is held. One that cannot be right is refused, and then none is held: its maker is not to be believed.</summary>
    public BiasOutcome Take(in Bias bias, EpochNanos now)
    {
        BiasOutcome outcome = Judge(in bias, now);
        _isHeld = outcome == BiasOutcome.Taken;
        _bias = _isHeld ? bias : default;
        return outcome;
    }

    /// <summary>What is left of score and shift; the next step is then due at <see cref="NextStepAt"/>. Time never goes back.</summary>
    /// <param name="now">The present.</param>
    /// <param name="scoreE8">In 1e-8, rounded towards zero.</param>
    /// <param name="shiftNanoTicks">In 1e-9 ticks, rounded towards zero.</param>
    public void At(EpochNanos now, out int scoreE8, out long shiftNanoTicks)
    {
        long passed = _isHeld ? (now - _bias.MadeAt) / _stepNanos : Steps;
        if (passed >= Steps)
        {
            _isHeld = false;
            NextStepAt = new EpochNanos(long.MaxValue);
            (scoreE8, shiftNanoTicks) = (0, 0);
            return;
        }

        NextStepAt = new EpochNanos(_bias.MadeAt.Nanos + ((passed + 1) * _stepNanos));
        scoreE8 = (int)(_bias.ScoreE8 * (Steps - passed) / Steps);
        shiftNanoTicks = (long)((Int128)_bias.ShiftNanoTicks * (Steps - passed) / Steps);
    }

    private BiasOutcome Judge(in Bias bias, EpochNanos now)
    {
        if (bias.ScoreE8 is < -Bias.FullScoreE8 or > Bias.FullScoreE8 || bias.ShiftNanoTicks is < -NanoTicks.Most or > NanoTicks.Most || bias.DoubtE8 is < Bias.NoDoubtTold or > Bias.FullScoreE8 || bias.MadeAt.Nanos < 0) return BiasOutcome.OutOfRange;
        if (bias.MadeAt.Nanos > now.Nanos) return BiasOutcome.Future;
        return _isHeld && bias.MadeAt.Nanos < _bias.MadeAt.Nanos ? BiasOutcome.OutOfOrder : BiasOutcome.Taken;
    }
}
