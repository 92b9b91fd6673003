using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The public REST calls (Bybit V5, 13).</summary>
/// <remarks>
/// Only <c>linear</c> is traded: lists of the other categories are empty. Assumed: risk-limit rates are fractions, as in the captures of
/// 2026; <c>u</c> of a book that has no recorded update id is its cross sequence.
/// </remarks>
internal static class RestMarket
{
    private const int InstrumentsLimit = 500;
    private const int InstrumentsLimitMax = 1_000;
    private const int RiskSymbols = 15;
    private const int BookLimit = 25;
    private const int BookLimitMax = 1_000;
    private const int TradesLimit = 500;
    private const int CandlesLimit = 200;
    private const int FundingLimit = 200;

    private static readonly string[] OtherCategories = ["spot", "inverse", "option"];

    /// <summary>Instruments (Bybit V5, 13.1): the rows as they were read.</summary>
    public static Refusal? Instruments(RestRequest request)
    {
        if ((CheckCategory(request) ?? request.CheckNumber("limit", 1, InstrumentsLimitMax)) is { } refusal) return refusal;
        bool isOffered = request["category"] == "linear" && request.Matches("status", "Trading");
        if (isOffered && request.CheckSymbol(isRequired: false) is { } unknown) return unknown;
        List<SymbolMarket>? page = RestPage.Cut(
            request,
            isOffered ? Markets(request) : [],
            market => request.Matches("symbol", market.Symbol) && request.Matches("baseCoin", BaseCoin(market)),
            market => market.Symbol,
            InstrumentsLimit,
            out string nextCursor);
        if (page is null) return RestPage.BadCursor;
        request.Result.WriteString("category", request["category"]);
        request.Result.WriteStartArray("list");
        foreach (SymbolMarket market in page) request.Result.WriteRawValue(market.Instrument.Row, skipInputValidation: true);
        request.Result.WriteEndArray();
        request.Result.WriteString("nextPageCursor", nextCursor);
        return null;
    }

    /// <summary>Risk-limit tiers, fifteen symbols a page (Bybit V5, 13.2).</summary>
    public static Refusal? RiskLimits(RestRequest request)
    {
        if ((CheckCategory(request) ?? CheckTraded(request) ?? request.CheckNumber("limit", 1, RiskSymbols)) is { } refusal) return refusal;
        List<SymbolMarket>? page = RestPage.Cut(
            request, TradedMarkets(request), market => request.Matches("symbol", market.Symbol), market => market.Symbol, RiskSymbols, out string nextCursor);
        if (page is null) return RestPage.BadCursor;
        request.Result.WriteString("category", request["category"]);
        RestPage.WriteList(request.Result, page.SelectMany(market => market.Ladder.Tiers.Select(tier => (market.Symbol, tier))), WriteTier);
        request.Result.WriteString("nextPageCursor", nextCursor);
        return null;
    }

    /// <summary>The book, best levels first: as the topic of 1,000 levels has told it, with its <c>u</c>, where that is written (Bybit V5, 13); else as it stands.</summary>
    public static Refusal? Book(RestRequest request)
    {
        if ((request.CheckCategory() ?? request.CheckSymbol(isRequired: true) ?? request.CheckNumber("limit", 1, BookLimitMax)) is { } refusal) return refusal;
        SymbolMarket market = request.Venue.Market(request["symbol"]);
        var text = new PublicText(market.Instrument);
        int limit = (int)request.Number("limit", BookLimit);
        BookStream? told = market.DeepBook is { HasSnapshot: true } deep ? deep : null;
        IBookLevels book = told ?? market.PublicBook;
        request.Result.WriteString("s", market.Symbol);
        WriteLevels(request.Result, "a", book.Levels(bidSide: false).Take(limit), text);
        WriteLevels(request.Result, "b", book.Levels(bidSide: true).Take(limit), text);
        request.Result.WriteNumber("ts", request.NowMillis);
        request.Result.WriteNumber("u", told?.UpdateId ?? (market.Flow is null ? market.Recorded.Market.UpdateId : book.Sequence));
        request.Result.WriteNumber("seq", book.Sequence);
        request.Result.WriteNumber("cts", book.MatchedMillis);
        return null;
    }

    /// <summary>Tickers of one symbol or of all (Bybit V5, 13.3): what was recorded, else what the market itself knows.</summary>
    public static Refusal? Tickers(RestRequest request)
    {
        if ((CheckCategory(request) ?? CheckTraded(request)) is { } refusal) return refusal;
        request.Result.WriteString("category", request["category"]);
        RestPage.WriteList(request.Result, TradedMarkets(request).AsEnumerable().Reverse().Where(market => request.Matches("symbol", market.Symbol)), WriteTicker);
        return null;
    }

    /// <summary>Candles, newest first (Bybit V5, 13).</summary>
    public static Refusal? Candles(RestRequest request)
    {
        Refusal? refusal = (request.Has("category") ? request.CheckCategory() : null)
            ?? request.CheckSymbol(isRequired: true)
            ?? request.CheckNumber("limit", 1, 1_000)
            ?? request.CheckNumber("start", 0, long.MaxValue)
            ?? request.CheckNumber("end", 0, long.MaxValue);
        if (refusal is not null) return refusal;
        if (!CandleInterval.All.Any(one => one.Name == request["interval"])) return new Refusal(10001, "params error: interval invalid");

        SymbolMarket market = request.Venue.Market(request["symbol"]);
        (long start, long end) = (request.Number("start", 0), request.Number("end", long.MaxValue));
        request.Result.WriteString("symbol", market.Symbol);
        request.Result.WriteString("category", "linear");
        request.Result.WriteStartArray("list");
        RecentRows<Candle> own = market.Tape.Candles(new CandleInterval(request["interval"]));
        int limit = (int)request.Number("limit", CandlesLimit);
        int written = 0;
        foreach (Candle candle in own.NewestFirst().Where(candle => candle.StartMillis >= start && candle.StartMillis <= end).Take(limit))
        {
            Write(candle.StartMillis, [candle.Open, candle.High, candle.Low, candle.Close, candle.Volume, candle.Turnover]);
            written++;
        }

        // What the venue has seen itself goes before what it was told.
        long pastEnd = own.Count == 0 ? Math.Min(end, request.NowMillis) : Math.Min(end, own[own.First].StartMillis - 1);
        if (request.Venue.Past is { } past && written < limit)
        {
            foreach ((long startMillis, decimal open, decimal high, decimal low, decimal close, decimal volume, decimal turnover) in past.Candles(market.Symbol, request["interval"], start, pastEnd, limit - written))
            {
                Write(startMillis, [open, high, low, close, volume, turnover]);
            }
        }

        request.Result.WriteEndArray();
        return null;

        void Write(long startMillis, ReadOnlySpan<decimal> numbers)
        {
            request.Result.WriteStartArray();
            request.Result.WriteStringValue(VenueJson.Millis(startMillis));
            foreach (decimal number in numbers) request.Result.WriteStringValue(PublicText.Trimmed(number));
            request.Result.WriteEndArray();
        }
    }

    /// <summary>Recent trades, newest first (Bybit V5, 13).</summary>
    public static Refusal? Trades(RestRequest request)
    {
        if ((request.CheckCategory() ?? request.CheckSymbol(isRequired: true) ?? request.CheckNumber("limit", 1, MarketTape.TradesKept)) is { } refusal) return refusal;
        SymbolMarket market = request.Venue.Market(request["symbol"]);
        var text = new PublicText(market.Instrument);
        request.Result.WriteString("category", "linear");
        RestPage.WriteList(request.Result, market.Tape.Trades.NewestFirst().Take((int)request.Number("limit", TradesLimit)), (row, printed) =>
        {
            row.WriteString("execId", printed.Trade.Id);
            row.WriteString("symbol", market.Symbol);
            row.WriteString("price", text.Price(printed.Trade.Price));
            row.WriteString("size", text.Qty(printed.Trade.Qty));
            row.WriteString("side", printed.Trade.TakerBuys ? "Buy" : "Sell");
            row.WriteString("time", VenueJson.Millis(printed.Trade.MatchMillis));
            row.WriteBoolean("isBlockTrade", printed.Trade.IsBlock);
            row.WriteBoolean("isRPITrade", false);
            row.WriteString("seq", VenueJson.Millis(printed.Trade.Sequence));
        });
        return null;
    }

    /// <summary>Settled funding rates, newest first (Bybit V5, 13). A start without an end is refused.</summary>
    public static Refusal? FundingHistory(RestRequest request)
    {
        Refusal? refusal = request.CheckCategory()
            ?? request.CheckSymbol(isRequired: true)
            ?? request.CheckNumber("limit", 1, FundingLimit)
            ?? request.CheckNumber("startTime", 0, long.MaxValue)
            ?? request.CheckNumber("endTime", 0, long.MaxValue)
            ?? (request.Has("startTime") && !request.Has("endTime") ? new Refusal(10001, "params error: startTime needs an endTime") : null)
            ?? (request.Has("startTime") && request.Number("startTime", 0) > request.Number("endTime", long.MaxValue) ? new Refusal(10001, "params error: startTime is after endTime") : null);
        if (refusal is not null) return refusal;
        SymbolMarket market = request.Venue.Market(request["symbol"]);
        (long start, long end) = (request.Number("startTime", 0), request.Number("endTime", long.MaxValue));
        request.Result.WriteString("category", "linear");
        int limit = (int)request.Number("limit", FundingLimit);
        List<(long SettledMillis, decimal Rate)> rows = [.. market.Tape.Funding.NewestFirst().Select(row => (row.StampMillis, row.Rate)).Where(row => row.StampMillis >= start && row.StampMillis <= end).Take(limit)];
        long pastEnd = market.Tape.Funding.Count == 0 ? Math.Min(end, request.NowMillis) : Math.Min(end, market.Tape.Funding[market.Tape.Funding.First].StampMillis - 1);
        if (request.Venue.Past is { } past && rows.Count < limit) rows.AddRange(past.Funding(market.Symbol, start, pastEnd, limit - rows.Count));
        RestPage.WriteList(
            request.Result,
            rows,
            (row, settled) =>
            {
                row.WriteString("symbol", market.Symbol);
                row.WriteString("fundingRate", PublicText.Trimmed(settled.Rate));
                row.WriteString("fundingRateTimestamp", VenueJson.Millis(settled.SettledMillis));
            });
        return null;
    }

    /// <summary>The highest price to buy and the lowest to sell at (Bybit V5, 14.10).</summary>
    public static Refusal? PriceLimit(RestRequest request)
    {
        if (((request.Has("category") ? request.CheckCategory() : null) ?? request.CheckSymbol(isRequired: true)) is { } refusal) return refusal;
        SymbolMarket market = request.Venue.Market(request["symbol"]);
        if (market.PriceLimits is not { } limits) return new Refusal(10016, "there is no mark price yet");
        var text = new PublicText(market.Instrument);
        request.Message = "";
        request.Result.WriteString("symbol", market.Symbol);
        request.Result.WriteString("buyLmt", text.Price(limits.Buy));
        request.Result.WriteString("sellLmt", text.Price(limits.Sell));
        request.Result.WriteString("ts", VenueJson.Millis(request.NowMillis));
        return null;
    }

    /// <summary>The markets in descending order of their symbols, of which a page is cut from the end.</summary>
    private static List<SymbolMarket> Markets(RestRequest request) => [.. request.Venue.Markets.OrderByDescending(market => market.Symbol, StringComparer.Ordinal)];

    private static List<SymbolMarket> TradedMarkets(RestRequest request) => request["category"] == "linear" ? Markets(request) : [];

    private static Refusal? CheckCategory(RestRequest request) => OtherCategories.Contains(request["category"]) ? null : request.CheckCategory();

    private static Refusal? CheckTraded(RestRequest request) => request["category"] == "linear" ? request.CheckSymbol(isRequired: false) : null;

    private static string BaseCoin(SymbolMarket market) => market.Symbol[..^"USDT".Length];

    private static void WriteTier(Utf8JsonWriter json, (string Symbol, RiskTier Tier) row)
    {
        json.WriteNumber("id", row.Tier.Id);
        json.WriteString("symbol", row.Symbol);
        json.WriteString("riskLimitValue", VenueJson.Trimmed(row.Tier.ValueLimit));
        json.WriteString("maintenanceMargin", VenueJson.Trimmed(row.Tier.MaintenanceRate));
        json.WriteString("initialMargin", VenueJson.Trimmed(1 / row.Tier.MaxLeverage));
        json.WriteNumber("isLowestRisk", row.Tier.Id == 1 ? 1 : 0);
        json.WriteString("maxLeverage", PublicText.Fixed(row.Tier.MaxLeverage, 2));
        json.WriteString("mmDeduction", VenueJson.Trimmed(row.Tier.Deduction));
    }

    private static void WriteLevels(Utf8JsonWriter json, string key, IEnumerable<(decimal Price, decimal Qty)> levels, PublicText text)
    {
        json.WriteStartArray(key);
        foreach ((decimal price, decimal qty) in levels)
        {
            json.WriteStartArray();
            json.WriteStringValue(text.Price(price));
            json.WriteStringValue(text.Qty(qty));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteTicker(Utf8JsonWriter json, SymbolMarket market)
    {
        Dictionary<string, string> recorded = market.Ticker.Fields.ToDictionary(field => field.Key, field => CompactJson.Parse(Encoding.UTF8.GetBytes(field.Value)).ToString(), StringComparer.Ordinal);
        var text = new PublicText(market.Instrument);
        decimal? last = market.Tape.LastPrice ?? market.LastPrice;
        (decimal Price, decimal Qty) bid = market.PublicBook.Levels(bidSide: true).FirstOrDefault();
        (decimal Price, decimal Qty) ask = market.PublicBook.Levels(bidSide: false).FirstOrDefault();
        DayFigures? day = market.Tape.Day;

        json.WriteString("symbol", market.Symbol);
        Write("lastPrice", Price(last));
        Write("indexPrice", Price(market.Index));
        Write("markPrice", Price(market.Mark));
        Write("prevPrice24h", Price(day?.PriceBefore));
        Write("price24hPcnt", day is { } span && last is { } now ? PublicText.Trimmed((now / span.PriceBefore) - 1, 6) : "");
        Write("highPrice24h", Price(day?.High));
        Write("lowPrice24h", Price(day?.Low));
        Write("prevPrice1h", Price(day?.PriceHourBefore));
        Write("openInterest", "");
        Write("openInterestValue", "");
        Write("turnover24h", day is { } turned ? PublicText.Fixed(turned.Turnover, 4) : "");
        Write("volume24h", day is { } traded ? PublicText.Fixed(traded.Volume, 4) : "");
        Write("fundingRate", market.FundingRate is { } rate ? PublicText.Trimmed(rate) : "");
        Write("nextFundingTime", market.NextFundingMillis is { } stamp ? VenueJson.Millis(stamp) : "");
        Write("predictedDeliveryPrice", "");
        Write("basisRate", "");
        Write("deliveryFeeRate", "");
        json.WriteString("deliveryTime", "0");
        json.WriteString("ask1Size", ask.Qty == 0 ? "" : text.Qty(ask.Qty));
        json.WriteString("bid1Price", bid.Qty == 0 ? "" : text.Price(bid.Price));
        json.WriteString("ask1Price", ask.Qty == 0 ? "" : text.Price(ask.Price));
        json.WriteString("bid1Size", bid.Qty == 0 ? "" : text.Qty(bid.Qty));
        Write("basis", "");
        Write("preOpenPrice", "");
        Write("preQty", "");
        Write("curPreListingPhase", "");
        Write("fundingIntervalHour", VenueJson.Millis(market.Instrument.FundingIntervalMinutes / 60));
        Write("basisRateYear", "");
        Write("fundingCap", PublicText.Trimmed(market.Instrument.UpperFundingRate));

        void Write(string key, string otherwise) => json.WriteString(key, recorded.GetValueOrDefault(key, otherwise));

        string Price(decimal? price) => price is { } known ? text.Price(known) : "";
    }
}
