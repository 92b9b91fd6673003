using System.Globalization;
using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.Budgets;

/// <summary>A venue that takes every request, and fills an order whole when a trade prints at its price or through it.</summary>
internal sealed class ScriptedVenue
{
    private readonly List<VenueOrder> _resting = [];
    private int _executions;

    /// <summary>Its answers to one request: the acknowledgement and the order's new state.</summary>
    public IReadOnlyList<(InboundKind Kind, byte[] Frame)> OnRequest(byte[] request, long nowNanos)
    {
        long nowMillis = nowNanos / EpochNanos.PerMillisecond;
        using JsonDocument document = JsonDocument.Parse(request);
        string operation = document.RootElement.GetProperty("op").GetString()!;
        JsonElement asked = document.RootElement.GetProperty("args")[0];
        string linkId = asked.GetProperty("orderLinkId").GetString()!;
        VenueOrder order = operation == "order.create"
            ? new VenueOrder(linkId, asked.GetProperty("symbol").GetString()!, asked.GetProperty("side").GetString()!, asked.GetProperty("price").GetString()!, asked.GetProperty("qty").GetString()!)
            : _resting.First(resting => resting.LinkId == linkId);
        if (operation == "order.amend") order = order with { Price = asked.GetProperty("price").GetString()!, Qty = asked.GetProperty("qty").GetString()! };
        _resting.RemoveAll(resting => resting.LinkId == linkId);
        bool isOpen = operation != "order.cancel";
        if (isOpen) _resting.Add(order);
        return
        [
            (InboundKind.TradeFrame, VenueFrames.Ack(document.RootElement.GetProperty("reqId").GetString()!, operation, order, nowMillis)),
            (InboundKind.PrivateFrame, isOpen ? VenueFrames.OpenOrder(order, nowMillis) : VenueFrames.CancelledOrder(order, nowMillis)),
        ];
    }

    /// <summary>What a market frame leads to: orders and executions where a trade reached an order.</summary>
    public IReadOnlyList<(InboundKind Kind, byte[] Frame)> OnMarket(byte[] frame, long nowNanos)
    {
        var messages = new List<(InboundKind, byte[])>();
        using JsonDocument document = JsonDocument.Parse(frame);
        if (!document.RootElement.GetProperty("topic").GetString()!.StartsWith("publicTrade.", StringComparison.Ordinal)) return messages;
        foreach (JsonElement trade in document.RootElement.GetProperty("data").EnumerateArray())
        {
            bool sells = trade.GetProperty("S").GetString() == "Sell";
            decimal price = Number(trade.GetProperty("p").GetString()!);
            foreach (VenueOrder order in _resting.Where(order => sells ? order.Side == "Buy" && Number(order.Price) >= price : order.Side == "Sell" && Number(order.Price) <= price).ToArray())
            {
                _resting.Remove(order);
                messages.Add((InboundKind.PrivateFrame, VenueFrames.FilledOrder(order, nowNanos / EpochNanos.PerMillisecond)));
                messages.Add((InboundKind.PrivateFrame, VenueFrames.Execution(order, ++_executions, nowNanos / EpochNanos.PerMillisecond)));
            }
        }

        return messages;
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
