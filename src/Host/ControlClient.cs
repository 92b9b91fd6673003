using System.Net.Sockets;

namespace LatencyEngine.Host;

/// <summary>Asks running engines, from another process.</summary>
/// <remarks>Blocks for as long as an engine may take, some seconds.</remarks>
public static class ControlClient
{
    private const int ReplyBytesMax = 4 << 20;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SendWithin = TimeSpan.FromSeconds(2);

    /// <summary>Names of the runs in a folder that take questions.</summary>
    public static IReadOnlyList<string> Running(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        IEnumerable<string> names = Directory.EnumerateFileSystemEntries(folder, "*" + RunFiles.SocketEnding).Select(path => Path.GetFileName(path)[..^RunFiles.SocketEnding.Length]);
        return [.. names.Where(name => IsListening(new RunFiles(folder, name))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Asks one.</summary>
    /// <param name="files">Of the run.</param>
    /// <param name="request">What to ask.</param>
    /// <returns>Null when no engine runs under the name.</returns>
    /// <exception cref="IOException">It does not answer.</exception>
    public static ControlReply? Ask(RunFiles files, ControlRequest request)
    {
        using Socket? socket = Connect(files);
        if (socket is null) return null;
        try
        {
            ControlLine.Send(socket, request, SendWithin);
            return ControlLine.Receive<ControlReply>(socket, ReplyBytesMax, AnswerWithin) ?? throw new IOException($"the engine {files.Name} does not answer");
        }
        catch (SocketException fault)
        {
            throw new IOException($"the engine {files.Name} does not answer: {fault.Message}", fault);
        }
    }

    private static bool IsListening(RunFiles files)
    {
        using Socket? socket = Connect(files);
        return socket is not null;
    }

    private static Socket? Connect(RunFiles files)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(files.SocketPath));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
