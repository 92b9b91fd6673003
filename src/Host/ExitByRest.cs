using System.Diagnostics;
using System.Globalization;
using LatencyEngine.Bybit;
using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>The end of a live run at the venue, once nobody else sends: looks by REST whether it is flat, cancels what still rests on the traded symbols, and closes what is held of them.</summary>
/// <remarks>Thread: the run's. Blocks.</remarks>
internal sealed class ExitByRest
{
    private const int RoundsMax = 3;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SettledWithin = TimeSpan.FromSeconds(3);   // the venue carries out a cancel after it has answered, and shows a fill later still
    private static readonly TimeSpan StaysFlatFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UnclearFor = TimeSpan.FromSeconds(5);   // a request that was on its way when the engine stopped is too old for the venue by then
    private static readonly TimeSpan ClosedWithin = TimeSpan.FromSeconds(15);   // where an order of before is carried out all the same, being reduce-only it takes no more than there is
    private static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    private readonly BybitRest _rest;
    private readonly IReadOnlyList<string> _symbols;
    private readonly Func<ClientOrderId> _nextName;
    private readonly Action<string> _note;

    /// <summary>Prepares it.</summary>
    /// <param name="rest">The calls.</param>
    /// <param name="symbols">Those that are traded; nothing is done to any other.</param>
    /// <param name="nextName">Gives the engine's next name for an order; none when it has no room for another.</param>
    /// <param name="note">Told, a line each, what is done.</param>
    public ExitByRest(BybitRest rest, IReadOnlyList<string> symbols, Func<ClientOrderId> nextName, Action<string> note)
    {
        _rest = rest;
        _symbols = symbols;
        _nextName = nextName;
        _note = note;
    }

    /// <summary>At the end the venue showed no order of the symbols in the book; somebody's stop-loss may wait.</summary>
    public bool NothingRests { get; private set; }

    /// <summary>Whether the venue shows neither a position nor an order of the symbols. Orders that still rest, or that cannot be asked for, are cancelled first: nobody is left to watch them. A position that is left then is closed.</summary>
    /// <param name="isEngineFlat">The engine, too, knows of neither; where it does, something of it may still be on its way, and one look proves nothing.</param>
    /// <returns>Null and the reason when it cannot be asked.</returns>
    public (bool? IsFlat, string? Fault) Run(bool isEngineFlat)
    {
        Standing standing = LookUntilFlat(TimeSpan.Zero, isEngineFlat ? TimeSpan.Zero : UnclearFor);
        NothingRests = standing.IsFlat == true;
        if (NothingRests) return (true, null);
        for (int round = 0; round < RoundsMax && standing.IsFlat != true; round++)
        {
            if (standing.Orders is null || standing.Resting.Any()) CancelOrders(standing);
            standing = LookUntilFlat(SettledWithin, StaysFlatFor);
            if (standing.Orders is null || standing.Resting.Any() || standing.Positions is null) continue;
            if (standing.Positions.Count == 0) break;   // flat, or what is left is somebody else's stop
            bool mayClose = false;
            foreach (RestPosition position in standing.Positions) mayClose |= TryClose(position);
            standing = LookUntilFlat(mayClose ? ClosedWithin : RefusedFor, StaysFlatFor);
        }

        NothingRests = standing.Orders is not null && !standing.Resting.Any();
        return (standing.IsFlat, standing.Fault);
    }

    /// <summary>One call a symbol: the account's other orders are not ours to cancel.</summary>
    private void CancelOrders(Standing standing)
    {
        string[] symbols = standing.Orders is null ? [.. _symbols] : [.. standing.Resting.Select(order => order.Symbol).Distinct()];
        foreach (string symbol in symbols)
        {
            string what = standing.Orders is null ? "orders that could not be asked for" : string.Join(", ", standing.Resting.Where(order => order.Symbol == symbol).Select(order => $"order {NameOf(order)}"));
            using var within = new CancellationTokenSource(AnswerWithin);
            string became;
            try
            {
                VenueOutcome<bool> outcome = _rest.CancelOrdersAsync(symbol, within.Token).GetAwaiter().GetResult();
                became = outcome.IsAnswered ? "cancelled by REST" : outcome.Text;
            }
            catch (OperationCanceledException)
            {
                became = "not cancelled: its turn did not come in time";
            }

            _note($"at the end, {what} of {symbol}: {became}");
        }
    }

    /// <summary>Sends one order; the looks behind it say what has become of it.</summary>
    /// <returns>False when the venue has certainly not taken it.</returns>
    private bool TryClose(RestPosition position)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $"at the end, position {position.Side} {position.Size} of {position.Symbol}");
        ClientOrderId name = _nextName();
        if (position.Side is not ("Buy" or "Sell") || !name.IsOurs)
        {
            _note($"{what}: not closed by REST, {(name.IsOurs ? "its side is not known to this version" : "no name for an order is left")}");
            return false;
        }

        using var within = new CancellationTokenSource(AnswerWithin);
        string became;
        bool mayClose = false;
        try
        {
            VenueOutcome<bool> outcome = _rest.CloseAsync(position, name.ToString(), within.Token).GetAwaiter().GetResult();
            mayClose = outcome.IsAnswered || outcome.IsUnknown;
            became = outcome.IsAnswered ? "taken" : outcome.IsUnknown ? $"outcome unknown: {outcome.Text}" : outcome.Text;
        }
        catch (OperationCanceledException)
        {
            became = "not sent: its turn did not come in time";
        }

        _note($"{what}: closed by REST with reduce-only market order {name}: {became}");
        return mayClose;
    }

    /// <summary>Looks at least once, and again until it has stayed flat for a time, or is not within another.</summary>
    private Standing LookUntilFlat(TimeSpan time, TimeSpan stays)
    {
        using var within = new CancellationTokenSource(time + stays + AnswerWithin);
        long begun = Stopwatch.GetTimestamp();
        long flatSince = 0;
        while (true)
        {
            Standing standing = Look(within.Token);
            if (standing.IsFlat != true) flatSince = 0;
            else if (flatSince == 0) flatSince = Stopwatch.GetTimestamp();
            if (flatSince == 0 ? Stopwatch.GetElapsedTime(begun) >= time : Stopwatch.GetElapsedTime(flatSince) >= stays) return standing;
            Thread.Sleep(LookEvery);
        }
    }

    private Standing Look(CancellationToken cancel)
    {
        try
        {
            VenueOutcome<IReadOnlyList<RestOrder>> orders = _rest.OpenOrdersAsync(cancel).GetAwaiter().GetResult();
            VenueOutcome<IReadOnlyList<RestPosition>> positions = _rest.PositionsAsync(cancel).GetAwaiter().GetResult();
            return new Standing(
                orders.Value?.Where(order => _symbols.Contains(order.Symbol)).ToList(),
                positions.Value?.Where(position => _symbols.Contains(position.Symbol)).ToList(),
                orders.IsAnswered ? positions.Text : orders.Text);
        }
        catch (OperationCanceledException)
        {
            return new Standing(null, null, "no answer in time");
        }
    }

    private static string NameOf(RestOrder order) => order.OrderLinkId.Length > 0 ? order.OrderLinkId : order.OrderId;

    /// <summary>What the venue shows of the symbols.</summary>
    /// <param name="Orders">Null when they could not be asked for.</param>
    /// <param name="Positions">Likewise.</param>
    /// <param name="Refusal">Why not.</param>
    private sealed record Standing(IReadOnlyList<RestOrder>? Orders, IReadOnlyList<RestPosition>? Positions, string Refusal)
    {
        public bool? IsFlat => Orders is null || Positions is null ? null : Orders.Count + Positions.Count == 0;

        /// <summary>Those in the book. The engine makes no conditional ones: they are somebody's stop-loss, and stay.</summary>
        public IEnumerable<RestOrder> Resting => (Orders ?? []).Where(order => !order.IsConditional);

        /// <summary>Why it is not flat; null when it is.</summary>
        public string? Fault => IsFlat switch
        {
            true => null,
            null => $"the venue could not be asked whether it is flat: {Refusal}",
            _ => $"the venue still shows {string.Join(", ", Orders!.Select(order => $"order {NameOf(order)} of {order.Symbol}").Concat(Positions!.Select(position => string.Create(CultureInfo.InvariantCulture, $"position {position.Side} {position.Size} of {position.Symbol}"))))}",
        };
    }
}
