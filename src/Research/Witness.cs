using System.Globalization;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>Compares two sets of books after every execution: the engine's, built from the messages it received, and the venue's own.</summary>
internal sealed class Witness(InstrumentTable instruments, VenueAccount venue)
{
    private const int BreaksMax = 20;

    private readonly List<string> _breaks = [];

    /// <summary>Executions that the engine has booked.</summary>
    public int Executions { get; private set; }

    /// <summary>What differed, one sentence each; the first twenty.</summary>
    public IReadOnlyList<string> Breaks => _breaks;

    /// <summary>The engine booked its next execution: the venue's record of the same number must say the same.</summary>
    public void OnExecution(in ExecutionFact fact)
    {
        int number = ++Executions;
        string symbol = instruments[fact.Instrument].Symbol;
        if (number > venue.Fills.Count)
        {
            Add($"execution {number} ({symbol}): booked by the engine, unknown to the venue");
            return;
        }

        FillRecord fill = venue.Fills[number - 1];
        string name = $"execution {number} ({symbol}, execId {fill.ExecId})";
        if (UInt128.Parse(fill.ExecId.Replace("-", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture) != fact.ExecutionId) Add($"{name}: the engine booked another execId, {fact.ExecutionId:x32}");
        if (fill.Symbol != symbol) Add($"{name}: the venue's execution {number} is of {fill.Symbol}");
        Compare(name, "position", Exact.Qty(instruments[fact.Instrument], fact.Position), fill.PositionAfter);
        Compare(name, "average entry", Exact.Price(fact.AverageEntry), Ledger.Rounded(fill.AverageEntryAfter));
        Compare(name, "realised P&L", Exact.Usdt(fact.RealisedGross), fill.RealisedGross);
        Compare(name, "fees", Exact.Usdt(fact.Fees), fill.Fees);
        Compare(name, "wallet", Exact.Usdt(fact.Wallet), fill.Wallet);
    }

    /// <summary>The engine itself found that the venue holds something else than it does. What it did about it does not matter here: in a dry-run there is nothing that could have caused it.</summary>
    public void OnDisagreement(in DisagreementFact fact) => Add(fact.Subject switch
    {
        DisagreementSubject.PositionSize => $"position of {instruments[fact.Instrument].Symbol} after execution {Executions}: {fact.Ours} lots by the engine's ledger, {fact.Venues} lots by the venue",
        DisagreementSubject.AverageEntry => $"average entry of {instruments[fact.Instrument].Symbol} after execution {Executions}: {fact.Ours / 1e8m} by the engine's ledger, {fact.Venues / 1e8m} by the venue",
        DisagreementSubject.WalletBalance => $"wallet after execution {Executions}: {fact.Ours / 1e8m} USDT by the engine's ledger, {fact.Venues / 1e8m} USDT by the venue",
        DisagreementSubject.Orphan => $"after execution {Executions} order {fact.Orphan} rests in {instruments[fact.Instrument].Symbol} that the engine did not hold",
        DisagreementSubject.ForeignOrder => $"after execution {Executions} an order rests in {instruments[fact.Instrument].Symbol} that the engine did not place",
        DisagreementSubject.PositionStatus => $"position of {instruments[fact.Instrument].Symbol} after execution {Executions}: its status {(PositionStatus)fact.Venues} cannot be taken over",
        _ => $"the engine reported a disagreement of the unknown subject {fact.Subject}",
    });

    /// <summary>At the end both must hold the same orders, executions, positions and wallet.</summary>
    public void Finish(Engine engine)
    {
        if (Executions != venue.Fills.Count) Add($"the engine booked {Executions} executions, the venue made {venue.Fills.Count}");
        if (engine.Orders.LiveOrders != venue.OpenOrders.Count) Add($"at the end {venue.OpenOrders.Count} orders rest at the venue and the engine holds {engine.Orders.LiveOrders}");
        else if (venue.OpenOrders.Count > 0) Add($"at the end {venue.OpenOrders.Count} orders still rest at the venue: they were not cancelled in time");
        foreach (InstrumentLane lane in engine.Lanes) Compare("at the end", $"position of {lane.Spec.Symbol}", Exact.Qty(lane.Spec, engine.Ledger.Position(lane.Spec.Id)), venue.Position(lane.Spec.Symbol).Qty);
        Compare("at the end", "wallet", Exact.Usdt(engine.Ledger.Wallet), venue.Wallet);
    }

    /// <summary>Notes something that did not hold.</summary>
    public void Add(string sentence)
    {
        if (_breaks.Count < BreaksMax) _breaks.Add(sentence);
    }

    private void Compare(string name, string what, decimal engine, decimal venues)
    {
        if (engine != venues) Add($"{name}: {what} is {engine:0.########} by the engine's ledger and {venues:0.########} by the venue's");
    }
}
