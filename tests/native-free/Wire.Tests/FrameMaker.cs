using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

/// <summary>How far a made frame departs from what the venue prints.</summary>
internal enum Print
{
    /// <summary>Key order, spacing and members of the layout; every value sound.</summary>
    Usual,

    /// <summary>As usual, but now and then a value no grid or range allows, a text without meaning, or a member less.</summary>
    Doubtful,

    /// <summary>As doubtful, with white space, escapes, other key orders and members nobody asked for.</summary>
    Strange,
}

/// <summary>Makes messages of every topic: the layouts of <see cref="Frames"/>, with other values, rows, members and spacing. The same seed makes the same frames.</summary>
internal sealed class FrameMaker(Random random, InstrumentTable instruments)
{
    private static readonly string[] Statuses = ["New", "PartiallyFilled", "Filled", "Cancelled", "Rejected", "Untriggered", "Triggered", "Deactivated", "PartiallyFilledCanceled", "Unset"];
    private static readonly string[] CancelTypes =
        ["UNKNOWN", "", "CancelByUser", "CancelByReduceOnly", "CancelByPrepareLiq", "CancelAllBeforeLiq", "CancelByDCP", "CancelBySmp", "CancelByAdmin", "CancelByTpSlTsClear"];

    private static readonly string[] RejectReasons =
        ["EC_NoError", "", "EC_PerCancelRequest", "EC_PostOnlyWillTakeLiquidity", "EC_OrigClOrdIDDoesNotExist", "EC_NoImmediateQtyToFill", "EC_NoEnoughQtyToFill", "EC_CancelForNoFullFill", "EC_Others"];

    private static readonly string[] ExecutionTypes = ["Trade", "Trade", "Trade", "Funding", "BustTrade", "AdlTrade", "Settle"];
    private static readonly string[] PositionStatuses = ["Normal", "Normal", "Liq", "Adl", "Inactive"];
    private static readonly string[] Sides = ["Buy", "Sell"];
    private static readonly string[] Intervals = ["1", "3", "5", "15", "30", "60", "120", "240", "360", "720", "D", "W", "M", "7"];
    private static readonly string[] Operations = ["order.create", "order.amend", "order.cancel"];
    private static readonly int[] Depths = [1, 50, 200, 1_000];

    private static readonly (Socket Socket, JsonObject Layout)[] Layouts =
        [.. Frames.All.Append((Socket.Public, Frames.SpotTrade)).Append((Socket.Private, Frames.OrderWithParent)).Select(pair => (pair.Item1, JsonNode.Parse(pair.Item2)!.AsObject()))];

    private InstrumentSpec _spec = instruments[new InstrumentId(0)];
    private string _interval = "1";
    private Print _print;

    /// <summary>Number of layouts that <see cref="Make"/> knows.</summary>
    public static int LayoutCount => Layouts.Length;

    /// <summary>The layout of a book snapshot.</summary>
    public static int BookLayout => Array.FindIndex(Frames.All, pair => pair.Frame == Frames.BookSnapshot);

    /// <summary>Makes one message.</summary>
    /// <param name="layout">Which layout, below <see cref="LayoutCount"/>.</param>
    /// <param name="spec">The instrument it is about.</param>
    /// <param name="print">How it is printed.</param>
    /// <param name="levelsMax">Most levels a side of a book.</param>
    public (Socket Socket, byte[] Frame) Make(int layout, InstrumentSpec spec, Print print, int levelsMax)
    {
        _spec = spec;
        _print = print;
        _interval = Pick(Intervals);
        (Socket socket, JsonObject members) = Layouts[layout];
        var text = new StringBuilder();
        Write(text, members, "", levelsMax);
        return (socket, Encoding.Latin1.GetBytes(text.ToString()));
    }

    private void Write(StringBuilder text, JsonNode? node, string key, int levelsMax)
    {
        Space(text);
        switch (node)
        {
            case JsonObject members: WriteObject(text, members, levelsMax); break;
            case JsonArray { Count: > 0 } when key is "b" or "a": WriteLevels(text, levelsMax); break;
            case JsonArray { Count: > 0 } rows: WriteRows(text, rows, levelsMax); break;
            default: WriteValue(text, node, key); break;
        }

        Space(text);
    }

    private void WriteObject(StringBuilder text, JsonObject members, int levelsMax)
    {
        List<KeyValuePair<string, JsonNode?>> list = [.. members];
        if (list.Count > 0 && Doubtful(12)) list.RemoveAt(random.Next(list.Count));
        if (list.Exists(member => member.Key == "lastPrice" || member.Key == "markPrice") && Chance(2))
        {
            // A ticker's delta carries what changed.
            list.RemoveAll(member => member.Key != "symbol" && Chance(2));
        }

        if (_print == Print.Strange)
        {
            if (Chance(3)) random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));
            while (Chance(4)) list.Insert(random.Next(list.Count + 1), Unknown());
            if (list.Count > 0 && Chance(40)) list.Add(list[random.Next(list.Count)]);
        }

        text.Append('{');
        for (int i = 0; i < list.Count; i++)
        {
            if (i > 0) text.Append(',');
            Space(text);
            WriteText(text, list[i].Key);
            Space(text);
            text.Append(':');
            Write(text, list[i].Value, list[i].Key, levelsMax);
        }

        text.Append('}');
    }

    private void WriteRows(StringBuilder text, JsonArray rows, int levelsMax)
    {
        int count = Chance(8) ? random.Next(0, 5) : rows.Count;
        text.Append('[');
        for (int i = 0; i < count; i++)
        {
            if (i > 0) text.Append(',');
            Write(text, rows[i % rows.Count], "", levelsMax);
        }

        text.Append(']');
    }

    private void WriteLevels(StringBuilder text, int levelsMax)
    {
        int count = random.Next(4) switch { 0 => 0, 1 => levelsMax, _ => random.Next(levelsMax + 1) };
        text.Append('[');
        for (int i = 0; i < count; i++)
        {
            if (i > 0) text.Append(',');
            Space(text);
            text.Append('[');
            Space(text);
            WriteText(text, Grid(_spec.TickE8));
            Space(text);
            text.Append(',');
            Space(text);
            WriteText(text, Chance(3) ? "0" : Grid(_spec.LotE8));
            Space(text);
            text.Append(']');
            Space(text);
        }

        text.Append(']');
    }

    private void WriteValue(StringBuilder text, JsonNode? node, string key)
    {
        string? quoted = key == "topic" ? Topic(node!.GetValue<string>()) : Quoted(key);
        if (quoted is not null)
        {
            if (_print != Print.Usual && Chance(60)) quoted = "";
            WriteText(text, quoted);
            return;
        }

        string? bare = Bare(key);
        if (bare is not null)
        {
            // The same integers come bare and quoted (Bybit V5, 2).
            if (_print != Print.Usual && Chance(30)) WriteText(text, bare);
            else text.Append(bare);
            return;
        }

        if (node?.GetValueKind() == System.Text.Json.JsonValueKind.String) WriteText(text, node.GetValue<string>());
        else text.Append(node?.ToJsonString() ?? "null");
    }

    private string? Quoted(string key)
    {
        switch (key)
        {
            case "s" or "symbol": return Doubtful(40) ? "NOPEUSDT" : _spec.Symbol;
            case "p" or "price" or "lastPrice" or "bid1Price" or "ask1Price": return Grid(_spec.TickE8);
            case "v" or "qty" or "leavesQty" or "cumExecQty" or "execQty" or "size" or "bid1Size" or "ask1Size": return Grid(_spec.LotE8);
            case "markPrice" or "indexPrice" or "execPrice" or "entryPrice" or "liqPrice" or "open" or "close" or "high" or "low" or "openInterest" or "volume" or "turnover": return Decimal(isSigned: false);
            case "fundingRate" or "execFee" or "fee" or "cumRealisedPnl" or "walletBalance" or "equity" or "totalPositionIM" or "totalOrderIM" or "locked" or "bonus": return Decimal(isSigned: true);
            case "feeCoin": return Doubtful(4) ? "MNT" : "USDT";
            case "i" or "orderId" or "execId": return VenueId();
            case "orderLinkId": return Chance(3) ? VenueId() : $"le{Hex(8)}{Hex(8)}";
            case "reqId": return Chance(6) ? VenueId() : $"r{Hex(8)}{Hex(8)}";
            case "S" or "side": return Doubtful(20) ? "None" : Pick(Sides);
            case "orderStatus": return Pick(Statuses);
            case "cancelType": return Pick(CancelTypes);
            case "rejectReason": return Pick(RejectReasons);
            case "execType": return Pick(ExecutionTypes);
            case "positionStatus": return Pick(PositionStatuses);
            case "category": return Doubtful(20) ? "inverse" : "linear";
            case "interval": return Doubtful(30) ? Pick(Intervals) : _interval;
            case "type": return Chance(2) ? "snapshot" : "delta";
            case "op": return Chance(3) ? Pick(Operations) : null;
            case "updatedTime" or "execTime" or "nextFundingTime" or "Timenow" or "X-Bapi-Limit-Reset-Timestamp": return Millis();
            case "X-Bapi-Limit" or "X-Bapi-Limit-Status": return Integer(10);
            default: return null;
        }
    }

    private string? Bare(string key)
    {
        switch (key)
        {
            case "ts" or "cts" or "T" or "start" or "end" or "timestamp" or "creationTime": return Millis();
            case "u" or "seq" or "cs": return Integer(60);
            case "retCode": return Chance(2) ? "0" : Integer(18);
            case "positionIdx": return Chance(6) ? "1" : "0";
            case "BT" or "RPI" or "isMaker" or "reduceOnly" or "confirm": return Chance(2) ? "true" : "false";
            default: return null;
        }
    }

    private string Topic(string layout)
    {
        string[] parts = layout.Split('.');
        if (parts[0] == "orderbook") parts[1] = Pick(Depths).ToString(CultureInfo.InvariantCulture);
        if (parts[0] == "kline") parts[1] = _interval;
        if (parts[0] is "orderbook" or "kline" or "publicTrade" or "tickers" or "allLiquidation") parts[^1] = Doubtful(40) ? "NOPEUSDT" : _spec.Symbol;
        else if (Chance(3) && parts[^1] != "linear") parts = [.. parts, "linear"];
        return string.Join('.', parts);
    }

    /// <summary>A whole number of steps, of any size that is sound, padded or trimmed.</summary>
    private string Grid(long stepE8)
    {
        if (Doubtful(60)) return Odd();
        decimal count = Size(random.Next(1, 44));
        decimal value = count * stepE8 / 1e8m;
        while (value > 92_233_720_368m) value = Math.Floor(value / 1e4m / (stepE8 / 1e8m)) * (stepE8 / 1e8m);
        if (value == 0) value = stepE8 / 1e8m;
        return Padded(value);
    }

    private string Decimal(bool isSigned)
    {
        if (Doubtful(60)) return Odd();
        decimal value = Size(random.Next(0, 60)) / (decimal)Math.Pow(10, random.Next(0, 12));
        if (value > 92_233_720_368m) value = Math.Round(value / 1e9m, 9);
        return (isSigned && Chance(2) ? "-" : "") + Padded(value);
    }

    private string Padded(decimal value)
    {
        string text = value.ToString("0.###############", CultureInfo.InvariantCulture);
        if (Chance(3)) return text;
        int decimals = text.IndexOf('.', StringComparison.Ordinal) is var point && point < 0 ? 0 : text.Length - 1 - point;
        int wanted = Chance(20) ? random.Next(decimals, 40) : Math.Max(decimals, random.Next(1, 5));
        if (wanted > 0 && decimals == 0) text += ".";
        return text.PadRight(text.Length + wanted - decimals, '0');
    }

    /// <summary>A text that may not be a number, or one no field can hold.</summary>
    private string Odd() => random.Next(12) switch
    {
        0 => "0",
        1 => "-0",
        2 => "007." + Integer(20),
        3 => "9223372036854775807",
        4 => "92233720368.54775807",
        5 => "92233720368.547758075",
        6 => "1.",
        7 => ".5",
        8 => "1e5",
        9 => new string('0', random.Next(1, 60)) + Integer(30) + "." + new string('0', random.Next(1, 60)),
        10 => Integer(63) + "." + Integer(63),
        _ => Integer(30) + "." + Integer(40),
    };

    private string Millis() => Doubtful(60) ? Odd() : (1_600_000_000_000 + random.NextInt64(300_000_000_000)).ToString(CultureInfo.InvariantCulture);

    private string Integer(int bits) => Size(random.Next(0, bits)).ToString(CultureInfo.InvariantCulture);

    private long Size(int bits) => random.NextInt64(1L << bits);

    private string VenueId() => random.Next(_print == Print.Usual ? 8 : 16) switch
    {
        < 8 => Guid(),
        8 => "",
        9 => Guid().ToUpperInvariant(),
        10 => Guid().Replace("-", "", StringComparison.Ordinal),
        11 => Guid().Replace('-', '0'),
        12 => "00000000-0000-0000-0000-000000000000",
        13 => Integer(62),
        14 => new string('x', random.Next(1, 100)),
        _ => Guid()[..^1],
    };

    private string Guid()
    {
        string hex = Hex(8) + Hex(8) + Hex(8) + Hex(8);
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }

    private string Hex(int digits) => random.NextInt64(1L << 32).ToString($"x{digits}", CultureInfo.InvariantCulture);

    private KeyValuePair<string, JsonNode?> Unknown() => random.Next(6) switch
    {
        0 => KeyValuePair.Create("zz", JsonNode.Parse("""[[],{},-0.5e+10,true,false,null,"topic"]""")),
        1 => KeyValuePair.Create("", JsonNode.Parse("""{"data":[{"s":"y","b":[]}],"topic":"x"}""")),
        2 => KeyValuePair.Create("seqs", JsonNode.Parse("\"u\\u00e9\\n\\\"\"")),
        3 => KeyValuePair.Create(new string('k', random.Next(1, 80)), JsonNode.Parse("0")),
        4 => KeyValuePair.Create("symbo", JsonNode.Parse("-12.5E-3")),
        _ => KeyValuePair.Create("x" + Hex(1), JsonNode.Parse("\"" + new string('y', random.Next(0, 70)) + "\"")),
    };

    private void WriteText(StringBuilder text, string value)
    {
        text.Append('"');
        int escaped = _print == Print.Strange && Chance(25) && value.Length > 0 ? random.Next(value.Length) : -1;
        for (int i = 0; i < value.Length; i++)
        {
            char character = value[i];
            if (i == escaped || character < ' ') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else if (character is '"' or '\\') text.Append('\\').Append(character);
            else text.Append(character);
        }

        text.Append('"');
    }

    private void Space(StringBuilder text)
    {
        if (_print == Print.Strange && Chance(60)) text.Append(" \t\r\n"[random.Next(4)]);
    }

    private bool Doubtful(int oneIn) => _print != Print.Usual && Chance(oneIn);

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];
}
