using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>What one instrument, and the account, use of their limits; once a second, and when the kill switch is thrown, for one more reason too, or taken back, behind the <see cref="LaneFact"/> of every instrument. Written to the outbound ring as its raw bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct RiskFact
{
    /// <summary>The instrument.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>What holds its quotes back.</summary>
    public required QuotesHeldBy HeldBy { get; init; }

    /// <summary>Average entry price of the position; 0 when flat.</summary>
    public required PriceE8 AverageEntry { get; init; }

    /// <summary>Buy quantity that may still reach the position.</summary>
    public required QtyLots OpenBuyQty { get; init; }

    /// <summary>The same for sells.</summary>
    public required QtyLots OpenSellQty { get; init; }

    /// <summary>Margin of the account that neither positions nor open orders hold.</summary>
    public required MoneyE8 AvailableMargin { get; init; }

    /// <summary>Creates that the account's order budget still allows now.</summary>
    public required int CreatesLeft { get; init; }

    /// <summary>The same for amends.</summary>
    public required int AmendsLeft { get; init; }

    /// <summary>The same for cancels, the reserve included.</summary>
    public required int CancelsLeft { get; init; }

    /// <summary>The reasons for which the kill switch is thrown: bit n is set for the reason of number n; 0 while it is not.</summary>
    public required int KillReasons { get; init; }
}
