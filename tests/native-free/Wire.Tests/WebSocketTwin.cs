using System.Text;

namespace LatencyEngine.Wire.Tests;

/// <summary>The reader's slow, obvious twin: the whole stream at once, a copy for every message, .NET's strict decoder for UTF-8, and the checks of RFC 6455 in the order in which its bytes arrive.</summary>
internal static class WebSocketTwin
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static List<string> Read(byte[] stream, int messageBytesMax)
    {
        var said = new List<string>();
        try
        {
            Read(new Queue<byte>(stream), messageBytesMax, said);
        }
        catch (InvalidOperationException)
        {
            // The queue is empty: the stream ends inside a frame, or after the last one.
        }
        catch (BrokenException broken)
        {
            said.Add(WebSocketFrames.SaidBroken(broken.Error));
        }

        return said;
    }

    private static void Read(Queue<byte> stream, int messageBytesMax, List<string> said)
    {
        List<byte>? message = null;
        while (true)
        {
            byte first = stream.Dequeue();
            byte second = stream.Dequeue();
            bool isFinal = first >= 128;
            int opcode = first % 16;
            int mark = second % 128;
            Require(first / 16 % 8 == 0, WebSocketError.ReservedBits);
            Require(second < 128, WebSocketError.MaskedFrame);
            Require(opcode is >= 0 and <= 2 or >= 8 and <= 10, WebSocketError.ReservedOpcode);
            if (opcode >= 8)
            {
                Require(isFinal, WebSocketError.FragmentedControl);
                Require(mark <= 125, WebSocketError.ControlTooLong);
            }
            else
            {
                Require(opcode != 0 || message is not null, WebSocketError.UnexpectedContinuation);
                Require(opcode == 0 || message is null, WebSocketError.InterruptedMessage);
                Require(opcode != 2, WebSocketError.BinaryMessage);
            }

            UInt128 length = (UInt128)mark;
            if (mark == 126)
            {
                length = Number(stream, 2);
                Require(length > 125, WebSocketError.NonMinimalLength);
            }
            else if (mark == 127)
            {
                length = Number(stream, 8);
                Require(length < (UInt128)1 << 63, WebSocketError.LengthOutOfRange);
                Require(length > 65_535, WebSocketError.NonMinimalLength);
            }

            if (opcode < 8) Require(length + (UInt128)(message?.Count ?? 0) <= (UInt128)messageBytesMax, WebSocketError.MessageTooLong);
            byte[] payload = new byte[(int)length];
            for (int i = 0; i < payload.Length; i++) payload[i] = stream.Dequeue();

            switch (opcode)
            {
                case WebSocketFrames.Ping:
                    said.Add(WebSocketFrames.SaidPing(payload));
                    break;
                case WebSocketFrames.Pong:
                    said.Add(WebSocketFrames.SaidPong(payload));
                    break;
                case WebSocketFrames.Close:
                    Require(payload.Length != 1, WebSocketError.InvalidCloseLength);
                    int code = payload.Length == 0 ? 1005 : (payload[0] * 256) + payload[1];
                    Require(payload.Length == 0 || code is 1000 or 1001 or 1002 or 1003 or 1007 or 1008 or 1009 or 1010 or 1011 or 1012 or 1013 or 1014 || code / 1000 is 3 or 4, WebSocketError.InvalidCloseCode);
                    byte[] reason = [.. payload.Skip(2)];
                    Require(IsUtf8(reason), WebSocketError.InvalidCloseReason);
                    said.Add(WebSocketFrames.SaidClose(code, reason));
                    return;
                default:
                    message ??= [];
                    message.AddRange(payload);
                    if (!isFinal) break;
                    byte[] text = [.. message];
                    Require(IsUtf8(text), WebSocketError.InvalidUtf8);
                    said.Add(WebSocketFrames.SaidText(text));
                    message = null;
                    break;
            }
        }
    }

    private static UInt128 Number(Queue<byte> stream, int bytes)
    {
        UInt128 value = 0;
        for (int i = 0; i < bytes; i++) value = (value * 256) + stream.Dequeue();
        return value;
    }

    private static bool IsUtf8(byte[] text)
    {
        try
        {
            StrictUtf8.GetCharCount(text);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static void Require(bool holds, WebSocketError orElse)
    {
        if (!holds) throw new BrokenException(orElse);
    }

    private sealed class BrokenException(WebSocketError error) : Exception
    {
        public WebSocketError Error { get; } = error;
    }
}
