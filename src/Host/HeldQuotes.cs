using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;

namespace LatencyEngine.Host;

/// <summary>What held quotes back or kept them further out while the engine was ready, as results and people read it.</summary>
public static class HeldQuotes
{
    /// <summary>How often each reason began, by its name; reasons that never did are left out.</summary>
    /// <param name="meters">Of an engine that rests.</param>
    public static IReadOnlyDictionary<string, long> Times(HotPathMeters meters) =>
        Enum.GetValues<QuotesHeldBy>().Where(reason => reason > QuotesHeldBy.Engine && meters.QuotesHeldBy(reason) > 0).ToDictionary(Name, meters.QuotesHeldBy);

    /// <summary>How long each reason lasted, in seconds, by its name.</summary>
    /// <param name="nanos">The same in nanoseconds.</param>
    public static IReadOnlyDictionary<string, double> Seconds(IReadOnlyDictionary<QuotesHeldBy, long> nanos) =>
        nanos.OrderBy(held => held.Key).ToDictionary(held => Name(held.Key), held => Math.Round(held.Value / 1e9, 3));

    /// <summary>Whether an engine that describes itself so is ready, but holds quotes of an instrument back or further out.</summary>
    public static bool IsHeld(in EngineFact state) => state.State is QuotingState.Active or QuotingState.Reducing && state.HeldBy > QuotesHeldBy.Engine;

    /// <summary>The same for people, in a word or two; empty where nothing is held.</summary>
    public static string Describe(QuotesHeldBy reason) => reason switch
    {
        QuotesHeldBy.Book => "no book",
        QuotesHeldBy.OneSidedBook => "one-sided book",
        QuotesHeldBy.BookAge => "book too old",
        QuotesHeldBy.MarkPriceAge => "mark price silent",
        QuotesHeldBy.FeedLag => "feed lags",
        QuotesHeldBy.OrderStreamDelay => "order stream lags",
        QuotesHeldBy.VolatilityJump => "volatility jump",
        QuotesHeldBy.VolatilityCap => "volatility above its cap",
        QuotesHeldBy.Sweep => "sweep",
        QuotesHeldBy.LiquidationGuard => "position cut",
        QuotesHeldBy.AddingSide => "nothing is added",
        QuotesHeldBy.LossLimit => "loss limit",
        QuotesHeldBy.NotTrading => "not open for trading",
        QuotesHeldBy.Directional => "traded outright",
        QuotesHeldBy.Refusals => "refused by the venue",
        QuotesHeldBy.MarkOuts => "widened by mark-outs",
        _ => "",
    };

    private static string Name(QuotesHeldBy reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());
}
