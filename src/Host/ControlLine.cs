using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LatencyEngine.Host;

/// <summary>One line of JSON over a stream socket, each way: bounded in length and in time.</summary>
internal static class ControlLine
{
    private static readonly HostJson Json = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true });

    /// <summary>Sends a document and a line feed.</summary>
    /// <exception cref="SocketException">The other side has gone or does not read in time.</exception>
    public static void Send<T>(Socket socket, T document, TimeSpan within)
    {
        socket.SendTimeout = (int)within.TotalMilliseconds;
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(document, Form<T>()), (byte)'\n'];
        for (int sent = 0; sent < line.Length;) sent += socket.Send(line.AsSpan(sent));
    }

    /// <summary>Reads up to a line feed.</summary>
    /// <returns>Null when the line does not come in time, is too long, or is none of this kind.</returns>
    /// <exception cref="SocketException">The other side has gone.</exception>
    public static T? Receive<T>(Socket socket, int bytesMax, TimeSpan within)
        where T : class
    {
        byte[] bytes = new byte[bytesMax];
        int count = 0;
        long begun = Stopwatch.GetTimestamp();
        while (count < bytesMax)
        {
            TimeSpan left = within - Stopwatch.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero || !socket.Poll(left, SelectMode.SelectRead)) return null;
            int read = socket.Receive(bytes.AsSpan(count));
            if (read == 0) return null;
            int end = bytes.AsSpan(count, read).IndexOf((byte)'\n');
            if (end >= 0) return Parse<T>(bytes.AsSpan(0, count + end));
            count += read;
        }

        return null;
    }

    private static T? Parse<T>(ReadOnlySpan<byte> line)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, Form<T>());
        }
        catch (Exception fault) when (fault is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }

    private static JsonTypeInfo<T> Form<T>() => (JsonTypeInfo<T>)Json.GetTypeInfo(typeof(T))!;
}
