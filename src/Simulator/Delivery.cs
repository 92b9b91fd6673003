namespace LatencyEngine.Simulator;

/// <summary>The connection on which the engine receives something.</summary>
public enum DeliveryChannel : byte
{
    /// <summary>Not set; never delivered.</summary>
    Unset = 0,

    /// <summary>The public market-data socket.</summary>
    Public = 1,

    /// <summary>The private socket: order, execution, position and wallet messages.</summary>
    Private = 2,

    /// <summary>The order-entry socket: acknowledgements.</summary>
    Trade = 3,

    /// <summary>The passage of time, without a frame.</summary>
    Tick = 4,

    /// <summary>Rows found by a look-up; more of the same look-up follows.</summary>
    LookUpRows = 5,

    /// <summary>The end of a look-up's answer, or the answer to another REST call.</summary>
    LookUpEnd = 6,
}

/// <summary>One thing the engine receives.</summary>
/// <param name="Channel">Where it arrives.</param>
/// <param name="TimeNanos">Logic time at which the engine receives it, ns since 1970.</param>
/// <param name="Frame">The frame's bytes, valid for as long as the caller keeps them; empty for a tick, and where there was no snapshot to answer with.</param>
/// <param name="RecordedIndex">Line number in the recording, from 1, for a recorded market frame; -1 for everything else.</param>
/// <param name="Origin">Who asked for it: the origin given with the request that this answers; 0 for what is sent to everyone.</param>
/// <param name="Produced">Number of the message at the venue, from 1 in the order in which the venue produced them; 0 for ticks and look-ups.</param>
/// <param name="Uid">The account that a private message is for; 0 for everything else.</param>
/// <param name="IsLost">Not to be sent: a snapshot that a gap has taken, or one asked for when there was none. Who waits for it need not wait longer.</param>
public readonly record struct Delivery(DeliveryChannel Channel, long TimeNanos, ReadOnlyMemory<byte> Frame, long RecordedIndex, long Origin = 0, long Produced = 0, long Uid = 0, bool IsLost = false);
