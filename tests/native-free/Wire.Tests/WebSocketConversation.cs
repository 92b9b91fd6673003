using System.Text;

namespace LatencyEngine.Wire.Tests;

/// <summary>A sound stream of a server and what a reader must say to it, made together: messages in any number of fragments, control frames between any two frames.</summary>
internal sealed class WebSocketConversation
{
    private readonly List<byte> _stream = [];

    public WebSocketConversation(Random random, int payloadBytesMax)
    {
        for (int message = random.Next(1, 5); message > 0; message--)
        {
            byte[] text = RandomText(random, payloadBytesMax);
            int fragments = random.Next(3) == 0 ? random.Next(2, 6) : 1;
            int start = 0;
            for (int i = 0; i < fragments; i++)
            {
                bool isLast = i == fragments - 1;
                int end = isLast ? text.Length : random.Next(start, text.Length + 1);
                _stream.AddRange(WebSocketFrames.Frame(i == 0 ? WebSocketFrames.Text : WebSocketFrames.Continuation, text.AsSpan(start..end), isLast));
                start = end;
                if (isLast) Said.Add(WebSocketFrames.SaidText(text));
                if (random.Next(4) == 0) AddControl(random);
            }
        }

        if (random.Next(4) == 0)
        {
            byte[] reason = RandomText(random, 30);
            _stream.AddRange(WebSocketFrames.CloseFrame(1000, reason));
            Said.Add(WebSocketFrames.SaidClose(1000, reason));
        }
    }

    public byte[] Stream => [.. _stream];

    public List<string> Said { get; } = [];

    /// <summary>Text whose characters have one to four bytes, so that fragments end inside them.</summary>
    public static byte[] RandomText(Random random, int bytesMax)
    {
        var text = new StringBuilder();
        for (int left = random.Next(bytesMax + 1); left >= 4; left -= 4) text.Append(random.Next(4) switch { 0 => "abcd", 1 => "éß", 2 => "€x", _ => "🙂" });
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void AddControl(Random random)
    {
        byte[] payload = new byte[random.Next(2) == 0 ? random.Next(8) : random.Next(126)];
        random.NextBytes(payload);
        bool isPing = random.Next(2) == 0;
        _stream.AddRange(WebSocketFrames.Frame(isPing ? WebSocketFrames.Ping : WebSocketFrames.Pong, payload));
        Said.Add(isPing ? WebSocketFrames.SaidPing(payload) : WebSocketFrames.SaidPong(payload));
    }
}
