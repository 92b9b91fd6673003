namespace LatencyEngine.Model;

/// <summary>The side of an order or a trade's taker.</summary>
public enum Side : byte
{
    /// <summary>Not set; never a valid side.</summary>
    Unset = 0,

    /// <summary>Buys: a bid.</summary>
    Buy = 1,

    /// <summary>Sells: an ask.</summary>
    Sell = 2,
}

/// <summary>What follows from a side.</summary>
public static class SideExtensions
{
    extension(Side side)
    {
        /// <summary>+1 for a buy, -1 for a sell, 0 when unset.</summary>
        public int Sign => side == Side.Buy ? 1 : side == Side.Sell ? -1 : 0;

        /// <summary>The other side; unset stays unset.</summary>
        public Side Opposite => side == Side.Buy ? Side.Sell : side == Side.Sell ? Side.Buy : Side.Unset;
    }
}
