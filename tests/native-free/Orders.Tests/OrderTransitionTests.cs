using System.Text;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Orders.Tests;

/// <summary>Everything that can happen to an order in every state it can be in: the table that docs/reference/orders.md prints.</summary>
public sealed class OrderTransitionTests
{
    private const long PriceTicks = 100;
    private const long Lots = 10;
    private const long NewPriceTicks = 105;

    private const string Begin = "<!-- transitions -->\n";
    private const string End = "<!-- end of transitions -->";

    /// <summary>How an order comes into a state; the request that waits for its answer, if one does.</summary>
    private static readonly (string Name, Func<OrderDesk, (OrderIntent Order, RequestId Request)> Make)[] States =
    [
        ("PendingNew", desk => Sent(desk)),
        ("PendingNew, accepted", desk => Accepted(desk, Sent(desk))),
        ("Working", desk => (Working(desk), RequestId.None)),
        ("Working, partly filled", desk => (PartlyFilled(desk), RequestId.None)),
        ("PendingAmend", desk => Amended(desk)),
        ("PendingAmend, accepted", desk => Accepted(desk, Amended(desk))),
        ("PendingCancel", desk => Cancelled(desk, Working(desk))),
        ("PendingCancel, accepted", desk => Accepted(desk, Cancelled(desk, Working(desk)))),
        ("OutcomeUnknown, create", desk => (Unknown(desk, Sent(desk).Order), RequestId.None)),
        ("OutcomeUnknown, amend", desk => (Unknown(desk, Amended(desk).Order), RequestId.None)),
        ("PendingCancel of an unknown one", desk => CancelledUnknown(desk)),
        ("closed", desk => (Filled(desk), RequestId.None)),
        ("of another session, not held", desk => (OfAnotherSession(desk), RequestId.None)),
        ("orphan", desk => (Orphan(desk), RequestId.None)),
    ];

    private static readonly (string Name, Func<OrderDesk, OrderIntent, RequestId, OrderOutcome?> Happen)[] Events =
    [
        ("answer: 0", (desk, _, request) => Answer(desk, request, 0)),
        ("answer: refused (110007)", (desk, _, request) => Answer(desk, request, 110_007)),
        ("answer: remains unchanged, or a parameter is wrong (10001)", (desk, _, request) => Answer(desk, request, 10_001)),
        ("answer: too many requests (10006)", (desk, _, request) => Answer(desk, request, 10_006)),
        ("answer: the order is gone (110001)", (desk, _, request) => Answer(desk, request, 110_001)),
        ("answer: server timeout (10016)", (desk, _, request) => Answer(desk, request, 10_016)),
        ("answer: a code that V5 does not list", (desk, _, request) => Answer(desk, request, 12_345_678)),
        ("answer: the name is taken already (110072)", (desk, _, request) => Answer(desk, request, 110_072)),
        ("answer: the key is refused (10003)", (desk, _, request) => Answer(desk, request, 10_003)),
        ("answer: 0, a second time", AnswerAgain),
        ("stream: New, as it was", (desk, order, _) => desk.Stream(order, OrderStatus.New, PriceTicks, Lots)),
        ("stream: New, older than what is known", (desk, order, _) => desk.Stream(order, OrderStatus.New, PriceTicks, Lots, updatedMillis: 0)),
        ("stream: New, as the amend asks", (desk, order, _) => desk.Stream(order, OrderStatus.New, NewPriceTicks, Lots)),
        ("stream: New, the amend failed in matching", (desk, order, _) => desk.Stream(order, OrderStatus.New, PriceTicks, Lots, reason: RejectReason.Other)),
        ("stream: PartiallyFilled", (desk, order, _) => desk.Stream(order, OrderStatus.PartiallyFilled, PriceTicks, Lots, filledLots: 5)),
        ("stream: PartiallyFilled, older than what is known", (desk, order, _) => desk.Stream(order, OrderStatus.PartiallyFilled, PriceTicks, Lots, filledLots: 5, updatedMillis: 0)),
        ("stream: Filled", (desk, order, _) => desk.Stream(order, OrderStatus.Filled, PriceTicks, Lots, filledLots: Lots)),
        ("stream: Cancelled, as asked", (desk, order, _) => desk.Stream(order, OrderStatus.Cancelled, PriceTicks, Lots, cancelType: CancelType.ByUser)),
        ("stream: Cancelled by the venue", (desk, order, _) => desk.Stream(order, OrderStatus.Cancelled, PriceTicks, Lots, cancelType: CancelType.Other)),
        ("stream: Cancelled, it would have taken", (desk, order, _) => desk.Stream(order, OrderStatus.Cancelled, PriceTicks, Lots, cancelType: CancelType.Other, reason: RejectReason.PostOnlyWillTake)),
        ("stream: Rejected", (desk, order, _) => desk.Stream(order, OrderStatus.Rejected, PriceTicks, Lots)),
        ("stream: Deactivated", (desk, order, _) => desk.Stream(order, OrderStatus.Deactivated, PriceTicks, Lots)),
        ("stream: a status of conditional orders", (desk, order, _) => desk.Stream(order, OrderStatus.Untriggered, PriceTicks, Lots)),
        ("execution of the rest", (desk, order, _) => Executed(desk, order)),
        ("no word for the timeout", (desk, _, _) => Waited(desk)),
        ("the order-entry connection is lost", (desk, _, _) => Lost(desk)),
        ("look-up: it is open", (desk, order, _) => desk.LookUp(order, OrderStatus.New, PriceTicks, Lots)),
        ("look-up: it is open, older than what is known", (desk, order, _) => desk.LookUp(order, OrderStatus.New, PriceTicks, Lots, updatedMillis: 0)),
        ("look-up: it is filled", (desk, order, _) => desk.LookUp(order, OrderStatus.Filled, PriceTicks, Lots, filledLots: Lots)),
        ("look-up: not there, while its create may still arrive", (desk, order, _) => Absent(desk, order, afterNanos: 0, mayHaveMissedItsEnd: true)),
        ("look-up: not there, the stream was there all the time", (desk, order, _) => Absent(desk, order, afterNanos: OrderDesk.LifetimeNanos + 1, mayHaveMissedItsEnd: false)),
        ("look-up: not there, and the stream was away", (desk, order, _) => Absent(desk, order, afterNanos: OrderDesk.LifetimeNanos + 1, mayHaveMissedItsEnd: true)),
    ];

    [Fact]
    public void The_printed_table_is_what_the_code_does()
    {
        string path = ReferenceFiles.InRepository("docs/reference/orders.md");
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        string printed = text[begin..text.IndexOf(End, StringComparison.Ordinal)];

        Assert.Equal(Table(), printed);
    }

    [Fact]
    public void Only_the_venues_word_ends_an_order()
    {
        // A refused create never was an order; all else that ends one is the stream's word, or a look-up's.
        string[] ends = ["stream: Filled", "stream: Cancelled", "stream: Rejected", "stream: Deactivated", "look-up: it is filled", "look-up: not there"];
        ForEachCell((state, happening, desk, order, outcome, before) =>
        {
            bool hasEnded = before != OrderState.Unset && desk.StateOf(order) == OrderState.Unset;
            bool isRefusedCreate = state.StartsWith("PendingNew", StringComparison.Ordinal) && outcome is OrderOutcome.Rejected or OrderOutcome.RateLimited or OrderOutcome.HardStop;
            if (hasEnded) Assert.True(isRefusedCreate || ends.Any(end => happening.StartsWith(end, StringComparison.Ordinal)), $"{state}: {happening}");
        });
    }

    [Fact]
    public void An_order_that_has_not_ended_keeps_its_exposure_and_unless_it_is_an_orphan_its_quote_slot_and_one_that_has_ended_gives_it_back() =>
        ForEachCell((state, happening, desk, order, _, _) =>
        {
            bool isHeld = desk.StateOf(order) != OrderState.Unset;
            Assert.Equal(isHeld && desk.Table.LiveOrphans == 0 ? order.ClientOrderId : ClientOrderId.None, desk.Table.QuoteAt(desk.Instrument, Side.Buy, 0));
            Assert.Equal(isHeld ? 1 : 0, desk.Table.LiveOrders);
            bool isExecuted = happening == "execution of the rest";
            if (isHeld && !isExecuted) Assert.True(desk.Exposure().OpenBuyQty.Lots > 0, $"{state}: {happening}");
        });

    [Fact]
    public void Nothing_is_sent_for_an_order_while_a_request_of_it_waits_for_its_answer() =>
        ForEachCell((state, happening, desk, order, _, _) =>
        {
            if (desk.StateOf(order) is OrderState.Working or OrderState.OutcomeUnknown or OrderState.Unset) return;
            Assert.Empty(desk.Plan(OrderDesk.Bid(PriceTicks + 50, Lots)));
            Assert.Empty(desk.PlanCancelAll());
        });

    private static void ForEachCell(Action<string, string, OrderDesk, OrderIntent, OrderOutcome?, OrderState> check)
    {
        int cells = 0;
        foreach ((string state, Func<OrderDesk, (OrderIntent, RequestId)> make) in States)
        {
            foreach ((string happening, Func<OrderDesk, OrderIntent, RequestId, OrderOutcome?> happen) in Events)
            {
                var desk = new OrderDesk();
                (OrderIntent order, RequestId request) = make(desk);
                OrderState before = desk.StateOf(order);
                check(state, happening, desk, order, happen(desk, order, request), before);
                cells++;
            }
        }

        Assert.Equal(States.Length * Events.Length, cells);
    }

    private static string Table()
    {
        var cells = new Dictionary<(string State, string Event), string>();
        ForEachCell((state, happening, desk, order, outcome, before) =>
        {
            string after = desk.StateOf(order) is OrderState.Unset ? "closed" : desk.StateOf(order).ToString();
            bool isSame = desk.StateOf(order) == before;
            string said = outcome?.ToString() ?? "";
            if (happening.StartsWith("answer", StringComparison.Ordinal) && outcome is null) return;   // none is awaited
            cells[(state, happening)] = isSame ? said.Length == 0 ? "stays" : said : $"{said} → **{after}**".TrimStart();
        });

        var text = new StringBuilder();
        foreach ((string state, _) in States)
        {
            text.Append("### ").Append(state).Append("\n\n| What happens | What it means, and the state after it |\n|---|---|\n");
            foreach ((string happening, _) in Events)
            {
                if (cells.TryGetValue((state, happening), out string? cell)) text.Append("| ").Append(happening).Append(" | ").Append(cell).Append(" |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static (OrderIntent Order, RequestId Request) Sent(OrderDesk desk)
    {
        OrderIntent place = desk.PlanOne(OrderDesk.Bid(PriceTicks, Lots));
        return (place, desk.Send(place));
    }

    private static (OrderIntent, RequestId) Accepted(OrderDesk desk, (OrderIntent Order, RequestId Request) sent)
    {
        Assert.Equal(OrderOutcome.Accepted, desk.Acknowledge(sent.Request));
        return (sent.Order, RequestId.None);
    }

    private static OrderIntent Working(OrderDesk desk) => desk.Work(OrderDesk.Bid(PriceTicks, Lots));

    private static OrderIntent PartlyFilled(OrderDesk desk)
    {
        OrderIntent order = Working(desk);
        Assert.Equal(OrderOutcome.Working, desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 4));
        return order;
    }

    private static (OrderIntent Order, RequestId Request) Amended(OrderDesk desk)
    {
        OrderIntent order = Working(desk);
        OrderIntent amend = desk.PlanOne(OrderDesk.Bid(NewPriceTicks, Lots));
        Assert.Equal(OrderAction.Amend, amend.Action);
        return (order, desk.Send(amend));
    }

    private static (OrderIntent, RequestId) Cancelled(OrderDesk desk, OrderIntent order) => (order, desk.Send(Assert.Single(desk.PlanCancelAll())));

    private static OrderIntent Unknown(OrderDesk desk, OrderIntent order)
    {
        Assert.Equal(1, desk.Wait(OrderDesk.TimeoutNanos));
        return order;
    }

    private static (OrderIntent, RequestId) CancelledUnknown(OrderDesk desk)
    {
        OrderIntent order = Unknown(desk, Amended(desk).Order);
        desk.Wait(OrderDesk.TimeoutNanos);
        return Cancelled(desk, order);
    }

    private static OrderIntent OfAnotherSession(OrderDesk desk) => desk.PlanOne(OrderDesk.Bid(PriceTicks, Lots)) with { ClientOrderId = new(OrderDesk.Session - 1, 7) };

    private static OrderIntent Orphan(OrderDesk desk)
    {
        OrderIntent order = OfAnotherSession(desk);
        Assert.Equal(OrderOutcome.Orphan, desk.LookUp(order, OrderStatus.New));
        return order;
    }

    private static OrderIntent Filled(OrderDesk desk)
    {
        OrderIntent order = Working(desk);
        desk.Execute(order, Lots);
        Assert.Equal(OrderOutcome.Filled, desk.Stream(order, OrderStatus.Filled, filledLots: Lots));
        return order;
    }

    /// <summary>Null where no answer can come.</summary>
    private static OrderOutcome? Answer(OrderDesk desk, RequestId request, int code) => request == RequestId.None ? null : desk.Acknowledge(request, code);

    private static OrderOutcome? AnswerAgain(OrderDesk desk, OrderIntent order, RequestId request)
    {
        if (request == RequestId.None) return null;
        desk.Acknowledge(request);
        return desk.Acknowledge(request);
    }

    private static OrderOutcome? Executed(OrderDesk desk, OrderIntent order)
    {
        desk.Execute(order, Lots);
        return null;
    }

    private static OrderOutcome? Waited(OrderDesk desk)
    {
        desk.Wait(OrderDesk.TimeoutNanos);
        return null;
    }

    private static OrderOutcome? Lost(OrderDesk desk)
    {
        desk.Table.OnRequestsLost(desk.Now);
        return null;
    }

    private static OrderOutcome? Absent(OrderDesk desk, OrderIntent order, long afterNanos, bool mayHaveMissedItsEnd) =>
        desk.Table.OnAbsent(order.ClientOrderId, new EpochNanos(desk.Now.Nanos + afterNanos), mayHaveMissedItsEnd);
}
