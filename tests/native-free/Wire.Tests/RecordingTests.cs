using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

public sealed class RecordingTests
{
    private readonly BybitDecoder _decoder = new(Instruments.Table);

    [Fact]
    public void Every_frame_of_the_genuine_capture_is_accounted_for()
    {
        var counts = new Dictionary<string, int>();
        void Count(string name, int by = 1) => counts[name] = counts.GetValueOrDefault(name) + by;
        foreach (byte[] frame in Frames.Recorded(Frames.GenuineRecording))
        {
            DecodeStatus status = _decoder.DecodePublic(frame);
            switch (status)
            {
                case DecodeStatus.Book: Count($"book {_decoder.Book.Depth} {_decoder.Book.Instrument.Index}"); break;
                case DecodeStatus.Ticker: Count($"ticker {_decoder.Ticker.Instrument.Index}"); break;
                case DecodeStatus.Klines:
                    Count($"candle messages {_decoder.Klines[0].Instrument.Index}");
                    Count($"candles {_decoder.Klines[0].Instrument.Index}", _decoder.Klines.Length);
                    break;
                case DecodeStatus.Trades:
                    Count($"trade messages {_decoder.Trades.Instrument.Index}");
                    Count($"trades {_decoder.Trades.Instrument.Index}", _decoder.Trades.Count);
                    break;
                default: Count(status.ToString()); break;
            }
        }

        var expected = new Dictionary<string, int>
        {
            ["book 200 0"] = 414, ["book 200 1"] = 383, ["trade messages 0"] = 16, ["trade messages 1"] = 57, ["trades 0"] = 56, ["trades 1"] = 165,
            ["ticker 0"] = 185, ["ticker 1"] = 193, ["candle messages 0"] = 22, ["candle messages 1"] = 25, ["candles 0"] = 23, ["candles 1"] = 26, ["Control"] = 17,
        };
        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), counts.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Frames.GenuineRecording)]
    [InlineData(Frames.LongRecording)]
    public void Update_ids_of_a_recording_follow_each_other_without_a_gap(string recording)
    {
        var lastUpdateId = new Dictionary<InstrumentId, long>();
        foreach (byte[] frame in Frames.Recorded(recording))
        {
            if (_decoder.DecodePublic(frame) != DecodeStatus.Book) continue;
            BookDelta book = _decoder.Book;
            if (!book.IsSnapshot) Assert.Equal(lastUpdateId[book.Instrument] + 1, book.UpdateId);
            lastUpdateId[book.Instrument] = book.UpdateId;
        }

        Assert.NotEmpty(lastUpdateId);
    }
}
