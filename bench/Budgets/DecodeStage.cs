using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.Budgets;

/// <summary>A frame of one kind, decoded. Every answer is compared with what System.Text.Json reads in the same frame.</summary>
internal sealed class DecodeStage : Stage
{
    private readonly BybitDecoder _decoder = new(Market.Instruments);
    private readonly FrameSet _frames;
    private readonly Decode _decode;
    private readonly long[] _answers;

    private DecodeStage(IReadOnlyList<byte[]> frames, Decode decode, Func<JsonElement, long> independently)
    {
        _frames = new FrameSet(frames);
        _decode = decode;
        _answers = new long[frames.Count];
        for (int i = 0; i < frames.Count; i++)
        {
            using JsonDocument document = JsonDocument.Parse(frames[i]);
            _answers[i] = independently(document.RootElement);
        }
    }

    /// <summary>Decodes a frame and returns a sum over some of its values; anything but the expected kind of message is 0.</summary>
    private delegate long Decode(BybitDecoder decoder, ReadOnlySpan<byte> frame);

    /// <summary>Book messages: number of levels and update id.</summary>
    public static DecodeStage Book(IReadOnlyList<byte[]> frames) => new(
        frames,
        static (decoder, frame) => decoder.DecodePublic(frame) == DecodeStatus.Book ? decoder.Book.BidCount + decoder.Book.AskCount + decoder.Book.UpdateId : 0,
        static message => message.GetProperty("data").GetProperty("b").GetArrayLength() + message.GetProperty("data").GetProperty("a").GetArrayLength() + message.GetProperty("data").GetProperty("u").GetInt64());

    /// <summary>Trade messages: number of trades, last price in ticks and last sequence.</summary>
    public static DecodeStage Trades(IReadOnlyList<byte[]> frames) => new(
        frames,
        static (decoder, frame) =>
        {
            if (decoder.DecodePublic(frame) != DecodeStatus.Trades) return 0;
            int count = decoder.Trades.Count;
            ref readonly Trade last = ref decoder.Trades.Trades[count - 1];
            return count + last.Price.Ticks + last.Sequence;
        },
        static message =>
        {
            JsonElement trades = message.GetProperty("data");
            JsonElement last = trades[trades.GetArrayLength() - 1];
            return trades.GetArrayLength() + Market.Steps(last.GetProperty("p"), Market.Instrument(last.GetProperty("s")).TickE8) + last.GetProperty("seq").GetInt64();
        });

    /// <summary>Ticker messages: mark price in 1e-8, where there is one, and sequence.</summary>
    public static DecodeStage Ticker(IReadOnlyList<byte[]> frames) => new(
        frames,
        static (decoder, frame) => decoder.DecodePublic(frame) == DecodeStatus.Ticker ? decoder.Ticker.MarkPrice.Units + decoder.Ticker.Sequence : 0,
        static message => (message.GetProperty("data").TryGetProperty("markPrice", out JsonElement mark) ? Market.Steps(mark, stepE8: 1) : 0) + message.GetProperty("cs").GetInt64());

    /// <summary>Order messages of one row: price in ticks and time of the last change.</summary>
    public static DecodeStage Orders(IReadOnlyList<byte[]> frames) => new(
        frames,
        static (decoder, frame) => decoder.DecodePrivate(frame) == DecodeStatus.Orders ? decoder.Orders[0].Price.Ticks + decoder.Orders[0].UpdatedMillis : 0,
        static message =>
        {
            JsonElement row = message.GetProperty("data")[0];
            return Market.Steps(row.GetProperty("price"), Market.Instrument(row.GetProperty("symbol")).TickE8) + Market.Steps(row.GetProperty("updatedTime"), 100_000_000);
        });

    /// <summary>Execution messages of one row: quantity in lots and sequence.</summary>
    public static DecodeStage Executions(IReadOnlyList<byte[]> frames) => new(
        frames,
        static (decoder, frame) => decoder.DecodePrivate(frame) == DecodeStatus.Executions ? decoder.Executions[0].Qty.Lots + decoder.Executions[0].Sequence : 0,
        static message =>
        {
            JsonElement row = message.GetProperty("data")[0];
            return Market.Steps(row.GetProperty("execQty"), Market.Instrument(row.GetProperty("symbol")).LotE8) + row.GetProperty("seq").GetInt64();
        });

    /// <summary>Position messages of one row: size in lots and sequence.</summary>
    public static DecodeStage Positions(IReadOnlyList<byte[]> frames) => new(
        frames,
        static (decoder, frame) => decoder.DecodePrivate(frame) == DecodeStatus.Positions ? decoder.Positions[0].Size.Lots + decoder.Positions[0].Sequence : 0,
        static message =>
        {
            JsonElement row = message.GetProperty("data")[0];
            return Market.Steps(row.GetProperty("size"), Market.Instrument(row.GetProperty("symbol")).LotE8) + row.GetProperty("seq").GetInt64();
        });

    /// <summary>Wallet messages: balance in 1e-8 USDT.</summary>
    public static DecodeStage Wallet(IReadOnlyList<byte[]> frames) => new(
        frames,
        static (decoder, frame) => decoder.DecodePrivate(frame) == DecodeStatus.Wallet ? decoder.Wallet.WalletBalance.Units : 0,
        static message => Market.Steps(message.GetProperty("data")[0].GetProperty("coin")[0].GetProperty("walletBalance"), stepE8: 1));

    /// <summary>Acknowledgements: number of the request, return code and venue time.</summary>
    public static DecodeStage Acks(IReadOnlyList<byte[]> frames) => new(
        frames,
        static (decoder, frame) => decoder.DecodeTrade(frame) == DecodeStatus.Ack ? decoder.Ack.RequestId.Number + decoder.Ack.ReturnCode + decoder.Ack.VenueMillis : 0,
        static message =>
            Convert.ToUInt32(message.GetProperty("reqId").GetString()![^8..], 16) + message.GetProperty("retCode").GetInt64() + Market.Steps(message.GetProperty("header").GetProperty("Timenow"), 100_000_000));

    public override long Run(int items)
    {
        long sum = 0;
        for (int i = 0, frame = 0; i < items; i++)
        {
            sum += _decode(_decoder, _frames[frame]);
            frame = frame + 1 < _frames.Count ? frame + 1 : 0;
        }

        return sum;
    }

    public override long Expected(int items) => SumOverLaps(_answers, items);
}
