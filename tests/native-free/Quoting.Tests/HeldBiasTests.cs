using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

/// <summary>What is left of a bias with its age, and what is refused.</summary>
public sealed class HeldBiasTests
{
    private const long Hour = 3_600_000_000_000;
    private const long AgeMax = 36 * Hour;
    private const long Most = (long)NanoTicks.TicksMax * NanoTicks.One;

    private static readonly EpochNanos Made = new(1_000 * Hour);

    private readonly HeldBias _held = new(AgeMax);

    [Fact]
    public void Before_any_has_come_there_is_none_and_no_step_is_due()
    {
        Assert.Equal((0, 0L), At(0));
        Assert.Equal(long.MaxValue, _held.NextStepAt.Nanos);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(9, 0.75)]
    [InlineData(18, 0.5)]
    [InlineData(27, 0.25)]
    public void It_fades_in_a_straight_line_with_its_age(long hours, double left)
    {
        Take(-80_000_000, shift: 5 * NanoTicks.One);

        Assert.Equal(((int)(-80_000_000 * left), (long)(5 * NanoTicks.One * left)), At(hours * Hour));
    }

    [Fact]
    public void Just_before_its_largest_age_a_thousandth_is_left_and_from_then_on_exactly_nothing()
    {
        Take(Bias.FullScoreE8, shift: Most);

        Assert.Equal((Bias.FullScoreE8 / 1_000, Most / 1_000), At(AgeMax - 1));
        Assert.Equal(Made.Nanos + AgeMax, _held.NextStepAt.Nanos);
        Assert.Equal((0, 0L), At(AgeMax));
        Assert.Equal(long.MaxValue, _held.NextStepAt.Nanos);
    }

    [Fact]
    public void One_that_comes_too_old_is_taken_for_nothing()
    {
        Assert.Equal(BiasOutcome.Taken, _held.Take(Of(Bias.FullScoreE8, 0, Made.Nanos), new EpochNanos(Made.Nanos + AgeMax)));
        Assert.Equal((0, 0L), At(AgeMax));
    }

    [Theory]
    [InlineData(100_000_001, 0, 0, BiasOutcome.OutOfRange)]
    [InlineData(-100_000_001, 0, 0, BiasOutcome.OutOfRange)]
    [InlineData(int.MinValue, 0, 0, BiasOutcome.OutOfRange)]
    [InlineData(1, long.MinValue, 0, BiasOutcome.OutOfRange)]
    [InlineData(1, long.MaxValue, 0, BiasOutcome.OutOfRange)]
    [InlineData(1, 0, 1, BiasOutcome.Future)]
    [InlineData(1, 0, long.MinValue, BiasOutcome.OutOfRange)]
    [InlineData(1, 0, -1, BiasOutcome.OutOfOrder)]
    public void What_cannot_be_right_is_refused_and_leaves_none(int score, long shift, long madeAfter, BiasOutcome refused)
    {
        Take(50_000_000, 0);

        Assert.Equal(refused, _held.Take(Of(score, shift, madeAfter == long.MinValue ? -1 : Made.Nanos + madeAfter), Made));

        Assert.Equal((0, 0L), At(0));
    }

    [Theory]
    [InlineData(-2, BiasOutcome.OutOfRange)]
    [InlineData(Bias.NoDoubtTold, BiasOutcome.Taken)]
    [InlineData(0, BiasOutcome.Taken)]
    [InlineData(Bias.FullScoreE8, BiasOutcome.Taken)]
    [InlineData(Bias.FullScoreE8 + 1, BiasOutcome.OutOfRange)]
    public void Its_doubt_is_none_told_or_between_none_and_all(long doubtE8, BiasOutcome outcome) =>
        Assert.Equal(outcome, _held.Take(Of(50_000_000, 0, Made.Nanos) with { DoubtE8 = doubtE8 }, Made));

    [Fact]
    public void Between_two_steps_it_stays_as_it_is() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var held = new HeldBias(AgeMax);
            Bias bias = Of(random.Next(-Bias.FullScoreE8, Bias.FullScoreE8 + 1), random.NextInt64(-Most, Most + 1), Made.Nanos);
            held.Take(in bias, Made);
            var age = new EpochNanos(Made.Nanos + random.NextInt64(0, AgeMax));
            held.At(age, out int score, out long shift);
            EpochNanos next = held.NextStepAt;
            held.At(new EpochNanos(random.NextInt64(age.Nanos, next.Nanos)), out int later, out long laterShift);
            decimal left = 1 - ((decimal)(age.Nanos - Made.Nanos) / AgeMax);
            bool isInLine = Math.Abs(score - (bias.ScoreE8 * left)) <= (Math.Abs((decimal)bias.ScoreE8) / 1_000) + 1 && Math.Abs(shift - (bias.ShiftNanoTicks * left)) <= (Math.Abs((decimal)bias.ShiftNanoTicks) / 1_000) + 1;
            return next.Nanos > age.Nanos && (score, shift) == (later, laterShift) && isInLine;
        }).QuickCheckThrowOnFailure();

    private static Bias Of(int score, long shift, long madeNanos) => new() { Instrument = default, ScoreE8 = score, ShiftNanoTicks = shift, MadeAt = new EpochNanos(madeNanos), Id = 1 };

    private void Take(int score, long shift) => Assert.Equal(BiasOutcome.Taken, _held.Take(Of(score, shift, Made.Nanos), Made));

    private (int ScoreE8, long Shift) At(long age)
    {
        _held.At(new EpochNanos(Made.Nanos + age), out int score, out long shift);
        return (score, shift);
    }
}
