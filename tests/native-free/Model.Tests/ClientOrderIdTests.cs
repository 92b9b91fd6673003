namespace LatencyEngine.Model.Tests;

public sealed class ClientOrderIdTests
{
    [Theory]
    [InlineData("le0000000100000001", 1u, 1u)]
    [InlineData("leabcdef0100000010", 0xABCDEF01, 0x10u)]
    [InlineData("leffffffffffffffff", uint.MaxValue, uint.MaxValue)]
    public void The_wire_form_is_written_and_read(string text, uint session, uint number)
    {
        Assert.Equal(text, new ClientOrderId(session, number).ToString());
        Assert.Equal(new ClientOrderId(session, number), ClientOrderId.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mine")]
    [InlineData("le00000001")]
    [InlineData("le00000001000000010")]
    [InlineData("le000000010000000x")]
    [InlineData("le00000001000000A1")]   // the engine writes lower case
    [InlineData("LE0000000100000001")]
    [InlineData("xx0000000100000001")]
    [InlineData("le0000000100000000")]   // numbers start at 1
    [InlineData("le+000000100000001")]
    [InlineData("le 000000100000001")]
    public void Any_other_text_is_the_name_of_somebody_elses_order(string text) => Assert.Equal(ClientOrderId.None, ClientOrderId.Parse(text));

    [Fact]
    public void An_orphan_is_told_by_its_name()
    {
        var fact = new DisagreementFact(DisagreementSubject.Orphan, new InstrumentId(0), unchecked((long)0xABCDEF0180000010), 5, DisagreementAction.Cancelled);

        Assert.Equal("leabcdef0180000010", fact.Orphan.ToString());
    }
}
