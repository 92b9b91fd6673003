using System.Text;
using LatencyEngine.TestData;

namespace LatencyEngine.Budgets.Tests;

/// <summary>The stages give right answers, and a wrong one is noticed: a stage that fails fast must not look cheap.</summary>
public sealed class StageTests
{
    public static TheoryData<string> Names => [.. Stages.All.Select(stage => stage.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_stage_gives_right_answers_in_both_counted_runs(string name)
    {
        StageEntry entry = Stages.All.Single(stage => stage.Name == name);
        Stage stage = entry.Create();

        Assert.All([1, entry.Items, 2 * entry.Items], items => Assert.Equal((0, ""), Run(stage, items)));
    }

    [Fact]
    public void Two_instruments_cost_no_more_than_twice_one_for_each_market_frame_of_the_first()
    {
        SortedDictionary<string, double> budgets = BudgetTable.Read(ReferenceFiles.InRepository("bench/budgets.json"));
        double alone = OfMarketFrame("path", hasTwin: false);
        double withTwin = 2 * OfMarketFrame("path.twoInstruments", hasTwin: true);

        Assert.InRange(withTwin / alone, 1.5, 2);

        double OfMarketFrame(string name, bool hasTwin)
        {
            // A count is the difference of a run of twice the items and one of the items.
            int items = Stages.All.Single(stage => stage.Name == name).Items;
            return budgets[name] * items / new PathTape(2 * items, hasTwin).MarketFrames(items, 2 * items);
        }
    }

    [Fact]
    public void A_wrong_answer_is_a_failed_run() => Assert.Equal((1, "stage: wrong answers: they sum up to 4, expected 5\n"), Run(new FixedStage(answer: 4, expected: 5), items: 3));

    [Fact]
    public void More_items_than_the_stage_has_are_bad_usage() => Assert.Equal((2, "stage: has 10 items, wanted 11\n"), Run(new FixedStage(answer: 1, expected: 1), items: 11));

    [Theory]
    [InlineData("off the grid", "61800.25", "0.001")]
    [InlineData("no number", "61800.2", "0.0o1")]
    public void A_book_frame_that_the_decoder_refuses_is_a_wrong_answer(string why, string price, string qty)
    {
        byte[] frame = Encoding.UTF8.GetBytes(
            $$$"""{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1,"data":{"s":"BTCUSDT","b":[["{{{price}}}","{{{qty}}}"]],"a":[],"u":7,"seq":8},"cts":1}""");

        Assert.True(Run(DecodeStage.Book([frame]), items: 2) == (1, "stage: wrong answers: they sum up to 0, expected 16\n"), why);
    }

    [Fact]
    public void A_book_with_a_gap_is_refused_before_it_is_counted()
    {
        byte[] snapshot = Book("snapshot", update: 5);

        Assert.Throws<InvalidDataException>(() => new BookStage(snapshot, [Book("delta", update: 7)]));
    }

    [Fact]
    public void A_stage_without_a_frame_is_refused() => Assert.Throws<InvalidDataException>(() => DecodeStage.Trades([]));

    private static byte[] Book(string type, int update) => Encoding.UTF8.GetBytes(
        $$$"""{"topic":"orderbook.50.BTCUSDT","type":"{{{type}}}","ts":1,"data":{"s":"BTCUSDT","b":[["61800.20","0.5"]],"a":[["61800.30","0.5"]],"u":{{{update}}},"seq":8},"cts":1}""");

    private static (int Status, string Errors) Run(Stage stage, int items)
    {
        var errors = new StringWriter { NewLine = "\n" };
        return (StageRun.Run("stage", stage, items, isTimed: false, TextWriter.Null, errors), errors.ToString());
    }

    private sealed class FixedStage(long answer, long expected) : Stage
    {
        public override int ItemsMax => 10;

        public override long Run(int items) => answer;

        public override long Expected(int items) => expected;
    }
}
