using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

/// <summary>Decodes a public frame by both paths. A leading blank, which JSON allows and V5 never writes, keeps a frame from the fast one.</summary>
/// <param name="instruments">Their instruments; a failure is written out in the steps of <see cref="Instruments.Table"/>.</param>
internal sealed class FastAndSlow(InstrumentTable instruments)
{
    private readonly BybitDecoder _either = new(instruments);
    private readonly BybitDecoder _slow = new(instruments);
    private byte[] _blank = [];

    /// <summary>Frames that the fast path took.</summary>
    public ulong FastFrames => _either.FastFrames;

    /// <summary>Frames that it left to the slow one.</summary>
    public ulong SlowFrames => _either.SlowFrames;

    /// <summary>What the decoder that may take the fast path holds.</summary>
    public BookDelta LastBook => _either.Book;

    /// <summary>Fails when the two paths differ in anything a caller can see; else the status both gave.</summary>
    public DecodeStatus Status(byte[] frame)
    {
        if (_blank.Length != frame.Length + 1) _blank = new byte[frame.Length + 1];
        _blank[0] = (byte)' ';
        frame.CopyTo(_blank, 1);
        DecodeStatus expected = _slow.DecodePublic(_blank);
        Assert.Equal(0UL, _slow.FastFrames);
        DecodeStatus status = _either.DecodePublic(frame);
        bool isEqual = status == expected && status switch
        {
            DecodeStatus.Book => IsEqual(_slow.Book, _either.Book),
            DecodeStatus.Trades => IsEqual(_slow.Trades, _either.Trades),
            _ => true,
        };
        if (!isEqual) Assert.Fail($"the paths differ on {System.Text.Encoding.Latin1.GetString(frame)}\nslow: {Decoded.Text(_slow, Socket.Public, _blank)}\nfast: {Decoded.Text(_either, Socket.Public, frame)}");
        return status;
    }

    /// <summary>As <see cref="Status"/>, and the fast path took the frame.</summary>
    public DecodeStatus FastStatus(byte[] frame)
    {
        ulong before = FastFrames;
        DecodeStatus status = Status(frame);
        Assert.True(FastFrames == before + 1, "left to the slow path: " + System.Text.Encoding.Latin1.GetString(frame));
        return status;
    }

    private static bool IsEqual(BookDelta slow, BookDelta fast) =>
        (slow.Instrument, slow.Depth, slow.IsSnapshot, slow.UpdateId, slow.Sequence, slow.MatchMillis, slow.PushMillis)
            == (fast.Instrument, fast.Depth, fast.IsSnapshot, fast.UpdateId, fast.Sequence, fast.MatchMillis, fast.PushMillis)
        && slow.Bids.AsSpan(0, slow.BidCount).SequenceEqual(fast.Bids.AsSpan(0, fast.BidCount))
        && slow.Asks.AsSpan(0, slow.AskCount).SequenceEqual(fast.Asks.AsSpan(0, fast.AskCount));

    private static bool IsEqual(TradeBatch slow, TradeBatch fast)
    {
        if (slow.Instrument != fast.Instrument || slow.Count != fast.Count || slow.PushMillis != fast.PushMillis) return false;
        for (int i = 0; i < slow.Count; i++)
        {
            Trade shifted = fast.Trades[i] with { IdOffset = fast.Trades[i].IdOffset + 1 };
            if (slow.Trades[i] != shifted) return false;
        }

        return true;
    }
}
