using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <summary>Writes the requests of the order-entry socket (Bybit V5, 8.1): create, amend and cancel of linear orders in one-way mode.</summary>
/// <remarks>
/// What an instrument's requests have in common is rendered once; a request is copied together from such pieces, with ids and numbers written in their places.
/// Thread: hot. Allocates: never after construction. Blocks: never. Throws: never after construction.
/// </remarks>
public sealed class OrderRequestEncoder
{
    /// <summary>Room for any request, and for the padding of the pieces behind it. The longest is a create of 399 bytes: 249 fixed, 16 for the request id, 19 for the time, 10 for the window, 32 for the symbol, 4 for the side, 2 x 20 for price and quantity, 8 for time in force, 16 for the order id, 5 for the flag.</summary>
    public const int RequestBytesMax = 512;

    private const int HeadBytes = 96;
    private const int MiddleBytes = 192;
    private const int TailBytes = 96;
    private const int BetweenBytes = 16;

    /// <summary>Where an id is to be written: sixteen hex digits.</summary>
    private const string Id = "????????????????";

    private static readonly string[] TimeInForceNames = ["GTC", "PostOnly", "IOC", "FOK"];

    private readonly Piece _head = new($"{{\"reqId\":\"r{Id}\",\"header\":{{\"X-BAPI-TIMESTAMP\":\"", HeadBytes);   // followed by the time's digits above 10^8 ms
    private readonly Piece _betweenQtyAndPrice = new("\",\"price\":\"", BetweenBytes);
    private readonly Piece _amendTail = new("\"}]}", TailBytes);
    private readonly Piece[] _createTails;   // two for each time in force: without and with the flag
    private readonly InstrumentPieces[] _instruments;
    private ulong _headTime;   // in 10^8 ms, about 28 hours; none of it is written for 0
    private int _headBytes;

    /// <summary>Creates an encoder.</summary>
    /// <param name="instruments">The instruments that intents name.</param>
    /// <param name="recvWindowMillis">How old a request may be when the venue reads it, positive (<c>X-BAPI-RECV-WINDOW</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is not positive.</exception>
    public OrderRequestEncoder(InstrumentTable instruments, int recvWindowMillis)
    {
        if (recvWindowMillis <= 0) throw new ArgumentOutOfRangeException(nameof(recvWindowMillis), recvWindowMillis, "the receive window must be positive, in ms");
        _headBytes = _head.TextBytes;
        _createTails = new Piece[2 * TimeInForceNames.Length];
        for (int i = 0; i < _createTails.Length; i++) _createTails[i] = CreateTail(TimeInForceNames[i / 2], i % 2 == 0 ? "false" : "true");
        _instruments = new InstrumentPieces[instruments.Count];
        for (int i = 0; i < _instruments.Length; i++) _instruments[i] = new InstrumentPieces(instruments[new InstrumentId(i)], recvWindowMillis);
    }

    /// <summary>Writes one request as compact JSON.</summary>
    /// <param name="intent">What to do. Price and quantity are not negative and lie within the instrument's range, which the risk gate has checked.</param>
    /// <param name="requestId">Name of the request, never repeated.</param>
    /// <param name="timestampMillis">Venue time, ms since 1970, not negative.</param>
    /// <param name="destination">At least <see cref="RequestBytesMax"/> bytes; those behind the request are left with no meaning.</param>
    /// <returns>Bytes written; 0 when nothing can be sent: no action, no side or time in force on a place, an instrument that is not in the table, or too short a destination.</returns>
    public int Encode(in OrderIntent intent, RequestId requestId, long timestampMillis, Span<byte> destination)
    {
        if (destination.Length < RequestBytesMax || (uint)intent.Instrument.Index >= (uint)_instruments.Length) return 0;
        InstrumentPieces pieces = _instruments[intent.Instrument.Index];
        Piece middle;
        Piece? tail = null;
        switch (intent.Action)
        {
            case OrderAction.Place:
                int tailIndex = (2 * ((int)intent.TimeInForce - (int)TimeInForce.GoodTillCancel)) + (intent.ReduceOnly ? 1 : 0);
                if (intent.Side is not (Side.Buy or Side.Sell) || (uint)tailIndex >= (uint)_createTails.Length) return 0;
                middle = pieces.Creates[(int)intent.Side - (int)Side.Buy];
                tail = _createTails[tailIndex];
                break;
            case OrderAction.Amend:
                middle = pieces.Amend;
                tail = _amendTail;
                break;
            case OrderAction.Cancel:
                middle = pieces.Cancel;
                break;
            default:
                return 0;
        }

        ulong time = (ulong)timestampMillis / ByteWriter.TenTo8;
        if (time != _headTime) RenderHead(time);
        var writer = new ByteWriter(destination);
        writer.AppendBlock(_head.Block, HeadBytes, _headBytes);
        writer.PutHex(_head.IdAt, requestId.Session, requestId.Number);
        if (time != 0) writer.AppendEight((uint)((ulong)timestampMillis - (time * ByteWriter.TenTo8)));
        else writer.AppendDecimal(timestampMillis, decimals: 0);
        int orderIdAt = writer.Length + middle.IdAt;
        writer.AppendBlock(middle.Block, MiddleBytes, middle.TextBytes);
        if (tail is not null)
        {
            writer.AppendDecimal(intent.Qty.Lots * pieces.LotMantissa, pieces.QtyDecimals);
            writer.AppendBlock(_betweenQtyAndPrice.Block, BetweenBytes, _betweenQtyAndPrice.TextBytes);
            writer.AppendDecimal(intent.Price.Ticks * pieces.TickMantissa, pieces.PriceDecimals);
            if (tail.IdAt >= 0) orderIdAt = writer.Length + tail.IdAt;
            writer.AppendBlock(tail.Block, TailBytes, tail.TextBytes);
        }

        writer.PutHex(orderIdAt, intent.ClientOrderId.Session, intent.ClientOrderId.Number);
        return writer.Length;
    }

    private static Piece CreateTail(string timeInForce, string reduceOnly) => new($"\",\"timeInForce\":\"{timeInForce}\",\"orderLinkId\":\"le{Id}\",\"reduceOnly\":{reduceOnly}}}]}}", TailBytes);

    private void RenderHead(ulong time)
    {
        var digits = new ByteWriter(_head.Block.AsSpan(_head.TextBytes));
        if (time != 0) digits.AppendDecimal((long)time, decimals: 0);
        _headTime = time;
        _headBytes = _head.TextBytes + digits.Length;
    }

    /// <summary>Text that requests have in common, padded to a block.</summary>
    private sealed class Piece
    {
        public Piece(string text, int blockBytes)
        {
            Block = new byte[blockBytes];
            TextBytes = Encoding.ASCII.GetBytes(text, Block);
            IdAt = text.IndexOf(Id, StringComparison.Ordinal);
        }

        public byte[] Block { get; }

        public int TextBytes { get; }

        /// <summary>Where the id stands in the text; negative when there is none.</summary>
        public int IdAt { get; }
    }

    /// <summary>What the requests of one instrument have between the time and the first number, or the end.</summary>
    private sealed class InstrumentPieces
    {
        public InstrumentPieces(InstrumentSpec spec, int recvWindowMillis)
        {
            LotMantissa = spec.LotMantissa;
            TickMantissa = spec.TickMantissa;
            QtyDecimals = spec.QtyDecimals;
            PriceDecimals = spec.PriceDecimals;
            Creates = [Middle("create", Create("Buy")), Middle("create", Create("Sell"))];
            Amend = Middle("amend", $"\"orderLinkId\":\"le{Id}\",\"qty\":\"");
            Cancel = Middle("cancel", $"\"orderLinkId\":\"le{Id}\"}}]}}");

            string Create(string side) => $"\"side\":\"{side}\",\"positionIdx\":0,\"orderType\":\"Limit\",\"qty\":\"";

            Piece Middle(string operation, string rest) => new(
                $"\",\"X-BAPI-RECV-WINDOW\":\"{recvWindowMillis}\"}},\"op\":\"order.{operation}\",\"args\":[{{\"category\":\"linear\",\"symbol\":\"{spec.Symbol}\",{rest}", MiddleBytes);
        }

        public long LotMantissa { get; }

        public long TickMantissa { get; }

        public int QtyDecimals { get; }

        public int PriceDecimals { get; }

        /// <summary>A buy's and a sell's.</summary>
        public Piece[] Creates { get; }

        public Piece Amend { get; }

        public Piece Cancel { get; }
    }
}
