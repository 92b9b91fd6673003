using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>Prices and quantities of intents as decimals that print with the venue's own number of decimals.</summary>
internal sealed class DecimalSteps
{
    private readonly decimal[] _tickSizes;
    private readonly decimal[] _lotSizes;

    public DecimalSteps(InstrumentTable instruments)
    {
        InstrumentSpec[] specs = [.. Enumerable.Range(0, instruments.Count).Select(i => instruments[new InstrumentId(i)])];

        // The quotient has as many decimals as the step needs, and a product with a whole number keeps them.
        _tickSizes = [.. specs.Select(spec => spec.TickE8 / 1e8m)];
        _lotSizes = [.. specs.Select(spec => spec.LotE8 / 1e8m)];
    }

    public decimal Price(in OrderIntent intent) => intent.Price.Ticks * _tickSizes[intent.Instrument.Index];

    public decimal Qty(in OrderIntent intent) => intent.Qty.Lots * _lotSizes[intent.Instrument.Index];
}
