using System.Buffers.Binary;
using LatencyEngine.Host;
using LatencyEngine.Model;

namespace LatencyEngine.Budgets;

/// <summary>The hot path on the derived recording, round after round, with orders that work: what so many frames allocate.</summary>
internal static class AllocationRun
{
    /// <summary>Plays, and prints what was found.</summary>
    /// <returns>The exit status: 0; 1 when something was allocated or collected, or the engine did not trade.</returns>
    public static int Run(long frames, TextWriter output, TextWriter errors)
    {
        (long ReceivedNanos, byte[] Frame)[] market = [.. Market.Lines(Market.DerivedRecording)];
        var engine = new PathEngine(hasTwin: false);
        var run = new SteadyRun(engine.Inbound, engine.Outbound, engine.HotPath, [.. market.Select(line => line.Frame)], market[0].ReceivedNanos, static (session, post) =>
        {
            byte[] number = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(number, session);
            post(InboundKind.Session, number);
        });
        try
        {
            output.WriteLine(run.ProveNoAllocation(frames, CancellationToken.None));
            return 0;
        }
        catch (InvalidDataException fault)
        {
            errors.WriteLine(fault.Message);
            return 1;
        }
    }
}
