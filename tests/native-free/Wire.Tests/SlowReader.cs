using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

/// <summary>The decoder's slow, obvious twin, which shares no line with it: System.Text.Json for the syntax, <see cref="BigInteger"/> and <see cref="decimal"/> for the numbers, exceptions for refusals. It writes what it read in the form of <see cref="Decoded"/>.</summary>
/// <remarks>
/// Its rules are the decoder's documented contract. Where System.Text.Json and the decoder may differ and both be right:
/// bytes are read as Latin-1, one character a byte, because the decoder does not ask whether texts are UTF-8;
/// a text with escapes is read as a value only up to 64 characters and only when every escape stands for ASCII;
/// a wanted name that occurs twice in one object is refused, any other may repeat;
/// a value that is passed over may hold 32 containers inside each other, and one that is read late (data before its topic) counts as such;
/// rows beyond what the outputs can hold are refused, with <see cref="Refused"/> for that and for malformed alike.
/// </remarks>
internal sealed partial class SlowReader(InstrumentTable instruments)
{
    /// <summary>What <see cref="Read"/> says of a frame that is not to be used.</summary>
    public const string Refused = "Malformed";

    private const int EscapedTextMax = 64;
    private const int SkippedDepthMax = 32;
    private const int RowsMax = 512;
    private const int KlinesMax = 16;
    private const int LevelsPerSideMax = 2_000;
    private const int TradesMax = 1_024;

    private readonly Dictionary<string, InstrumentSpec> _instruments =
        Enumerable.Range(0, instruments.Count).Select(i => instruments[new InstrumentId(i)]).ToDictionary(spec => spec.Symbol);

    /// <summary>Reads a frame about the instruments of <see cref="Instruments"/>.</summary>
    public static string Text(Socket socket, byte[] frame) => new SlowReader(Instruments.Table).Read(socket, frame);

    /// <summary>Every value of a frame, or <see cref="Refused"/>.</summary>
    public string Read(Socket socket, ReadOnlySpan<byte> frame)
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
            return Refused;
        }
    }

    private string Stream(JsonElement root, Socket socket)
    {
        Dictionary<string, JsonElement> envelope = Members(root, "topic", "type", "ts", "data", "cts", "cs", "creationTime", "op", "success");
        if (!envelope.TryGetValue("topic", out JsonElement topicElement))
        {
            Require(envelope.ContainsKey("op") || envelope.ContainsKey("success"));
            return "Control";
        }

        string topic = String(topicElement);
        Require(envelope.ContainsKey("data"));
        bool isLate = root.EnumerateObject().Select(Name).First(name => name is "topic" or "data") == "data";
        Require(!isLate || Depth(envelope["data"]) <= SkippedDepthMax);
        return socket == Socket.Public ? Public(topic, envelope) : Private(topic, envelope);
    }

    private string Public(string topic, Dictionary<string, JsonElement> envelope)
    {
        Match match = PublicTopic().Match(topic);
        JsonElement data = envelope["data"];
        if (!match.Success || !_instruments.TryGetValue(match.Groups["symbol"].Value, out InstrumentSpec? spec))
        {
            Require(Depth(data) <= SkippedDepthMax);
            return match.Success ? "UnknownSymbol" : "Unused";
        }

        switch (match.Groups["name"].Value)
        {
            case "publicTrade":
                RequireRows(data, TradesMax);
                string trades = string.Concat(data.EnumerateArray().Select(row => PublicTrade(row, spec)));
                return $"Trades {spec.Symbol} ts={Millis(envelope, "ts")}{trades}";
            case "tickers":
                return Ticker(data, spec, envelope);
            case "kline":
                RequireRows(data, KlinesMax);
                string interval = Interval(match.Groups["interval"].Value);
                return "Klines" + string.Concat(data.EnumerateArray().Select(row => Kline(row, spec, interval, envelope))) + Ignored(Millis(envelope, "ts"));
            case "allLiquidation":
                RequireRows(data, RowsMax);
                return "Liquidations" + string.Concat(data.EnumerateArray().Select(row => Liquidation(row, spec, envelope))) + Ignored(Millis(envelope, "ts"));
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
        RequireRows(levels, LevelsPerSideMax);
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

    private static string Kline(JsonElement element, InstrumentSpec spec, string interval, Dictionary<string, JsonElement> envelope)
    {
        Dictionary<string, JsonElement> row = Members(element, "start", "end", "interval", "open", "close", "high", "low", "volume", "turnover", "confirm", "timestamp");
        Require(Interval(String(Get(row, "interval"))) == interval);
        string Value(string key) => Decoded.Number(Rounded(Get(row, key), decimals: 8));
        string Sum(string key) => Decoded.Number(Rounded(Get(row, key), decimals: 4));
        return $" [{spec.Symbol} {interval} {Flag(row, "confirm")} {Millis(row, "start")} {Millis(row, "end")} {Value("open")} {Value("high")} {Value("low")} {Value("close")} {Sum("volume")} {Sum("turnover")} {Millis(row, "timestamp")} {Millis(envelope, "ts")}]";
    }

    private static string Interval(string text) => text switch
    {
        "1" => "OneMinute",
        "3" => "ThreeMinutes",
        "5" => "FiveMinutes",
        "15" => "FifteenMinutes",
        "30" => "ThirtyMinutes",
        "60" => "OneHour",
        "120" => "TwoHours",
        "240" => "FourHours",
        "360" => "SixHours",
        "720" => "TwelveHours",
        "D" => "Day",
        "W" => "Week",
        "M" => "Month",
        _ => "Other",
    };

    private static string Liquidation(JsonElement element, InstrumentSpec spec, Dictionary<string, JsonElement> envelope)
    {
        Dictionary<string, JsonElement> row = Members(element, "T", "s", "S", "v", "p");
        Require(String(Get(row, "s")) == spec.Symbol);
        decimal qty = Qty(Get(row, "v"), spec);
        Require(qty > 0);
        return $" [{spec.Symbol} {Side(Get(row, "S"))} {Decoded.Number(qty)} {Decoded.Number(Rounded(Get(row, "p"), decimals: 8))} {Millis(row, "T")} {Millis(envelope, "ts")}]";
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

    private string Private(string topic, Dictionary<string, JsonElement> envelope)
    {
        JsonElement data = envelope["data"];
        string name = topic.EndsWith(".linear", StringComparison.Ordinal) ? topic[..^".linear".Length] : topic;
        if (name is not ("order" or "execution" or "execution.fast" or "position" or "wallet"))
        {
            Require(Depth(data) <= SkippedDepthMax);
            return "Unused";
        }

        Require(data.ValueKind == JsonValueKind.Array);
        return name switch
        {
            "order" => "Orders" + Rows(data, Order),
            "execution" => "Executions" + Rows(data, Execution),
            "execution.fast" => "FastExecutions" + Rows(data, FastExecution),
            "position" => Positions(data, Millis(envelope, "creationTime")),
            _ => Wallet(data, envelope),
        };
    }

    private static string Rows(JsonElement data, Func<JsonElement, string> read)
    {
        string[] rows = [.. data.EnumerateArray().Select(read).Where(row => row.Length > 0)];
        Require(rows.Length <= RowsMax);
        return string.Concat(rows);
    }

    private string Order(JsonElement element)
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
        Require(price / tick < 1L << 53 && price <= 92_233_720_368.54775807m);
        return $" [{spec.Symbol} {VenueId(orderId)} {ClientId(OptionalString(row, "orderLinkId"))} {Side(Get(row, "side"))} {status} {cancelType} {rejectReason} {Flag(row, "reduceOnly")} {Decoded.Number(price)} {Decoded.Number(Qty(Get(row, "qty"), spec))} {Decoded.Number(Qty(Get(row, "leavesQty"), spec))} {Decoded.Number(Qty(Get(row, "cumExecQty"), spec))} {Millis(row, "updatedTime")}]";
    }

    private string Execution(JsonElement element)
    {
        Dictionary<string, JsonElement> row = Members(
            element, "category", "symbol", "orderId", "orderLinkId", "side", "execId", "execType", "isMaker", "execPrice", "execQty", "leavesQty", "execFee", "seq", "execTime", "extraFees");
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
        decimal fee = E8(Get(row, "execFee"), isSigned: true);
        if (Carries(row, "extraFees"))
        {
            Require(row["extraFees"].ValueKind == JsonValueKind.Array);
            foreach (JsonElement extra in row["extraFees"].EnumerateArray())
            {
                Require(extra.ValueKind == JsonValueKind.Object);
                Dictionary<string, JsonElement> members = Members(extra, "feeCoin", "fee");
                if (!Carries(members, "feeCoin") || !Carries(members, "fee")) continue;
                if (String(members["feeCoin"]) == "USDT") fee += E8(Get(members, "fee"), isSigned: true);
                Require(fee is >= -92_233_720_368.54775808m and <= 92_233_720_368.54775807m);
            }
        }

        return $" [{spec.Symbol} {VenueId(String(Get(row, "orderId")))} {ClientId(OptionalString(row, "orderLinkId"))} {VenueId(executionId)} {type} {side} {Flag(row, "isMaker")} {Decoded.Number(E8(Get(row, "execPrice")))} {Decoded.Number(Qty(Get(row, "execQty"), spec))} {Decoded.Number(leaves)} {Decoded.Number(fee)} {sequence} {Millis(row, "execTime")}]";
    }

    private string FastExecution(JsonElement element)
    {
        Dictionary<string, JsonElement> row = Members(element, "category", "symbol", "orderId", "orderLinkId", "side", "execId", "isMaker", "execPrice", "execQty", "seq", "execTime");
        if (RowInstrument(row) is not { } spec) return "";
        string executionId = String(Get(row, "execId"));
        Require(executionId.Length > 0);
        long sequence = Carries(row, "seq") ? Integer(row["seq"]) : 0;
        return $" [{spec.Symbol} {VenueId(String(Get(row, "orderId")))} {ClientId(OptionalString(row, "orderLinkId"))} {VenueId(executionId)} {Side(Get(row, "side"))} {Flag(row, "isMaker")} {Decoded.Number(E8(Get(row, "execPrice")))} {Decoded.Number(Qty(Get(row, "execQty"), spec))} {sequence} {Millis(row, "execTime")}]";
    }

    private string Positions(JsonElement data, long createdMillis) => "Positions" + Rows(data, row => Position(row, createdMillis));

    private string Position(JsonElement element, long createdMillis)
    {
        Dictionary<string, JsonElement> row = Members(
            element, "category", "symbol", "positionIdx", "side", "size", "entryPrice", "markPrice", "liqPrice", "cumRealisedPnl", "positionStatus", "seq");
        if (RowInstrument(row) is not { } spec) return "";
        if (Carries(row, "positionIdx") && Integer(row["positionIdx"]) != 0) return $" [{spec.Symbol} 0 0 0 0 0 HedgeMode 0 {createdMillis}]";
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
                Require(new[] { "locked", "bonus" }.Sum(key => Carries(row, key) ? E8(row[key], isSigned: true) : 0) is >= -92_233_720_368.54775808m and <= 92_233_720_368.54775807m);
                usdt = $"{Decoded.Number(E8(Get(row, "walletBalance"), isSigned: true))} {Decoded.Number(E8(Get(row, "equity"), isSigned: true))} {Optional("totalPositionIM")} {Optional("totalOrderIM")} {Optional("locked", "bonus")}";
            }
        }

        return usdt.Length == 0 ? "Unused" : $"Wallet {usdt} {Millis(envelope, "creationTime")}";
    }

    private static string Trade(JsonElement root)
    {
        Dictionary<string, JsonElement> reply = Members(root, "reqId", "retCode", "op", "data", "header");
        Require(!reply.TryGetValue("data", out JsonElement outcome) || Depth(outcome) <= SkippedDepthMax);
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
        Dictionary<string, JsonElement> header = Carries(reply, "header") ? Members(reply["header"], "X-Bapi-Limit", "X-Bapi-Limit-Status", "X-Bapi-Limit-Reset-Timestamp", "Timenow") : [];
        long left = Carries(header, "X-Bapi-Limit-Status") ? Integer(header["X-Bapi-Limit-Status"]) : -1;
        Require(!Carries(header, "X-Bapi-Limit-Status") || left is >= 0 and <= int.MaxValue);
        long perSecond = Carries(header, "X-Bapi-Limit") ? Integer(header["X-Bapi-Limit"]) : 0;
        Require(perSecond is >= 0 and <= int.MaxValue);
        long reset = left == 0 && Carries(header, "X-Bapi-Limit-Reset-Timestamp") ? Millis(header["X-Bapi-Limit-Reset-Timestamp"]) : 0;
        long now = Carries(header, "Timenow") ? Millis(header["Timenow"]) : 0;
        return $"Ack {requestId} {action} {returnCode} {ClientId(OptionalString(data, "orderLinkId"))} {VenueId(OptionalString(data, "orderId"))} left={left} of {perSecond} until {reset} {now}";
    }

    private InstrumentSpec? RowInstrument(Dictionary<string, JsonElement> row)
    {
        string category = String(Get(row, "category"));
        _instruments.TryGetValue(String(Get(row, "symbol")), out InstrumentSpec? spec);
        return category == "linear" ? spec : null;
    }

    private static Dictionary<string, JsonElement> Members(JsonElement element, params string[] wanted)
    {
        Require(element.ValueKind == JsonValueKind.Object);
        var members = new Dictionary<string, JsonElement>();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = Name(property);
            bool isWanted = wanted.Contains(name);
            if (isWanted) Require(members.TryAdd(name, property.Value));

            // These are read element by element where they are wanted, and so are not values passed over.
            if (!isWanted || name is not ("data" or "b" or "a")) Require(Depth(property.Value) <= SkippedDepthMax);
        }

        return members;
    }

    private static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return ""; // half a surrogate pair: nobody's name
        }
    }

    private static void RequireRows(JsonElement rows, int max) => Require(rows.ValueKind == JsonValueKind.Array && rows.GetArrayLength() <= max);

    private static int Depth(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => 1 + element.EnumerateObject().Select(member => Depth(member.Value)).DefaultIfEmpty().Max(),
        JsonValueKind.Array => 1 + element.EnumerateArray().Select(Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private static string Ignored(long _) => "";

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
        Require(UnsignedDecimal().IsMatch(text));
        (BigInteger digits, int decimals) = Digits(text);

        // Nine decimals hold any step; what is left beyond them must be padding.
        (BigInteger units, BigInteger rest) = BigInteger.DivRem(digits * BigInteger.Pow(10, 9), BigInteger.Pow(10, decimals));
        Require(rest.IsZero && units <= (BigInteger)long.MaxValue * 10);
        decimal value = (decimal)units / 1e9m;
        Require(value % step == 0 && value / step < 1L << 53);
        return value;
    }

    private static decimal E8(JsonElement element, bool isSigned = false)
    {
        string text = String(element);
        bool isNegative = isSigned && text.StartsWith('-');
        decimal value = Rounded(isNegative ? text[1..] : text, decimals: 8);
        return isNegative ? -value : value;
    }

    private static decimal Rounded(JsonElement element, int decimals) => Rounded(String(element), decimals);

    /// <summary>Half-even at a number of decimals, and no more than fits 64 bits there.</summary>
    private static decimal Rounded(string text, int decimals)
    {
        Require(UnsignedDecimal().IsMatch(text));
        (BigInteger digits, int printed) = Digits(text);
        BigInteger divisor = BigInteger.Pow(10, printed);
        (BigInteger units, BigInteger rest) = BigInteger.DivRem(digits * BigInteger.Pow(10, decimals), divisor);
        int half = (rest * 2).CompareTo(divisor);
        if (half > 0 || (half == 0 && !units.IsEven)) units++;
        Require(units <= long.MaxValue);
        return (decimal)units / (decimal)BigInteger.Pow(10, decimals);
    }

    private static (BigInteger Digits, int Decimals) Digits(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        return (BigInteger.Parse(text.Replace(".", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture), point < 0 ? 0 : text.Length - point - 1);
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

    [GeneratedRegex(@"^(?:(?<name>orderbook)\.(?<depth>1|50|200|1000)|(?<name>publicTrade)|(?<name>tickers)|(?<name>allLiquidation)|(?<name>kline)\.(?<interval>[^.]*))\.(?<symbol>[\s\S]*)\z")]
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
