using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Host;

/// <summary>A run as it is reached from outside: by the control socket, a file and a signal. Kills it, resumes it, and tells how it stands.</summary>
/// <remarks>Threads: one waits for clients and looks for the file, and each client has one of its own, for some seconds at most; none of them is the engine's or touches what is the engine's.</remarks>
public sealed class RunControl : IDisposable
{
    private const int ClientsMax = 8;   // at a time: more are turned away
    private const int RequestBytesMax = 4_096;
    private const int Backlog = 16;
    private const PosixSignal UserSignal = (PosixSignal)10;   // SIGUSR1 of Linux on x64 and arm64
    private const UnixFileMode OfTheOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Of Linux: where a Unix socket tells who is at its other end, as three 32-bit numbers.
    private const int SocketLevel = 1;   // SOL_SOCKET
    private const int PeerCredentials = 17;   // SO_PEERCRED
    private const int CredentialsBytes = 12;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RequestWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CancelledWithin = TimeSpan.FromSeconds(3);   // what a kill waits for before it is answered; it goes on behind it
    private static readonly TimeSpan CancelledLook = TimeSpan.FromMilliseconds(2);

    private readonly RunFiles _files;
    private readonly string _verb;
    private readonly EngineConfiguration _configuration;
    private readonly DateTime _startedUtc = DateTime.UtcNow;
    private readonly FileStream _lock;
    private readonly Socket _listener;
    private readonly Thread _thread;
    private readonly PosixSignalRegistration _signal;
    private readonly ConcurrentDictionary<int, string> _users = [];
    private StatusBoard? _board;
    private int _clients;
    private bool _isStopRequested;

    private RunControl(RunFiles files, FileStream held, Socket listener, string verb, EngineConfiguration configuration, bool isLatching)
    {
        _files = files;
        _lock = held;
        _listener = listener;
        _verb = verb;
        _configuration = configuration;
        Switch = new KillSwitch(isLatching ? files.LatchPath : null, configuration.Control.KillFile);
        Switch.LookForFile();   // before anything is quoted
        _signal = PosixSignalRegistration.Create(UserSignal, context =>
        {
            context.Cancel = true;
            Switch.Kill(KillRecord.Now("signal", "SIGUSR1"));
        });
        _thread = new Thread(Serve) { Name = "le-control", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The kill switch of the run.</summary>
    public KillSwitch Switch { get; }

    /// <summary>Opens the socket; from now on the run can be killed, and takes note of it when it is joined.</summary>
    /// <param name="files">Of the run; null where it is not reached from outside.</param>
    /// <param name="verb">The verb that runs.</param>
    /// <param name="configuration">Of the run.</param>
    /// <param name="isLatching">A kill is kept over restarts.</param>
    /// <returns>Null where there are no files.</returns>
    /// <exception cref="ConfigurationException">Another engine runs under the name, or the files cannot be made.</exception>
    public static RunControl? Open(RunFiles? files, string verb, EngineConfiguration configuration, bool isLatching)
    {
        if (files is null) return null;
        FileStream held = Hold(files, isKept: isLatching);
        Socket? listener = null;
        try
        {
            listener = Listen(files);
            return new RunControl(files, held, listener, verb, configuration, isLatching);
        }
        catch (Exception fault) when (fault is SocketException or IOException or UnauthorizedAccessException)
        {
            listener?.Dispose();
            held.Dispose();
            throw new ConfigurationException([$"the control socket {files.SocketPath} cannot be made: {fault.Message}"]);
        }
    }

    /// <summary>Joins the engine, before its session begins; a kill of before takes effect.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="threads">Its threads.</param>
    /// <param name="post">Hands a command to the engine.</param>
    /// <param name="cancelAll">Has the venue cancel every order by REST, begun when it returns; its end is null, or why it failed.</param>
    public void Attach(Engine engine, EngineThreads threads, Action<InboundKind, byte[]> post, Func<Task<string?>> cancelAll)
    {
        Volatile.Write(ref _board, new StatusBoard(engine, threads, _configuration));
        Switch.Attach(post, cancelAll);

        // The first client, who may be in a hurry, finds every method compiled and the names of users read.
        Task.Run(AskItself);
    }

    private void AskItself()
    {
        try
        {
            ControlClient.Ask(_files, new ControlRequest { Verb = ControlRequest.Status });
        }
        catch (IOException)
        {
            // The run has ended meanwhile.
        }
    }

    /// <summary>Takes one frame of the outbound ring. Thread: the run's.</summary>
    public void Take(in FrameView frame)
    {
        if (_board is not { } board) return;
        board.Take(in frame);
        if ((OutboundKind)frame.Kind == OutboundKind.EngineFact) Switch.OnState(board.State.State, board.State.Closing, board.KillReasons);
    }

    /// <summary>The run ends: it can still be killed, but not resumed.</summary>
    public void End() => Switch.End();

    /// <summary>Closes the socket and takes its file away.</summary>
    public void Dispose()
    {
        _signal.Dispose();
        Volatile.Write(ref _isStopRequested, true);
        _thread.Join();
        _listener.Dispose();
        Switch.Complete();
        File.Delete(_files.SocketPath);
        _lock.Dispose();
    }

    /// <summary>One engine a name: the lock ends with the process, however that ends, and with it whatever socket's file is left is nobody's.</summary>
    private static FileStream Hold(RunFiles files, bool isKept)
    {
        try
        {
            return new FileStream(files.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, isKept ? FileOptions.None : FileOptions.DeleteOnClose);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            bool isHeld = ControlClient.Running(files.Folder).Contains(files.Name);
            throw new ConfigurationException([isHeld ? $"another engine runs under the name {files.Name}: end it, or give this one another with --name" : $"{files.LockPath} cannot be held: {fault.Message}"]);
        }
    }

    private static Socket Listen(RunFiles files)
    {
        File.Delete(files.SocketPath);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(files.SocketPath));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(files.SocketPath, OfTheOwner);
            listener.Listen(Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private void Serve()
    {
        while (!Volatile.Read(ref _isStopRequested))
        {
            try
            {
                if (_listener.Poll(LookEvery, SelectMode.SelectRead)) Take(_listener.Accept());
            }
            catch (SocketException)
            {
                Thread.Sleep(LookEvery);   // the client has gone again, or there is no descriptor left
            }

            Switch.LookForFile();
        }
    }

    private void Take(Socket client)
    {
        if (Interlocked.Increment(ref _clients) > ClientsMax)
        {
            Interlocked.Decrement(ref _clients);
            client.Dispose();
            return;
        }

        new Thread(() => Answer(client)) { Name = "le-client", IsBackground = true }.Start();
    }

    private void Answer(Socket client)
    {
        try
        {
            if (ControlLine.Receive<ControlRequest>(client, RequestBytesMax, RequestWithin) is not { } request) return;
            long askedNanos = StageClock.NowNanos();
            ControlLine.Send(client, Answer(request, By(client), askedNanos), RequestWithin);
        }
        catch (SocketException)
        {
            // It has gone, and what it asked for is done.
        }
        finally
        {
            client.Dispose();
            Interlocked.Decrement(ref _clients);
        }
    }

    private ControlReply Answer(ControlRequest request, string by, long askedNanos)
    {
        switch (request.Verb)
        {
            case ControlRequest.Kill: return Kill(KillRecord.Now(by, request.Reason ?? "", request.Flatten), askedNanos);
            case ControlRequest.Resume:
                (bool isDone, string text) = Switch.Resume(by);
                return new ControlReply(isDone, text);
            case ControlRequest.Status:
                return Volatile.Read(ref _board) is { } board
                    ? new ControlReply(IsDone: true, "", board.Describe(_files, _verb, _startedUtc, Switch.Kills))
                    : new ControlReply(IsDone: false, $"{_files.Name} is only starting{(Switch.IsKilled ? $", killed {KillRecord.Describe(Switch.Kills)}" : "")}");
            default: return new ControlReply(IsDone: false, $"{request.Verb} is no request of this version");
        }
    }

    /// <summary>Whoever is told that it is killed may rely on the latch: it is on disk, or the answer says that it is not.</summary>
    private ControlReply Kill(KillRecord record, long askedNanos)
    {
        long begun = Stopwatch.GetTimestamp();
        (Task<string?> cancelling, long handedOverNanos, Task<string?> latching) = Switch.Kill(record);
        StatusBoard? board = Volatile.Read(ref _board);
        while ((!cancelling.IsCompleted || !latching.IsCompleted || !IsEmpty(board)) && Stopwatch.GetElapsedTime(begun) < CancelledWithin) Thread.Sleep(CancelledLook);
        string byRest = !cancelling.IsCompleted ? "not answered yet" : cancelling.Result ?? "answered";
        string resting = board is null ? "" : IsEmpty(board) ? "; no order rests" : FormattableString.Invariant($"; {board.State.LiveOrders} orders may still rest, and are cancelled until none does");
        string latch = !latching.IsCompleted ? "; NOT kept over a restart yet: the disk takes its time" : latching.Result is { } latchFault ? $"; NOT kept over a restart: {latchFault}" : "";
        string closing = record.Flattens && board is not null ? "; positions are being closed, status tells how far" : "";
        double? cancelMicroseconds = board is { KillAnsweredAtNanos: > 0 and var answeredNanos } && answeredNanos > askedNanos ? (answeredNanos - askedNanos) / 1e3 : null;
        return new ControlReply(
            IsDone: true,
            $"killed; cancel-all by REST: {byRest}{resting}{closing}{latch}",
            CancelAllMicroseconds: (handedOverNanos - askedNanos) / 1e3,
            CancelMicroseconds: cancelMicroseconds);
    }

    private static bool IsEmpty(StatusBoard? board) => board is null || (board.State is { State: QuotingState.Killed or QuotingState.Halted, LiveOrders: 0 });

    /// <summary>Who is at the other end.</summary>
    private string By(Socket client)
    {
        Span<byte> credentials = stackalloc byte[CredentialsBytes];
        if (client.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) < CredentialsBytes) return "somebody";
        int process = BinaryPrimitives.ReadInt32LittleEndian(credentials);
        int user = BinaryPrimitives.ReadInt32LittleEndian(credentials[sizeof(int)..]);
        return FormattableString.Invariant($"{UserName(user)} (pid {process})");
    }

    private string UserName(int user) => _users.GetOrAdd(user, ReadUserName);

    private static string ReadUserName(int user)
    {
        string number = FormattableString.Invariant($"{user}");
        try
        {
            string[]? row = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(row => row.Length > 2 && row[2] == number);
            return row?[0] ?? $"uid {number}";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"uid {number}";
        }
    }
}
