using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

/// <summary>The decoder's slow, obvious twin: System.Text.Json for the syntax, <see cref="decimal"/> for the numbers, exceptions for refusals. It writes what it read in the form of <see cref="Decoded"/>.</summary>
/// <remarks>Bytes are read as Latin-1, one character a byte, because the decoder does not ask whether texts are UTF-8 either.</remarks>
internal static partial class SlowReader
{
    private const int EscapedTextMax = 64;

    public static string Text(Socket socket, byte[] frame)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.Latin1.GetString(frame));
            JsonElement root = document.RootElement;
            Require(root.ValueKind == JsonValueKind.Object);
            return socket == Socket.Trade ? Trade(root) : Stream(root, socket);
        }
        catch (Exception refusal) when (refusal is RefusedException or JsonException)
        {
            return "Malformed";
        }
    }

    private static string Stream(JsonElement root, Socket socket)
    {
        Dictionary<string, JsonElement> envelope = Members(root, "topic", "type", "ts", "data", "cts", "cs", "creationTime", "op", "success");
        if (!envelope.TryGetValue("topic", out JsonElement topicElement))
        {
            Require(envelope.ContainsKey("op") || envelope.ContainsKey("success"));
            return "Control";
        }

        string topic = String(topicElement);
        Require(envelope.ContainsKey("data"));
        return socket == Socket.Public ? Public(topic, envelope) : Private(topic, envelope);
    }

    private static string Public(string topic, Dictionary<string, JsonElement> envelope)
    {
        Match match = PublicTopic().Match(topic);
        if (!match.Success) return "Unused";
        InstrumentSpec? found = Find(match.Groups["symbol"].Value);
        if (found is not { } spec) return "UnknownSymbol";
        JsonElement data = envelope["data"];
        switch (match.Groups["name"].Value)
        {
            case "publicTrade":
                Require(data.ValueKind == JsonValueKind.Array);
                string trades = string.Concat(data.EnumerateArray().Select(row => PublicTrade(row, spec)));
                return $"Trades {spec.Symbol} ts={Millis(envelope, "ts")}{trades}";
            case "tickers":
                return Ticker(data, spec, envelope);
            default:
                int depth = int.Parse(match.Groups["depth"].Value, CultureInfo.InvariantCulture);
                Dictionary<string, JsonElement> book = Members(data, "s", "b", "a", "u", "seq");
                Require(String(Get(book, "s")) == spec.Symbol);
                bool isSnapshot = IsSnapshot(envelope);
                Require(isSnapshot || depth > 1);
                return $"Book {spec.Symbol} {depth} snapshot={isSnapshot} u={Integer(Get(book, "u"))} seq={Integer(Get(book, "seq"))} cts={Millis(envelope, "cts")} ts={Millis(envelope, "ts")} b=[{Levels(Get(book, "b"), spec)}] a=[{Levels(Get(book, "a"), spec)}]";
        }
    }

    private static string Levels(JsonElement levels, InstrumentSpec spec)
    {
        Require(levels.ValueKind == JsonValueKind.Array);
        return string.Join(' ', levels.EnumerateArray().Select(level =>
        {
            Require(level.ValueKind == JsonValueKind.Array && level.GetArrayLength() == 2);
            decimal price = Price(level[0], spec);
            Require(price > 0);
            return Decoded.Number(price) + "x" + Decoded.Number(Qty(level[1], spec));
        }));
    }

    private static string PublicTrade(JsonElement element, InstrumentSpec spec)
    {
        Dictionary<string, JsonElement> row = Members(element, "T", "s", "S", "v", "p", "i", "BT", "RPI", "seq");
        Require(String(Get(row, "s")) == spec.Symbol);
        decimal price = Price(Get(row, "p"), spec);
        decimal qty = Qty(Get(row, "v"), spec);
        Require(price > 0 && qty > 0);
        JsonElement id = Get(row, "i");
        Require(id.ValueKind == JsonValueKind.String && id.GetRawText().Length > 2 && !id.GetRawText().Contains('\\', StringComparison.Ordinal));
        return $" [{Decoded.Number(price)}x{Decoded.Number(qty)} {Side(Get(row, "S"))} T={Millis(row, "T")} seq={Integer(Get(row, "seq"))} i={String(id)} {Flag(row, "BT")} {Flag(row, "RPI")}]";
    }

    private static string Ticker(JsonElement data, InstrumentSpec spec, Dictionary<string, JsonElement> envelope)
    {
        Dictionary<string, JsonElement> row = Members(
            data, "symbol", "lastPrice", "markPrice", "indexPrice", "fundingRate", "nextFundingTime", "bid1Price", "bid1Size", "ask1Price", "ask1Size", "openInterest");
        Require(String(Get(row, "symbol")) == spec.Symbol);
        var text = new StringBuilder($"Ticker {spec.Symbol} snapshot={IsSnapshot(envelope)} cs={Integer(Get(envelope, "cs"))} ts={Millis(envelope, "ts")}");
        void Add(string name, string key, Func<JsonElement, string> read)
        {
            if (Carries(row, key)) text.Append(' ').Append(name).Append('=').Append(read(row[key]));
        }

        Add("LastPrice", "lastPrice", value => Decoded.Number(Price(value, spec)));
        Add("MarkPrice", "markPrice", value => Decoded.Number(E8(value)));
        Add("IndexPrice", "indexPrice", value => Decoded.Number(E8(value)));
        Add("FundingRate", "fundingRate", value => Decoded.Number(E8(value, isSigned: true)));
        Add("NextFundingTime", "nextFundingTime", value => Millis(value).ToString(CultureInfo.InvariantCulture));
        Add("BidPrice", "bid1Price", value => Decoded.Number(Price(value, spec)));
        Add("BidQty", "bid1Size", value => Decoded.Number(Qty(value, spec)));
        Add("AskPrice", "ask1Price", value => Decoded.Number(Price(value, spec)));
        Add("AskQty", "ask1Size", value => Decoded.Number(Qty(value, spec)));
        string all = text.ToString();
        try
        {
            Add("OpenInterest", "openInterest", value => Decoded.Number(E8(value)));
            return text.ToString();
        }
        catch (RefusedException)
        {
            return all; // the one field that is left out when it cannot be held
        }
    }

    private static string Private(string topic, Dictionary<string, JsonElement> envelope)
    {
        JsonElement data = envelope["data"];
        string name = topic.EndsWith(".linear", StringComparison.Ordinal) ? topic[..^".linear".Length] : topic;
        if (name is not ("order" or "execution" or "position" or "wallet")) return "Unused";
        Require(data.ValueKind == JsonValueKind.Array);
        return name switch
        {
            "order" => "Orders" + string.Concat(data.EnumerateArray().Select(Order)),
            "execution" => "Executions" + string.Concat(data.EnumerateArray().Select(Execution)),
            "position" => Positions(data, Millis(envelope, "creationTime")),
            _ => Wallet(data, envelope),
        };
    }

    private static string Order(JsonElement element)
    {
        Dictionary<string, JsonElement> row = Members(
            element, "category", "symbol", "orderId", "orderLinkId", "side", "orderStatus", "cancelType", "rejectReason", "reduceOnly", "price", "qty", "leavesQty", "cumExecQty", "updatedTime");
        if (RowInstrument(row) is not { } spec) return "";
        string orderId = String(Get(row, "orderId"));
        Require(orderId.Length > 0);
        string status = String(Get(row, "orderStatus"));
        if (!Enum.IsDefined(typeof(OrderStatus), status) || status is "Unset") status = "Other";
        string cancelType = OptionalString(row, "cancelType") switch
        {
            "" or "UNKNOWN" => "None",
            "CancelByUser" => "ByUser",
            "CancelByReduceOnly" => "ByReduceOnly",
            "CancelByPrepareLiq" or "CancelAllBeforeLiq" => "BeforeLiquidation",
            "CancelByDCP" => "ByDisconnectProtection",
            "CancelBySmp" => "BySelfMatchPrevention",
            "CancelByAdmin" => "ByAdmin",
            _ => "Other",
        };
        string rejectReason = OptionalString(row, "rejectReason") switch
        {
            "" or "EC_NoError" => "None",
            "EC_PerCancelRequest" => "PerCancelRequest",
            "EC_PostOnlyWillTakeLiquidity" => "PostOnlyWillTake",
            "EC_OrigClOrdIDDoesNotExist" => "CancelTooLate",
            "EC_NoImmediateQtyToFill" or "EC_NoEnoughQtyToFill" or "EC_CancelForNoFullFill" => "NothingToFill",
            _ => "Other",
        };
        decimal tick = spec.TickE8 / 1e8m;
        JsonElement priceElement = Get(row, "price");
        decimal price = String(priceElement).Length == 0 ? 0 : Math.Round(E8(priceElement) / tick, MidpointRounding.ToEven) * tick;
        Require(price / tick < 1L << 53);
        return $" [{spec.Symbol} {VenueId(orderId)} {ClientId(OptionalString(row, "orderLinkId"))} {Side(Get(row, "side"))} {status} {cancelType} {rejectReason} {Flag(row, "reduceOnly")} {Decoded.Number(price)} {Decoded.Number(Qty(Get(row, "qty"), spec))} {Decoded.Number(Qty(Get(row, "leavesQty"), spec))} {Decoded.Number(Qty(Get(row, "cumExecQty"), spec))} {Millis(row, "updatedTime")}]";
    }

    private static string Execution(JsonElement element)
    {
        Dictionary<string, JsonElement> row = Members(
            element, "category", "symbol", "orderId", "orderLinkId", "side", "execId", "execType", "isMaker", "execPrice", "execQty", "leavesQty", "execFee", "seq", "execTime");
        if (RowInstrument(row) is not { } spec) return "";
        string executionId = String(Get(row, "execId"));
        Require(executionId.Length > 0);
        string type = String(Get(row, "execType"));
        if (type is not ("Trade" or "Funding" or "BustTrade" or "AdlTrade")) type = "Other";
        string side;
        try
        {
            side = Side(Get(row, "side"));
        }
        catch (RefusedException) when (type is "Funding" or "Other")
        {
            side = "Unset";
        }

        decimal leaves = Carries(row, "leavesQty") ? Qty(row["leavesQty"], spec) : 0;
        long sequence = Carries(row, "seq") ? Integer(row["seq"]) : 0;
        return $" [{spec.Symbol} {VenueId(String(Get(row, "orderId")))} {ClientId(OptionalString(row, "orderLinkId"))} {VenueId(executionId)} {type} {side} {Flag(row, "isMaker")} {Decoded.Number(E8(Get(row, "execPrice")))} {Decoded.Number(Qty(Get(row, "execQty"), spec))} {Decoded.Number(leaves)} {Decoded.Number(E8(Get(row, "execFee"), isSigned: true))} {sequence} {Millis(row, "execTime")}]";
    }

    private static string Positions(JsonElement data, long createdMillis) => "Positions" + string.Concat(data.EnumerateArray().Select(row => Position(row, createdMillis)));

    private static string Position(JsonElement element, long createdMillis)
    {
        Dictionary<string, JsonElement> row = Members(
            element, "category", "symbol", "positionIdx", "side", "size", "entryPrice", "markPrice", "liqPrice", "cumRealisedPnl", "positionStatus", "seq");
        if (RowInstrument(row) is not { } spec) return "";
        if (Carries(row, "positionIdx") && Integer(row["positionIdx"]) != 0) return "";
        decimal size = Qty(Get(row, "size"), spec);
        string side = OptionalString(row, "side");
        Require(side is "Buy" or "Sell" || (size == 0 && side is "" or "None"));
        if (side == "Sell") size = -size;
        string status = String(Get(row, "positionStatus")) switch { "Normal" => "Normal", "Liq" => "Liquidation", "Adl" => "AutoDeleveraging", _ => "Other" };
        string Optional(string key) => Decoded.Number(Carries(row, key) ? E8(row[key]) : 0);
        long sequence = Carries(row, "seq") ? Integer(row["seq"]) : 0;
        return $" [{spec.Symbol} {Decoded.Number(size)} {Optional("entryPrice")} {Optional("markPrice")} {Optional("liqPrice")} {Decoded.Number(E8(Get(row, "cumRealisedPnl"), isSigned: true))} {status} {sequence} {createdMillis}]";
    }

    private static string Wallet(JsonElement data, Dictionary<string, JsonElement> envelope)
    {
        string usdt = "";
        foreach (JsonElement account in data.EnumerateArray())
        {
            if (!Members(account, "coin").TryGetValue("coin", out JsonElement coins)) continue;
            Require(coins.ValueKind == JsonValueKind.Array);
            foreach (JsonElement coin in coins.EnumerateArray())
            {
                Dictionary<string, JsonElement> row = Members(coin, "coin", "walletBalance", "equity", "totalPositionIM", "totalOrderIM", "locked", "bonus");
                if (String(Get(row, "coin")) != "USDT") continue;
                Require(usdt.Length == 0);
                string Optional(params string[] keys) => Decoded.Number(keys.Select(key => Carries(row, key) ? E8(row[key], isSigned: true) : 0).Aggregate((left, right) => left + right));
                usdt = $"{Decoded.Number(E8(Get(row, "walletBalance"), isSigned: true))} {Decoded.Number(E8(Get(row, "equity"), isSigned: true))} {Optional("totalPositionIM")} {Optional("totalOrderIM")} {Optional("locked", "bonus")}";
            }
        }

        return usdt.Length == 0 ? "Unused" : $"Wallet {usdt} {Millis(envelope, "creationTime")}";
    }

    private static string Trade(JsonElement root)
    {
        Dictionary<string, JsonElement> reply = Members(root, "reqId", "retCode", "op", "data", "header");
        string requestId = OptionalString(reply, "reqId");
        if (!Regex.IsMatch(requestId, "^r[0-9a-f]{16}\\z") || requestId.EndsWith("00000000", StringComparison.Ordinal)) requestId = "none";
        string operation = OptionalString(reply, "op");
        bool isConnection = operation is "auth" or "ping" or "pong";
        if (!reply.TryGetValue("retCode", out JsonElement code))
        {
            Require(isConnection);
            return "Control";
        }

        long returnCode = Integer(code);
        Require(returnCode is >= int.MinValue and <= int.MaxValue);
        string action = operation switch { "order.create" => "Place", "order.amend" => "Amend", "order.cancel" => "Cancel", _ => "Unset" };
        if (operation.StartsWith("order.", StringComparison.Ordinal) && operation.EndsWith("-batch", StringComparison.Ordinal)) return "Unused";
        if (isConnection || (action == "Unset" && requestId == "none")) return "Control";
        Dictionary<string, JsonElement> data = Carries(reply, "data") ? Members(reply["data"], "orderId", "orderLinkId") : [];
        Dictionary<string, JsonElement> header = Carries(reply, "header") ? Members(reply["header"], "X-Bapi-Limit-Status", "Timenow") : [];
        long left = Carries(header, "X-Bapi-Limit-Status") ? Integer(header["X-Bapi-Limit-Status"]) : -1;
        Require(!Carries(header, "X-Bapi-Limit-Status") || left is >= 0 and <= int.MaxValue);
        long now = Carries(header, "Timenow") ? Millis(header["Timenow"]) : 0;
        return $"Ack {requestId} {action} {returnCode} {ClientId(OptionalString(data, "orderLinkId"))} {VenueId(OptionalString(data, "orderId"))} left={left} {now}";
    }

    private static InstrumentSpec? RowInstrument(Dictionary<string, JsonElement> row)
    {
        string category = String(Get(row, "category"));
        InstrumentSpec? spec = Find(String(Get(row, "symbol")));
        return category == "linear" ? spec : null;
    }

    private static InstrumentSpec? Find(string symbol) =>
        Enumerable.Range(0, Instruments.Table.Count).Select(i => Instruments.Table[new InstrumentId(i)]).FirstOrDefault(spec => spec.Symbol == symbol);

    private static Dictionary<string, JsonElement> Members(JsonElement element, params string[] wanted)
    {
        Require(element.ValueKind == JsonValueKind.Object);
        var members = new Dictionary<string, JsonElement>();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException)
            {
                continue; // half a surrogate pair: nobody's name
            }

            if (wanted.Contains(name)) Require(members.TryAdd(name, property.Value));
        }

        return members;
    }

    private static JsonElement Get(Dictionary<string, JsonElement> members, string key) => members.TryGetValue(key, out JsonElement value) ? value : throw new RefusedException();

    private static bool Carries(Dictionary<string, JsonElement> members, string key) =>
        members.TryGetValue(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null && value.GetRawText() != "\"\"";

    private static string String(JsonElement element)
    {
        Require(element.ValueKind == JsonValueKind.String);
        string raw = element.GetRawText();
        if (!raw.Contains('\\', StringComparison.Ordinal)) return raw[1..^1];
        Require(!NonAsciiEscape().IsMatch(raw));
        string text = element.GetString()!;
        Require(text.Length <= EscapedTextMax);
        return text;
    }

    private static string OptionalString(Dictionary<string, JsonElement> members, string key) => Carries(members, key) ? String(members[key]) : "";

    private static long Integer(JsonElement element)
    {
        string text = element.ValueKind == JsonValueKind.Number ? element.GetRawText() : String(element);
        Require(WholeNumber().IsMatch(text));
        Require(BigInteger.TryParse(text.Split('.')[0], CultureInfo.InvariantCulture, out BigInteger value) && BigInteger.Abs(value) <= long.MaxValue);
        return (long)value;
    }

    private static long Millis(Dictionary<string, JsonElement> members, string key) => Millis(Get(members, key));

    private static long Millis(JsonElement element)
    {
        long millis = Integer(element);
        Require(millis is >= 0 and <= 9_223_372_036_854);
        return millis;
    }

    private static decimal Price(JsonElement element, InstrumentSpec spec) => OnGrid(String(element), spec.TickE8 / 1e8m);

    private static decimal Qty(JsonElement element, InstrumentSpec spec) => OnGrid(String(element), spec.LotE8 / 1e8m);

    private static decimal OnGrid(string text, decimal step)
    {
        decimal value = Unsigned(text);
        Require(value <= 92_233_720_368.54775807m && value % step == 0 && value / step < 1L << 53);
        return value;
    }

    private static decimal E8(JsonElement element, bool isSigned = false)
    {
        string text = String(element);
        bool isNegative = isSigned && text.StartsWith('-');
        decimal value = Math.Round(Unsigned(isNegative ? text[1..] : text), 8, MidpointRounding.ToEven);
        Require(value <= 92_233_720_368.54775807m);
        return isNegative ? -value : value;
    }

    private static decimal Unsigned(string text)
    {
        // Beyond 28 characters decimal.Parse would round; nothing that long fits 64 bits at 1e-8 unless it is padded absurdly.
        Require(text.Length <= 28 && UnsignedDecimal().IsMatch(text));
        return decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
    }

    private static bool Flag(Dictionary<string, JsonElement> members, string key)
    {
        if (!members.TryGetValue(key, out JsonElement value)) return false;
        Require(value.ValueKind is JsonValueKind.True or JsonValueKind.False);
        return value.GetBoolean();
    }

    private static string Side(JsonElement element)
    {
        string side = String(element);
        Require(side is "Buy" or "Sell");
        return side;
    }

    private static bool IsSnapshot(Dictionary<string, JsonElement> envelope)
    {
        string type = String(Get(envelope, "type"));
        Require(type is "snapshot" or "delta");
        return type == "snapshot";
    }

    private static string ClientId(string text) => OwnOrderId().IsMatch(text) && !text.EndsWith("00000000", StringComparison.Ordinal) ? text : "none";

    private static string VenueId(string text)
    {
        if (text.Length == 0) return new string('0', 32);
        if (Uuid().IsMatch(text))
        {
            string digits = text.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
            if (digits != new string('0', 32)) return digits;
        }

        BigInteger modulus = BigInteger.One << 128;
        BigInteger hash = BigInteger.Parse("144066263297769815596495629667062367629", CultureInfo.InvariantCulture);
        foreach (char character in text) hash = ((hash ^ character) * ((BigInteger.One << 88) + 0x13B)) % modulus;
        return ((UInt128)hash).ToString("x32", CultureInfo.InvariantCulture);
    }

    private static void Require(bool holds)
    {
        if (!holds) throw new RefusedException();
    }

    [GeneratedRegex(@"^(?:(?<name>orderbook)\.(?<depth>1|50|200|1000)|(?<name>publicTrade)|(?<name>tickers))\.(?<symbol>[\s\S]*)\z")]
    private static partial Regex PublicTopic();

    [GeneratedRegex(@"(?<!\\)(?:\\\\)*\\u(?!00[0-7])")]
    private static partial Regex NonAsciiEscape();

    [GeneratedRegex(@"^-?[0-9]+(\.0+)?\z")]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?\z")]
    private static partial Regex UnsignedDecimal();

    [GeneratedRegex(@"^le[0-9a-f]{16}\z")]
    private static partial Regex OwnOrderId();

    [GeneratedRegex(@"^([0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\z")]
    private static partial Regex Uuid();

    /// <summary>The frame is not what V5 says.</summary>
    private sealed class RefusedException : Exception;
}
