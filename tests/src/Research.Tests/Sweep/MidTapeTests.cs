namespace LatencyEngine.Research.Tests;

public sealed class MidTapeTests
{
    [Fact]
    public void A_moment_has_the_mid_of_the_last_change_until_then()
    {
        var tape = new MidTape();
        tape.Add(10, 100.5);
        tape.Add(20, 100.5);
        tape.Add(30, 101);
        tape.Add(30, 102);
        tape.Add(50, 102);

        Assert.Equal([null, 100.5, 100.5, 100.5, 102, 102, 102, null], ((long[])[9, 10, 25, 29, 30, 31, 50, 51]).Select(tape.At));
    }

    [Fact]
    public void An_empty_one_has_none() => Assert.Null(new MidTape().At(0));
}
