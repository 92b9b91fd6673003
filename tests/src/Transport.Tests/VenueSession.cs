using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Transport.Tests;

/// <summary>One connection of the <see cref="ScriptedVenue"/>; <see cref="Run"/> answers commands on a thread of its own.</summary>
internal sealed class VenueSession(ScriptedVenue venue, Socket socket) : IDisposable
{
    private readonly Lock _sending = new();
    private volatile bool _isReading = true;

    /// <summary>Which socket: "public", "private" or "trade".</summary>
    public string Name { get; private set; } = "";

    /// <summary>Text messages of the client, unmasked, as they came.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>Those that are order-entry requests.</summary>
    public IReadOnlyList<string> Requests => [.. Received.Where(text => text.Contains("\"op\":\"order.", StringComparison.Ordinal))];

    /// <summary>Heartbeats of the client.</summary>
    public int Pings => Received.Count(text => text.Contains("\"op\":\"ping\"", StringComparison.Ordinal));

    /// <summary>The client's close frame has come, or its end of the stream.</summary>
    public volatile bool IsEnded;

    /// <summary>Sends messages in one segment.</summary>
    public void Send(params string[] texts) => SendBytes([.. texts.SelectMany(text => ScriptedServer.Frame(ScriptedServer.Text, text))]);

    /// <summary>Sends bytes as they are.</summary>
    public void SendBytes(byte[] bytes)
    {
        lock (_sending) socket.Send(bytes);
    }

    /// <summary>Sends messages and the end of the stream behind them, without a close frame.</summary>
    public void SendAndEnd(params string[] texts)
    {
        lock (_sending)
        {
            socket.Send([.. texts.SelectMany(text => ScriptedServer.Frame(ScriptedServer.Text, text))]);
            socket.Shutdown(SocketShutdown.Send);
        }
    }

    /// <summary>Ends the connection without a word.</summary>
    public void Cut() => socket.Dispose();

    /// <summary>Reads nothing more: what the client sends fills the buffers.</summary>
    public void StopReading() => _isReading = false;

    public void Dispose() => socket.Dispose();

    public void Run()
    {
        try
        {
            socket.NoDelay = true;
            string head = ReadHead();
            Name = head.Split(' ')[1].Split('/')[2];
            if (venue.CutsBeforeUpgrade)
            {
                socket.Dispose();
                return;
            }

            if (!venue.IsSilent(Name, "upgrade")) SendBytes(Encoding.ASCII.GetBytes(Answer(head)));
            venue.Add(this);
            while (_isReading) Read();
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or EndOfStreamException)
        {
            IsEnded = true;
        }
    }

    private static string Answer(string head)
    {
        string key = head.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        return $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";
    }

    private void Read()
    {
        byte[] header = ReadBytes(2);
        if (header[1] < 0x80) throw new EndOfStreamException("a client masks (RFC 6455, 5.1)");
        int length = (header[1] & 0x7F) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(ReadBytes(2)),
            127 => (int)BinaryPrimitives.ReadUInt64BigEndian(ReadBytes(8)),
            int mark => mark,
        };
        byte[] key = ReadBytes(4);
        byte[] payload = ReadBytes(length);
        for (int i = 0; i < length; i++) payload[i] ^= key[i % 4];
        if ((header[0] & 0x0F) == ScriptedServer.Close)
        {
            IsEnded = true;
            if (!venue.IsSilent(Name, "close")) SendBytes(ScriptedServer.Frame(ScriptedServer.Close, payload));
        }
        else
        {
            string text = Encoding.UTF8.GetString(payload);
            Received.Enqueue(text);   // before the answer: whoever has that finds here what was asked
            Obey(text);
        }
    }

    private void Obey(string text)
    {
        using JsonDocument command = JsonDocument.Parse(text);
        string operation = command.RootElement.GetProperty("op").GetString()!;
        switch (operation)
        {
            case "auth": LogIn(command.RootElement); break;
            case "subscribe": Subscribe(command.RootElement); break;
            case "unsubscribe": Send(StreamReply(success: true, "", Id(command.RootElement), operation)); break;
            case "ping": if (!venue.IsSilent(Name, "ping")) Send(Pong()); break;
            default: if (!venue.IsSilent(Name, "ack")) Send(TradeReply(Id(command.RootElement), 0, "OK", operation)); break;
        }
    }

    private void LogIn(JsonElement command)
    {
        JsonElement arguments = command.GetProperty("args");
        byte[] signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(ScriptedVenue.Secret), Encoding.UTF8.GetBytes($"GET/realtime{arguments[1].GetRawText()}"));
        bool isSigned = arguments[2].GetString() == Convert.ToHexStringLower(signature);
        if (venue.IsSilent(Name, "auth")) return;
        string refusal = venue.Refused.GetValueOrDefault("auth", isSigned ? "" : "Params Error");
        SendReply(refusal, Name == "trade"
            ? TradeReply(Id(command), refusal.Length == 0 ? 0 : 10004, refusal.Length == 0 ? "OK" : refusal, "auth")
            : StreamReply(refusal.Length == 0, refusal, Id(command), "auth"));
    }

    private void Subscribe(JsonElement command)
    {
        string topic = command.GetProperty("args")[0].GetString()!;
        if (venue.IsSilent(Name, topic)) return;
        string refusal = venue.Refused.GetValueOrDefault(topic, "");
        if (venue.SentBeforeConfirmation.TryGetValue(topic, out string? early)) Send(early);
        SendReply(refusal, StreamReply(refusal.Length == 0, refusal, Id(command), "subscribe"));
    }

    private void SendReply(string refusal, string reply)
    {
        if (refusal.Length > 0 && venue.ClosesAfterRefusal) SendAndEnd(reply);
        else Send(reply);
    }

    private string Pong() => Name switch
    {
        "public" => "{\"success\":true,\"ret_msg\":\"pong\",\"conn_id\":\"c\",\"req_id\":\"\",\"op\":\"ping\"}",
        "private" => "{\"op\":\"pong\",\"args\":[\"1675418560633\"],\"conn_id\":\"c\"}",
        _ => "{\"retCode\":0,\"retMsg\":\"OK\",\"op\":\"pong\",\"data\":[\"1711002002529\"],\"connId\":\"c\"}",
    };

    private static string Id(JsonElement command) => (command.TryGetProperty("req_id", out JsonElement id) || command.TryGetProperty("reqId", out id) ? id.GetString() : null) ?? "";

    private string StreamReply(bool success, string text, string id, string operation) =>
        $"{{\"success\":{(success ? "true" : "false")},\"ret_msg\":\"{text}\",\"conn_id\":\"c\",{(venue.LeavesOutIds ? "" : $"\"req_id\":\"{id}\",")}\"op\":\"{operation}\"}}";

    private static string TradeReply(string id, int code, string text, string operation) =>
        $"{{\"reqId\":\"{id}\",\"retCode\":{code},\"retMsg\":\"{text}\",\"op\":\"{operation}\",\"data\":{{}},\"connId\":\"c\"}}";

    private string ReadHead()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)ReadBytes(1)[0]);
        return head.ToString();
    }

    private byte[] ReadBytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int start = 0; start < count;)
        {
            int read = socket.Receive(bytes, start, count - start, SocketFlags.None);
            if (read == 0) throw new EndOfStreamException("the client ended its side");
            start += read;
        }

        return bytes;
    }
}
