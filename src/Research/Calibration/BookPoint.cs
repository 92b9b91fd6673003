using LatencyEngine.Model;

namespace LatencyEngine.Research;

/// <summary>The top of a book after one message.</summary>
/// <param name="Nanos">When it was received, ns since 1970.</param>
/// <param name="Top">Best bid and ask; default while the book cannot be used or has an empty side.</param>
internal readonly record struct BookPoint(long Nanos, BookTop Top)
{
    public bool IsUsable => Top.BidQty.Lots != 0;

    public double MidTicks => Top.TwiceMidTicks * 0.5;
}
