namespace LatencyEngine.Wire.Tests;

/// <summary>Lets a reader read a stream as a connection would: in pieces, from a buffer of the smallest size that it may ask for.</summary>
internal sealed class WebSocketFeed(int messageBytesMax)
{
    private readonly WebSocketReader _reader = new(messageBytesMax);
    private readonly byte[] _buffer = new byte[messageBytesMax + WebSocketReader.OverheadBytesMax];

    /// <summary>What the reader said, in the words of <see cref="WebSocketFrames"/>.</summary>
    public List<string> Read(byte[] stream, Func<int> nextPieceBytes)
    {
        var said = new List<string>();
        Read(stream, nextPieceBytes, said.Add);
        return said;
    }

    /// <summary>The same without keeping anything.</summary>
    public void Pass(byte[] stream, Func<int> nextPieceBytes) => Read(stream, nextPieceBytes, say: null);

    private void Read(byte[] stream, Func<int> nextPieceBytes, Action<string>? say)
    {
        _reader.Reset(0);
        int end = 0;
        int fed = 0;
        int callsLeft = (2 * stream.Length) + 2; // a frame has two bytes or more, and a piece one
        while (fed < stream.Length)
        {
            if (end == _buffer.Length || _reader.KeptFrom == end) end = _reader.Compact(_buffer.AsSpan(0, end));
            Assert.True(end < _buffer.Length, "the reader keeps more than it said it would");
            int piece = Math.Min(Math.Min(nextPieceBytes(), stream.Length - fed), _buffer.Length - end);
            stream.AsSpan(fed, piece).CopyTo(_buffer.AsSpan(end));
            fed += piece;
            end += piece;

            WebSocketRead read;
            do
            {
                Assert.True(callsLeft-- > 0, "the reader does not come to an end");
                read = _reader.Read(_buffer.AsSpan(0, end), out ReadOnlySpan<byte> payload);
                Assert.True(_reader.BytesWanted <= _buffer.Length, "the reader asks for more than it said it would");
                if (say is null || read == WebSocketRead.Incomplete) continue;
                say(read switch
                {
                    WebSocketRead.Text => WebSocketFrames.SaidText(payload),
                    WebSocketRead.Ping => WebSocketFrames.SaidPing(payload),
                    WebSocketRead.Pong => WebSocketFrames.SaidPong(payload),
                    WebSocketRead.Close => WebSocketFrames.SaidClose(_reader.CloseCode, payload),
                    WebSocketRead.Broken => WebSocketFrames.SaidBroken(_reader.Error),
                    _ => throw new InvalidOperationException($"the reader said {read}"),
                });
            }
            while (read is not (WebSocketRead.Incomplete or WebSocketRead.Close or WebSocketRead.Broken));

            if (read is WebSocketRead.Close or WebSocketRead.Broken) return;
        }
    }
}
