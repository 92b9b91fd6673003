using System.Runtime.Intrinsics;
using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <summary>Turns the frames of Bybit V5's three sockets into values (Bybit V5, 5 to 8). One instance holds the outputs, which the next decode overwrites.</summary>
/// <remarks>
/// A frame is checked whole: JSON syntax to the last byte, members in any order, unknown members passed over, a wanted member that occurs twice refused.
/// Prices and quantities must lie on the instrument's grid, padded or trimmed; nothing is rounded unless the member says so.
/// A frame that fails any check is <see cref="DecodeStatus.Malformed"/> and leaves the outputs unspecified: never a guess.
/// Thread: hot. Allocates: at construction only. Blocks: never. Throws: never after construction.
/// </remarks>
public sealed partial class BybitDecoder
{
    /// <summary>Rows of one private message that the outputs can hold. V5 sends one event's rows together; a cancel-all touches at most 500 open orders a symbol (Bybit V5, 14.9).</summary>
    public const int RowsMax = 512;

    /// <summary>Candles of one message that the outputs can hold. V5 sends one, and at the end of a candle two, the closing and the next.</summary>
    public const int KlinesMax = 16;

    /// <summary>Longest text with escapes that is still read as a value; V5's longest identifier has 45 characters.</summary>
    private const int EscapedTextMax = 64;

    private readonly InstrumentTable _instruments;
    private readonly DecimalScale[] _priceScales;
    private readonly DecimalScale[] _qtyScales;
    private readonly SymbolIndex _symbols;
    private readonly PairShape[] _shapes;
    private readonly Vector256<byte>[] _tradeSideKeys;
    private readonly byte[] _scratch = new byte[EscapedTextMax];
    private readonly OrderEvent[] _orders = new OrderEvent[RowsMax];
    private readonly ExecutionEvent[] _executions = new ExecutionEvent[RowsMax];
    private readonly PositionEvent[] _positions = new PositionEvent[RowsMax];
    private readonly FastExecution[] _fastExecutions = new FastExecution[RowsMax];
    private readonly Liquidation[] _liquidations = new Liquidation[RowsMax];
    private readonly Kline[] _klines = new Kline[KlinesMax];
    private int _rowCount;
    private Ticker _ticker;
    private WalletEvent _wallet;
    private Ack _ack;

    /// <summary>Creates a decoder with its outputs.</summary>
    /// <param name="instruments">The instruments whose messages are decoded.</param>
    public BybitDecoder(InstrumentTable instruments)
    {
        _instruments = instruments;
        _priceScales = new DecimalScale[instruments.Count];
        _qtyScales = new DecimalScale[instruments.Count];
        _symbols = new SymbolIndex(instruments);
        _shapes = new PairShape[instruments.Count * ShapesPerInstrument];
        _tradeSideKeys = new Vector256<byte>[instruments.Count];
        for (int i = 0; i < instruments.Count; i++)
        {
            InstrumentSpec spec = instruments[new InstrumentId(i)];
            _priceScales[i] = new DecimalScale(spec.PriceDecimals, spec.TickMantissa, spec.TickE8);
            _qtyScales[i] = new DecimalScale(spec.QtyDecimals, spec.LotMantissa, spec.LotE8);
            _shapes.AsSpan(i * ShapesPerInstrument, ShapesPerInstrument).Fill(new PairShape(in _priceScales[i], in _qtyScales[i]));
            _tradeSideKeys[i] = CreateTradeSideKey(spec.SymbolUtf8);
        }
    }

    /// <summary>The book message after <see cref="DecodeStatus.Book"/>.</summary>
    public BookDelta Book { get; } = new();

    /// <summary>The trades after <see cref="DecodeStatus.Trades"/>.</summary>
    public TradeBatch Trades { get; } = new();

    /// <summary>The ticker after <see cref="DecodeStatus.Ticker"/>.</summary>
    public ref readonly Ticker Ticker => ref _ticker;

    /// <summary>The rows after <see cref="DecodeStatus.Orders"/>, as sent; at most <see cref="RowsMax"/>.</summary>
    public ReadOnlySpan<OrderEvent> Orders => _orders.AsSpan(0, _rowCount);

    /// <summary>The rows after <see cref="DecodeStatus.Executions"/>, as sent; at most <see cref="RowsMax"/>.</summary>
    public ReadOnlySpan<ExecutionEvent> Executions => _executions.AsSpan(0, _rowCount);

    /// <summary>The rows after <see cref="DecodeStatus.Positions"/>, as sent; at most <see cref="RowsMax"/>.</summary>
    public ReadOnlySpan<PositionEvent> Positions => _positions.AsSpan(0, _rowCount);

    /// <summary>The rows after <see cref="DecodeStatus.FastExecutions"/>, as sent; at most <see cref="RowsMax"/>.</summary>
    public ReadOnlySpan<FastExecution> FastExecutions => _fastExecutions.AsSpan(0, _rowCount);

    /// <summary>The rows after <see cref="DecodeStatus.Liquidations"/>, as sent; at most <see cref="RowsMax"/>.</summary>
    public ReadOnlySpan<Liquidation> Liquidations => _liquidations.AsSpan(0, _rowCount);

    /// <summary>The candles after <see cref="DecodeStatus.Klines"/>, as sent; at most <see cref="KlinesMax"/>.</summary>
    public ReadOnlySpan<Kline> Klines => _klines.AsSpan(0, _rowCount);

    /// <summary>The USDT row after <see cref="DecodeStatus.Wallet"/>.</summary>
    public ref readonly WalletEvent Wallet => ref _wallet;

    /// <summary>The answer after <see cref="DecodeStatus.Ack"/>.</summary>
    public ref readonly Ack Ack => ref _ack;

    /// <summary>Enum texts that were mapped to "Other" since construction, documented by V5 or not: the engine has no rule for them, so somebody should look.</summary>
    public ulong UnknownEnumValues { get; private set; }

    /// <summary>Rows of private messages passed over since construction: another category, or an instrument that the engine does not trade.</summary>
    public ulong SkippedRows { get; private set; }

    /// <summary>Frames since construction that had the layout V5 writes today and were read by comparing bytes with it.</summary>
    public ulong FastFrames { get; private set; }

    /// <summary>Frames since construction that were read byte by byte, because their layout, a number or their topic was not the usual one, or because they are about the connection.</summary>
    public ulong SlowFrames { get; private set; }

    /// <summary>Reads a frame of the public linear socket: <c>orderbook</c> of depth 1, 50, 200 and 1000, <c>publicTrade</c>, <c>tickers</c>, <c>kline</c>, <c>allLiquidation</c>; other topics are unused (Bybit V5, 6).</summary>
    /// <param name="frame">One whole text message; trade ids are given as positions in it.</param>
    public DecodeStatus DecodePublic(ReadOnlySpan<byte> frame)
    {
        DecodeStatus status = DecodePublicFast(frame);
        return Count(status) ? status : DecodeStream(frame, isPrivate: false);
    }

    /// <summary>Reads a frame of the private socket: <c>order</c>, <c>execution</c>, <c>execution.fast</c>, <c>position</c>, <c>wallet</c>, with or without the suffix <c>.linear</c> (Bybit V5, 7).</summary>
    /// <param name="frame">One whole text message.</param>
    public DecodeStatus DecodePrivate(ReadOnlySpan<byte> frame)
    {
        DecodeStatus status = DecodeStreamFast(frame, isPrivate: true);
        return Count(status) ? status : DecodeStream(frame, isPrivate: true);
    }

    /// <summary>Counts a frame by the reader that takes it: true when a fast one did.</summary>
    private bool Count(DecodeStatus fast)
    {
        if (fast == Doubt) SlowFrames++;
        else FastFrames++;
        return fast != Doubt;
    }
}
