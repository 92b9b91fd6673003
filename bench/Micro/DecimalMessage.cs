namespace LatencyEngine.Micro;

/// <summary>A decoded book or trade message the way a program without fixed point holds it; filled in place, valid until the next decode.</summary>
internal sealed class DecimalMessage
{
    public string Topic { get; set; } = "";

    public bool IsSnapshot { get; set; }

    public long PushMillis { get; set; }

    public long MatchMillis { get; set; }

    public long UpdateId { get; set; }

    public long Sequence { get; set; }

    public List<DecimalLevel> Bids { get; } = [];

    public List<DecimalLevel> Asks { get; } = [];

    public List<DecimalTrade> Trades { get; } = [];
}

/// <summary>One level of a book message.</summary>
internal readonly record struct DecimalLevel(decimal Price, decimal Qty);

/// <summary>One trade.</summary>
internal readonly record struct DecimalTrade(decimal Price, decimal Qty, string TakerSide, long MatchMillis, long Sequence, string Id, bool IsBlockTrade, bool IsRpi);
