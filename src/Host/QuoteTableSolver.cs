using System.Runtime.InteropServices;
using LatencyEngine.Model;
using LatencyEngine.Quoting;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>Solves the tables that an engine's quoting cores ask for, off the hot path: the exact quotes for an endless horizon.</summary>
/// <remarks>Threads: <see cref="Answer"/> any, <see cref="Ask"/> the io thread; its work is done by the pool. Every question gets its answer.</remarks>
public sealed class QuoteTableSolver
{
    private readonly GlftSettings?[] _settings;
    private Inbox? _inbox;
    private int _underWay;

    /// <summary>Prepares the solver.</summary>
    /// <param name="settings">By instrument id; null where the quoter asks for no table.</param>
    public QuoteTableSolver(IEnumerable<GlftSettings?> settings) => _settings = [.. settings];

    /// <summary>Solves in place; milliseconds for the largest table. The same question gives the same bytes.</summary>
    /// <param name="request">A <see cref="QuoteTableRequest"/> as the engine published it.</param>
    /// <returns>Payload for <see cref="InboundKind.QuoteTable"/>: the question, then the table; nothing behind the question when there is no solution.</returns>
    public byte[] Answer(ReadOnlySpan<byte> request)
    {
        QuoteTableRequest asked = MemoryMarshal.Read<QuoteTableRequest>(request);
        if (_settings[asked.Instrument.Index] is not { } settings) return request.ToArray();
        byte[] answer = new byte[request.Length + QuoteTable.BytesMax];
        request.CopyTo(answer);
        var table = new QuoteTable();
        InventorySolver.SolveEndless(InventoryProblem.Glft(settings.At(asked.SigmaTicks, asked.FairTicks, asked.ArrivalRatePerSecond, asked.DecayPerTick)), settings.Pipeline.UnitsMax, table);
        return answer[..(request.Length + table.Write(answer.AsSpan(request.Length)))];
    }

    /// <summary>Begins to work for a running engine.</summary>
    /// <param name="inbox">Receives the answers.</param>
    public void Start(Inbox inbox) => _inbox = inbox;

    /// <summary>Takes one question; returns at once.</summary>
    public void Ask(ReadOnlySpan<byte> request)
    {
        byte[] copy = request.ToArray();
        Interlocked.Increment(ref _underWay);
        Task.Run(() =>
        {
            try
            {
                _inbox!.Post(InboundKind.QuoteTable, Answer(copy));
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        });
    }

    /// <summary>Waits for the questions under way.</summary>
    public void Complete() => SpinWait.SpinUntil(() => Volatile.Read(ref _underWay) == 0);
}
