using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.Budgets;

/// <summary>A request written: creates and amends in turn. Every one is read back with System.Text.Json and compared with its intent.</summary>
internal sealed class EncodeStage : Stage
{
    private const long TimestampMillis = 1_723_161_256_509;

    private readonly OrderRequestEncoder _encoder = new(Market.Instruments, TradingProfile.RecvWindowMillis);
    private readonly byte[] _request = new byte[OrderRequestEncoder.RequestBytesMax];
    private readonly OrderIntent[] _intents;
    private readonly long[] _answers;

    /// <summary>Takes the intents and reads each request back.</summary>
    /// <exception cref="InvalidDataException">A request does not say what its intent says.</exception>
    public EncodeStage(OrderIntent[] intents)
    {
        _intents = intents;
        _answers = new long[intents.Length];
        for (int i = 0; i < intents.Length; i++)
        {
            int bytes = Encode(i);
            RequireEqual(in intents[i], _request.AsMemory(0, bytes));
            _answers[i] = bytes;
        }
    }

    public override long Run(int items)
    {
        long sum = 0;
        for (int i = 0, intent = 0; i < items; i++)
        {
            sum += Encode(intent);
            intent = intent + 1 < _intents.Length ? intent + 1 : 0;
        }

        return sum;
    }

    public override long Expected(int items) => SumOverLaps(_answers, items);

    private int Encode(int intent) => _encoder.Encode(in _intents[intent], new RequestId(7, (uint)intent + 1), TimestampMillis + intent, _request);

    private static void RequireEqual(in OrderIntent intent, ReadOnlyMemory<byte> request)
    {
        using JsonDocument document = JsonDocument.Parse(request);
        JsonElement order = document.RootElement.GetProperty("args")[0];
        InstrumentSpec spec = Market.Instruments[intent.Instrument];
        bool isEqual = document.RootElement.GetProperty("op").GetString() == (intent.Action == OrderAction.Place ? "order.create" : "order.amend")
            && Market.Steps(order.GetProperty("price"), spec.TickE8) == intent.Price.Ticks
            && Market.Steps(order.GetProperty("qty"), spec.LotE8) == intent.Qty.Lots
            && order.GetProperty("orderLinkId").GetString()!.EndsWith(intent.ClientOrderId.Number.ToString("x8"), StringComparison.Ordinal);
        if (!isEqual) throw new InvalidDataException($"the request {document.RootElement} is not {intent}");
    }
}
