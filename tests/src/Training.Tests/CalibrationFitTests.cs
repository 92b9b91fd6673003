using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.MetaModel;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>Fitted calibrations, against golden numbers of independent code.</summary>
public sealed class CalibrationFitTests
{
    private const double Tolerance = 1e-9;
    private static readonly IReadOnlyDictionary<string, string>[] Rows = [.. ReferenceFiles.GoldenRows("calibration.csv")];
    private static readonly double[] Scores = [.. Rows.Select(row => double.Parse(row["score"]))];
    private static readonly bool[] Labels = [.. Rows.Select(row => row["label"] == "1")];

    [Fact]
    public void Platts_curve_agrees_with_the_golden_one()
    {
        Calibration curve = CalibrationFit.Platt(Scores, Labels);

        Assert.Equal(-0.5434670618328804, curve.Slope, Tolerance);
        Assert.Equal(0.592937447094672, curve.Offset, Tolerance);
        for (int i = 0; i < Rows.Length; i++) Assert.Equal(double.Parse(Rows[i]["p_platt"]), curve.Of(Scores[i]), Tolerance);
    }

    [Fact]
    public void The_polygon_agrees_with_the_golden_steps()
    {
        Calibration polygon = CalibrationFit.Isotonic(Scores, Labels);

        for (int i = 0; i < Rows.Length; i++) Assert.Equal(double.Parse(Rows[i]["p_isotonic"]), polygon.Of(Scores[i]), Tolerance);
    }

    [Fact]
    public void Between_two_steps_the_polygon_rises_evenly_and_beyond_its_ends_it_is_level()
    {
        Calibration polygon = CalibrationFit.Isotonic([1, 2, 4, 5], [false, false, true, true]);

        Assert.Equal((0.0, 0.5, 1.0), (polygon.Of(2), polygon.Of(3), polygon.Of(4)));
        Assert.Equal((0.0, 1.0), (polygon.Of(-9), polygon.Of(9)));
        Assert.True(double.IsNaN(polygon.Of(double.NaN)));
    }

    [Fact]
    public void A_polygon_needs_a_thousand_rows()
    {
        double[] scores = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        bool[] labels = [.. scores.Select(score => score % 3 == 0)];

        Assert.True(CalibrationFit.Fit(scores, labels).IsIsotonic);
        Assert.False(CalibrationFit.Fit(scores.AsSpan(1), labels.AsSpan(1)).IsIsotonic);
    }

    [Fact]
    public void What_is_fitted_never_says_never_or_always()
    {
        double[] scores = [.. Enumerable.Range(0, 1200).Select(i => (double)i)];
        Calibration polygon = CalibrationFit.Fit(scores, [.. scores.Select(score => score >= 600)]);

        Assert.Equal((1 / 602.0, 601 / 602.0), (polygon.Of(-1), polygon.Of(5000)));
    }

    [Fact]
    public void A_few_lucky_rows_at_an_end_do_not_make_a_certainty()
    {
        double[] scores = [.. Enumerable.Range(0, 1200).Select(i => (double)i)];
        bool[] labels = [.. scores.Select(score => score >= 1197 || (score >= 3 && score % 3 == 0))];
        Calibration polygon = CalibrationFit.Fit(scores, labels);

        Assert.Equal((0.0, 1.0), (CalibrationFit.Isotonic(scores, labels).Of(0), CalibrationFit.Isotonic(scores, labels).Of(1199)));
        Assert.InRange(polygon.Of(0), 0.25, 0.4);
        Assert.InRange(polygon.Of(1199), 0.25, 0.4);
    }

    [Fact]
    public void Whatever_is_fitted_each_end_of_the_polygon_has_its_rows_and_is_drawn_in_by_them() => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        double steepness = random.NextDouble() * 20;
        double[] scores = [.. Enumerable.Range(0, random.Next(1000, 1500)).Select(_ => Math.Round(random.NextDouble() - 0.5, 3))];
        bool[] labels = [.. scores.Select(score => random.NextDouble() < 1 / (1 + Math.Exp(-steepness * score)))];
        Calibration polygon = CalibrationFit.Fit(scores, labels);
        double[] fitted = [.. scores.Order().Select(polygon.Of)];
        (int first, int last) = (fitted.Count(probability => probability == fitted[0]), fitted.Count(probability => probability == fitted[^1]));

        Assert.Equal(fitted.Order(), fitted);
        Assert.InRange(Math.Min(first, last), CalibrationFit.EndRowsMin, scores.Length);
        Assert.InRange(fitted[0], 1.0 / (first + 2), 1);
        Assert.InRange(fitted[^1], 0, (last + 1.0) / (last + 2));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Labels_that_are_all_alike_give_a_curve_and_nothing_is_fitted_to_nothing()
    {
        Assert.InRange(CalibrationFit.Platt([1, 2, 3], [true, true, true]).Of(2), 0.5, 1);
        Assert.InRange(CalibrationFit.Platt([1, 1, 1], [true, false, false]).Of(1), 0.2, 0.5);
        Assert.Throws<ArgumentException>(() => CalibrationFit.Platt([], []));
        Assert.Throws<ArgumentException>(() => CalibrationFit.Isotonic([1], [true, false]));
    }
}
