using LatencyEngine.Model;

namespace LatencyEngine.Research.Tests;

public sealed class ArrivalStepsTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public void Each_step_has_the_deepest_trade_of_each_side_from_the_mid_before_the_step()
    {
        CalibrationTape tape = Tape();
        Book(tape, 0, 100);                   // mid 100.5
        tape.Add(Side.Buy, 103, 10 * Millisecond);
        Book(tape, 20, 110);                  // within the step: not known before it
        tape.Add(Side.Buy, 105, 30 * Millisecond);
        tape.Add(Side.Sell, 90, 99 * Millisecond);
        tape.Add(Side.Sell, 108, 100 * Millisecond);
        tape.Add(Side.Buy, 110, 150 * Millisecond);   // below the mid of 110.5
        Book(tape, 300, 100);

        ArrivalSteps steps = ArrivalSteps.Of(tape);

        Assert.Equal([9, 0, 0], steps.Buys);          // 105 - 100.5 is nine half ticks
        Assert.Equal([21, 5, 0], steps.Sells);
    }

    [Fact]
    public void A_step_that_begins_without_a_book_is_left_out_with_its_trades()
    {
        CalibrationTape tape = Tape();
        tape.Add(Side.Buy, 200, 0);                   // before the first book: nobody knew a mid
        Book(tape, 5, 100);
        tape.Add(default, 50 * Millisecond);
        Book(tape, 60, 100);
        tape.Add(default, 150 * Millisecond);
        tape.Add(Side.Buy, 103, 160 * Millisecond);
        tape.Add(Side.Buy, 104, 210 * Millisecond);   // its step began at 205 ms without a book
        Book(tape, 250, 100);
        tape.Add(Side.Buy, 105, 310 * Millisecond);
        Book(tape, 405, 100);

        Assert.Equal([0, 5, 9], ArrivalSteps.Of(tape).Buys);
    }

    [Fact]
    public void A_last_step_that_is_not_whole_and_a_tape_without_a_book_have_no_steps()
    {
        CalibrationTape tape = Tape();
        tape.Add(Side.Buy, 200, 0);
        tape.Add(default, 1);
        Assert.Empty(ArrivalSteps.Of(tape).Buys);

        Book(tape, 100, 100);
        tape.Add(Side.Buy, 200, 199 * Millisecond);
        Assert.Empty(ArrivalSteps.Of(tape).Buys);
    }

    [Fact]
    public void A_long_silence_of_the_book_is_a_hole_in_the_recording()
    {
        CalibrationTape tape = Tape();
        Book(tape, 0, 100);
        Book(tape, 10_000, 100);
        Assert.Equal(100, ArrivalSteps.Of(tape).Buys.Count);

        Book(tape, 40_000, 100);

        Assert.Equal(200, ArrivalSteps.Of(tape).Buys.Count);   // ten seconds after the last word the book is lost
    }

    private static CalibrationTape Tape() => new(new InstrumentSpec(new InstrumentId(0), "BTCUSDT", 1, 1, 3, 1)
    {
        MinPrice = new PriceTicks(1),
        MaxPrice = new PriceTicks(10_000_000),
        MinOrderQty = new QtyLots(1),
        MaxOrderQty = new QtyLots(1_000),
        MinNotional = new MoneyE8(0),
        MaxLeverageE2 = 10_000,
    });

    private static void Book(CalibrationTape tape, long millis, long bid) =>
        tape.Add(new BookTop(new PriceTicks(bid), new QtyLots(1), new PriceTicks(bid + 1), new QtyLots(1)), millis * Millisecond);
}
