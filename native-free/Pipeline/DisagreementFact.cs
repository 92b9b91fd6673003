using System.Runtime.InteropServices;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline;

/// <summary>Which figure the engine's ledger and the venue's stream disagree on.</summary>
public enum DisagreementSubject
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Signed position size, in lots.</summary>
    PositionSize = 1,

    /// <summary>Average entry price, in 1e-8.</summary>
    AverageEntry = 2,

    /// <summary>Wallet balance, in 1e-8 USDT.</summary>
    WalletBalance = 3,
}

/// <summary>A figure that the engine built from executions and the venue states otherwise. The kill switch latches with it. Written to the outbound ring as its raw bytes.</summary>
/// <param name="Subject">Which figure.</param>
/// <param name="Instrument">The instrument; for the wallet the index is 0 and means nothing.</param>
/// <param name="Ours">The engine's value, in the unit of the subject.</param>
/// <param name="Venues">The venue's value, in the same unit.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DisagreementFact(DisagreementSubject Subject, InstrumentId Instrument, long Ours, long Venues);
