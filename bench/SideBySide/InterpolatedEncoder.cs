using System.Globalization;
using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>Order requests the short way: one interpolated string, then its bytes.</summary>
internal sealed class InterpolatedEncoder(InstrumentTable instruments, int recvWindowMillis)
{
    private readonly DecimalSteps _steps = new(instruments);

    /// <summary>Writes a place or an amend.</summary>
    /// <returns>Bytes written.</returns>
    public int Encode(in Request request, Span<byte> destination)
    {
        OrderIntent intent = request.Intent;
        RequestId id = request.Id;
        ClientOrderId order = intent.ClientOrderId;
        string symbol = instruments[intent.Instrument].Symbol;
        string text = intent.Action == OrderAction.Place
            ? string.Create(CultureInfo.InvariantCulture, $$"""{"reqId":"r{{id.Session:x8}}{{id.Number:x8}}","header":{"X-BAPI-TIMESTAMP":"{{request.TimestampMillis}}","X-BAPI-RECV-WINDOW":"{{recvWindowMillis}}"},"op":"order.create","args":[{"category":"linear","symbol":"{{symbol}}","side":"{{(intent.Side == Side.Buy ? "Buy" : "Sell")}}","positionIdx":0,"orderType":"Limit","qty":"{{_steps.Qty(in intent)}}","price":"{{_steps.Price(in intent)}}","timeInForce":"PostOnly","orderLinkId":"le{{order.Session:x8}}{{order.Number:x8}}","reduceOnly":{{(intent.ReduceOnly ? "true" : "false")}}}]}""")
            : string.Create(CultureInfo.InvariantCulture, $$"""{"reqId":"r{{id.Session:x8}}{{id.Number:x8}}","header":{"X-BAPI-TIMESTAMP":"{{request.TimestampMillis}}","X-BAPI-RECV-WINDOW":"{{recvWindowMillis}}"},"op":"order.amend","args":[{"category":"linear","symbol":"{{symbol}}","orderLinkId":"le{{order.Session:x8}}{{order.Number:x8}}","qty":"{{_steps.Qty(in intent)}}","price":"{{_steps.Price(in intent)}}"}]}""");
        return Encoding.ASCII.GetBytes(text, destination);
    }
}
