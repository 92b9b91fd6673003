using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>The names that the venue's channels have in the inbound ring.</summary>
internal static class InboundKinds
{
    /// <summary>The kind of a frame that arrives on a channel.</summary>
    public static InboundKind Of(DeliveryChannel channel) => channel switch
    {
        DeliveryChannel.Public => InboundKind.PublicFrame,
        DeliveryChannel.Private => InboundKind.PrivateFrame,
        DeliveryChannel.Trade => InboundKind.TradeFrame,
        DeliveryChannel.Tick => InboundKind.Tick,
        DeliveryChannel.LookUpRows => InboundKind.LookUpRows,
        DeliveryChannel.LookUpEnd => InboundKind.LookUpEnd,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "an unknown delivery channel"),
    };

    /// <summary>The channel of a look-up's frame.</summary>
    public static DeliveryChannel ChannelOf(InboundKind kind) => kind == InboundKind.LookUpEnd ? DeliveryChannel.LookUpEnd : DeliveryChannel.LookUpRows;
}
