namespace LatencyEngine.SideBySide;

/// <summary>Everything that can be measured, in the order of the report.</summary>
internal static class Catalogue
{
    /// <summary>All of it.</summary>
    public static IReadOnlyList<Entry> All { get; } = [.. DecodeComparison.Entries, .. PathComparison.Entries, .. TickToOrderComparison.Entries, .. BesideComparison.Entries, .. RingComparison.Entries, .. QuotingComparison.Entries, .. RiskComparison.Entries, .. EncodeComparison.Entries, .. MeterComparison.Entries, .. MetaModelComparison.Entries, .. StartComparison.Entries, .. SocketComparison.Entries, .. WireToWireComparison.Entries, .. TlsComparison.Entries, .. WholeWayComparison.Entries, .. NativeComparison.Entries];
}
