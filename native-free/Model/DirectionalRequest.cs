using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>A position of an instrument that a slow thread wants held, with the price up to which it is entered and a stop. Written to the inbound ring as its raw bytes; it replaces the one before of its instrument.</summary>
/// <remarks>Where the sign of wanted and held position differ, the position is closed first. Ranges: see the members; what is outside is refused.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DirectionalRequest
{
    /// <summary>Longest time to enter in, s: a day.</summary>
    public const int EntrySecondsMax = 86_400;

    /// <summary>The instrument.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>How long after <see cref="MadeAt"/> the position is worked towards, s, 1 to <see cref="EntrySecondsMax"/>; what is held then stays, under the stop.</summary>
    public required int EntrySeconds { get; init; }

    /// <summary>Signed position, long above zero; 0 to be flat.</summary>
    public required QtyLots Wanted { get; init; }

    /// <summary>The worst price of an order: the highest of a buy, the lowest of a sell. Above zero; with 0 lots wanted also 0, for no bound but the collar.</summary>
    public required PriceTicks Bound { get; init; }

    /// <summary>The mark price at which the position is closed: below the bound of a long, above that of a short; 0 with 0 lots wanted.</summary>
    public required PriceTicks Stop { get; init; }

    /// <summary>Logic time of what it was made from.</summary>
    public required EpochNanos MadeAt { get; init; }

    /// <summary>The maker's own number, by which a record of it is found again.</summary>
    public required long Id { get; init; }
}
