using LatencyEngine.TestData;

namespace LatencyEngine.Forecast.Tests;

public sealed class HalvingCycleTests
{
    [Fact]
    public void Every_day_of_the_golden_has_its_cycle_its_phase_and_its_label()
    {
        int days = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("cycle_phase.csv"))
        {
            CyclePosition position = HalvingCycle.PositionOf(Goldens.Day(row["date"]));
            Assert.Equal(row["cycle_index"], position.CycleIndex.ToString());
            Assert.Equal(row["days_since_halving"], position.DaysSinceHalving.ToString());
            Assert.Equal(row["label"], HalvingCycle.NameOf(position.Label));
            Assert.Equal(Goldens.Number(row["phase"])!.Value, position.Phase, 1e-12);
            days++;
        }

        Assert.True(days > 150, $"the golden has {days} days");
    }

    [Fact]
    public void Every_halving_begins_a_cycle_and_the_day_before_ends_one()
    {
        for (int index = 0; index < HalvingCycle.Halvings.Count; index++)
        {
            DateOnly halving = HalvingCycle.Halvings[index];
            Assert.Equal(new CyclePosition(index, 0, 0, CyclePhase.Bull), HalvingCycle.PositionOf(halving));
            Assert.Equal((index - 1, CyclePhase.Accumulation), (HalvingCycle.PositionOf(halving.AddDays(-1)).CycleIndex, HalvingCycle.PositionOf(halving.AddDays(-1)).Label));
        }
    }

    [Fact]
    public void Labels_cover_a_cycle_without_gap_or_overlap()
    {
        CyclePhase[] labels = [CyclePhase.Bull, CyclePhase.Distribution, CyclePhase.Bear, CyclePhase.Accumulation];
        DateOnly halving = HalvingCycle.Halvings[2];
        for (int day = 0; day < 1440; day++)
        {
            CyclePhase label = Assert.Single(labels, label => day >= HalvingCycle.DaysOf(label).From && day < (HalvingCycle.DaysOf(label).To ?? 1440));
            Assert.Equal(label, HalvingCycle.PositionOf(halving.AddDays(day)).Label);
        }
    }
}
