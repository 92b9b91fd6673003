using LatencyEngine.Book;

namespace LatencyEngine.Host;

/// <summary>Section <c>quoting</c>: what holds for every instrument.</summary>
public sealed record QuotingConfiguration
{
    /// <summary>"avellaneda-stoikov"; or Guéant, Lehalle and Fernandez-Tapia: "glft" in closed form, "glft-exact" within the bound on inventory, by tables solved while the engine runs.</summary>
    public required string Model { get; init; }

    /// <summary>The rolling horizon tau in which inventory should turn over; above 0, at most a day. Avellaneda-Stoikov alone reads it: GLFT's horizon is endless.</summary>
    public required double HorizonSeconds { get; init; }

    /// <summary>Share of the model's skew by inventory; 0 to 10. 1 is the model's own; at 0 it quotes alike on both sides whatever is held: what a skew is compared with.</summary>
    public required double InventorySkewFraction { get; init; }

    /// <summary>Aversion to the risk of not being filled over that to the risk of inventory; 0 to 10. 1 is the model of 2013; 0 penalises inventory alone, as Cartea and Jaimungal do. Avellaneda-Stoikov knows the latter risk only and does not read it.</summary>
    public required double ExecutionRiskFraction { get; init; }

    /// <summary>Share of <see cref="MaxInventoryUnits"/> that the quotes lean towards under a full view, or a full score of a bias; 0 to 1, 0 quotes without either.</summary>
    public required double ViewWeight { get; init; }

    /// <summary>A slow thread's bias fades in a straight line with its age, and is worth nothing from this age on, s; 1 to 2,592,000.</summary>
    public required int BiasAgeMaxSeconds { get; init; }

    /// <summary>Largest inventory either way, in base orders, which the quoter counts whole; 1 to 1,000, with glft-exact at most <see cref="Quoting.QuoteTable.UnitsLimit"/>.</summary>
    public required int MaxInventoryUnits { get; init; }

    /// <summary>Edge kept on top of the maker fee, as a fraction of the price; 0 to below 0.5.</summary>
    public required decimal MinEdgeFraction { get; init; }

    /// <summary>Quotes a side, 1 to 10.</summary>
    public required int LevelsPerSide { get; init; }

    /// <summary>Distance between two levels over the one before it, 1 to 10; 1 is a straight ladder.</summary>
    public required decimal LevelStepMultiplier { get; init; }

    /// <summary>Quantity of level 1 over that of level 0, above 0, at most 10.</summary>
    public required decimal SizeMultiplier { get; init; }

    /// <summary>How quantities go on from there: "geometric", by the multiple, or "linear", by the same quantity.</summary>
    public required string SizeShape { get; init; }

    /// <summary>Share by which the quantities of the side that adds to the inventory have shrunk at the largest inventory, straight from nothing when flat; 0 to 1.</summary>
    public required decimal AddingShrinkFraction { get; init; }

    /// <summary>Largest quantity of a level, in base orders.</summary>
    public double LargestLevel
    {
        get
        {
            double last = SizeShape == "linear" ? 1 + (((double)SizeMultiplier - 1) * (LevelsPerSide - 1)) : Math.Pow((double)SizeMultiplier, LevelsPerSide - 1);
            return Math.Max(1, last);
        }
    }

    /// <summary>"ewma", "realised", or "bipower", which a single jump hardly moves.</summary>
    public required string Volatility { get; init; }

    /// <summary>Time constant of "ewma", window of "realised" and "bipower"; above 0, at most a day.</summary>
    public required double VolatilityTimeConstantSeconds { get; init; }

    /// <summary>Seconds of a market without quotes from its first mid on, in which the volatility is only measured; 0 to a day.</summary>
    public required double VolatilityWarmUpSeconds { get; init; }

    /// <summary>Mids are sampled at most this often: every update would add the bounce between bid and ask to the volatility; 1 to 60,000.</summary>
    public required int MidSampleMilliseconds { get; init; }

    /// <summary>Samples that a window holds at most.</summary>
    public int VolatilitySamples => (int)Math.Ceiling(VolatilityTimeConstantSeconds * 1_000 / MidSampleMilliseconds);

    /// <summary>"distance": a quote moves once its target is requoteTicks away; "queue": once that is worth its place in the queue and the requests left, too (docs/models.md, 2.9).</summary>
    public required string Requote { get; init; }

    /// <summary>"configured": A and k of each instrument as they are in the profile; "rolling": fitted to the trades of the last ten minutes while the engine runs.</summary>
    public required string Intensity { get; init; }

    /// <summary>The fair value; the microprice needs <see cref="InstrumentConfiguration.MicropriceTicks"/> of every traded symbol.</summary>
    public required FairValueModel FairValue { get; init; }

    /// <summary>Levels of each side whose quantity counts with <see cref="FairValueModel.Imbalance"/>; 1 to 50.</summary>
    public required int ImbalanceLevels { get; init; }
}
