using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Simulator;
using LatencyEngine.Wire;

namespace LatencyEngine.Research;

/// <summary>Fits the quoting core's parameters to a recording, read by the engine's own decoder and book.</summary>
public static class CalibrationRunner
{
    /// <summary>Shortest recording that is fitted, in seconds of one instrument: 300 steps of the arrivals.</summary>
    private const double SecondsMin = 30;

    private const string BookPrefix = "orderbook.";

    /// <summary>Reads a recording and fits. Blocks on disk; allocates with the length of the recording.</summary>
    /// <param name="recordingPath">File or folder.</param>
    /// <param name="symbols">Instruments; null for all whose book the head of the recording holds.</param>
    /// <param name="instrumentsPath">Body of instruments-info.</param>
    /// <param name="quoting">Has the constants of the volatility.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="RecordingException">The recording cannot be read or holds no book.</exception>
    /// <exception cref="InstrumentException">An instrument is not in the list.</exception>
    /// <exception cref="ConfigurationException">The recording lacks what a fit needs, one line an instrument.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static CalibrationResult Run(string recordingPath, IReadOnlyList<string>? symbols, string instrumentsPath, QuotingConfiguration quoting, CancellationToken cancel)
    {
        using RecordingReader recording = RecordingReader.Open(recordingPath);
        symbols ??= [.. recording.Topics.Where(topic => topic.StartsWith(BookPrefix, StringComparison.Ordinal)).Select(topic => topic[(topic.LastIndexOf('.') + 1)..]).Distinct()];
        if (symbols.Count == 0) throw new RecordingException($"no order book in {recordingPath}: calibrate needs orderbook and publicTrade; record again, or use a file of samples/");

        InstrumentTable instruments = InstrumentCatalog.Load(instrumentsPath).Select(symbols);
        CalibrationTape[] tapes = Read(recording, instruments, cancel);
        string[] faults = [.. tapes.Select(tape => Lack(tape, recordingPath, quoting)).OfType<string>()];
        if (faults.Length > 0) throw new ConfigurationException(faults);
        return new CalibrationResult
        {
            Data = recordingPath,
            DataLabel = RecordingLabel.Of(recordingPath),
            VolatilityTimeConstantSeconds = quoting.VolatilityTimeConstantSeconds,
            MidSampleMilliseconds = quoting.MidSampleMilliseconds,
            Instruments = [.. tapes.Select(tape => Fit(tape, quoting, cancel))],
        };
    }

    private static CalibrationTape[] Read(RecordingReader recording, InstrumentTable instruments, CancellationToken cancel)
    {
        CalibrationTape[] tapes = [.. Enumerable.Range(0, instruments.Count).Select(i => new CalibrationTape(instruments[new InstrumentId(i)]))];
        var decoder = new BybitDecoder(instruments);
        while (recording.TryRead(out RecordedFrame frame))
        {
            cancel.ThrowIfCancellationRequested();
            switch (decoder.DecodePublic(frame.Frame.Span))
            {
                case DecodeStatus.Book:
                    tapes[decoder.Book.Instrument.Index].OnBook(decoder.Book, frame.ReceivedAtNanos);
                    break;
                case DecodeStatus.Trades:
                    tapes[decoder.Trades.Instrument.Index].OnTrades(decoder.Trades, frame.ReceivedAtNanos);
                    break;
                case DecodeStatus.Malformed or DecodeStatus.TooLarge:
                    throw new RecordingException($"a frame is not what V5 writes: {recording.Name}, line {frame.LineNumber}; record again, or use a file of samples/");
                default:
                    break;
            }
        }

        return tapes;
    }

    /// <summary>What a tape lacks for a fit; null when it lacks nothing.</summary>
    private static string? Lack(CalibrationTape tape, string path, QuotingConfiguration quoting)
    {
        string symbol = tape.Spec.Symbol;
        const string Needs = "calibrate needs orderbook and publicTrade of both sides";
        if (tape.Books.Count == 0) return $"no order book of {symbol} in {path}: {Needs}";
        if (!tape.HasBook) return $"the book of {symbol} in {path} never has both sides: {Needs}";
        if (tape.Trades.Count == 0) return $"no trade of {symbol} in {path}: {Needs}";
        if (tape.Seconds < SecondsMin) return $"only {tape.Seconds:0.#} s of {symbol} in {path}: calibrate needs {SecondsMin} s at least";
        if (!tape.Trades.Any(trade => trade.TakerSide == Side.Buy)) return $"only selling takers of {symbol} in {path}: {Needs}";
        if (!tape.Trades.Any(trade => trade.TakerSide == Side.Sell)) return $"only buying takers of {symbol} in {path}: {Needs}";
        bool hasSigma = SigmaFit.Of(tape.Books, quoting.VolatilityTimeConstantSeconds, quoting.MidSampleMilliseconds) is not null;
        return hasSigma ? null : $"fewer than three books of {symbol} in {path} lie {quoting.MidSampleMilliseconds} ms apart: calibrate needs all messages of the book";
    }

    private static InstrumentCalibration Fit(CalibrationTape tape, QuotingConfiguration quoting, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        ArrivalSteps steps = ArrivalSteps.Of(tape);
        return new InstrumentCalibration
        {
            Symbol = tape.Spec.Symbol,
            TickSize = tape.Spec.TickE8 / 100_000_000m,
            LotSize = tape.Spec.LotE8 / 100_000_000m,
            Seconds = tape.Seconds,
            BookMessages = tape.Books.Count,
            Trades = tape.Trades.Count,
            Sigma = SigmaFit.Of(tape.Books, quoting.VolatilityTimeConstantSeconds, quoting.MidSampleMilliseconds)!,
            Buys = IntensityFit.Of(steps.Buys, ArrivalSteps.StepSeconds),
            Sells = IntensityFit.Of(steps.Sells, ArrivalSteps.StepSeconds),
            Microprice = MicropriceFit.Of(tape.Books),
            OrderFlow = OrderFlowFit.Of(tape.Books),
        };
    }
}
