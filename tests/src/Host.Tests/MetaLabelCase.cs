using System.Globalization;
using System.Text;
using LatencyEngine.MetaModel;
using LatencyEngine.Signals;

namespace LatencyEngine.Host.Tests;

/// <summary>A model that always answers the same, and hourly candles of which the last has a signal: what a test of the meta-label needs on disk.</summary>
internal sealed class MetaLabelCase : IDisposable
{
    private const long Hour = 3_600_000;

    // A tree with one leaf of weight zero: log-odds of zero, whatever the row.
    private static readonly byte[] Tree = Encoding.UTF8.GetBytes(
        $$$"""
        {"learner":{"gradient_booster":{"model":{"gbtree_model_param":{"num_trees":"1"},"trees":[{"left_children":[-1],"right_children":[-1],"split_indices":[0],"split_conditions":[0],"default_left":[0]}]},"name":"gbtree"},
        "learner_model_param":{"base_score":"5E-1","num_class":"0","num_feature":"{{{FeatureBuilder.Features.Count}}}"},"objective":{"name":"binary:logistic"}},"version":[1,7,4]}
        """);

    private readonly string _root = Directory.CreateTempSubdirectory("meta-label-").FullName;

    /// <summary>The model's folder.</summary>
    public string Model => Path.Combine(_root, "model");

    /// <summary>A CSV of hourly candles.</summary>
    public string Candles => Path.Combine(_root, "hours.csv");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>Writes a model, in place of the one before.</summary>
    public void Train(double probability, bool hasEdge = true, string symbol = "BTCUSDT", Func<ModelCard, ModelCard>? change = null)
    {
        Directory.CreateDirectory(Model);
        var card = new ModelCard
        {
            Name = "constant",
            Symbol = symbol,
            IntervalMillis = Hour,
            Features = [.. FeatureBuilder.Features.Select(feature => feature.Name)],
            Calibration = Calibration.Platt(-1, Math.Log((1 - probability) / probability)),
            Threshold = 0.6,
            HasEdge = hasEdge,
            UsesFunding = false,
            StopFraction = 0.02,
            TargetFraction = 0.03,
            CandlesMax = 24,
            TrainedUntilMillis = 1,
            ModelSha256 = ModelCard.Sha256(Tree),
            DataSha256 = "d",
            ConfigurationSha256 = "c",
        };
        File.WriteAllBytes(Path.Combine(Model, ModelCard.ModelFileName), Tree);
        File.WriteAllBytes(Path.Combine(Model, ModelCard.FileName), (change?.Invoke(card) ?? card).ToJson());
    }

    /// <summary>Writes candles up to one that closes at a moment with a signal; those after it follow their time.</summary>
    /// <param name="closeMillis">The moment, ms since 1970: the end of an hour.</param>
    /// <param name="direction">Which way the signal points.</param>
    /// <param name="further">Candles after it.</param>
    /// <returns>The candles.</returns>
    public IReadOnlyList<Candle> Trade(long closeMillis, SignalDirection direction, int further = 0)
    {
        const int EventsFrom = 520, Length = 1_000;
        for (int bar = EventsFrom; bar < Length; bar++)
        {
            Candle[] candles = [.. Enumerable.Range(0, bar + 1 + further).Select(index => Wave(index, closeMillis - ((bar + 1 - index) * Hour)))];
            var features = new FeatureBuilder(Hour);
            foreach (Candle candle in candles.Take(bar + 1)) features.Next(in candle);
            if (!features.IsEvent || features.Direction != direction) continue;
            File.WriteAllText(Candles, "open_time_ms,open,high,low,close,volume\n" + string.Concat(candles.Select(Row)));
            return candles;
        }

        throw new InvalidOperationException("no candle of the series has such a signal");
    }

    /// <summary>Writes candles of which one closes at a moment with a signal up, and one within the next day with a signal down, with none between them.</summary>
    /// <returns>How many hours lie between the two.</returns>
    public int TradeTurning(long closeMillis)
    {
        const int Length = 20_000, From = 520, HoursMax = 20;
        var random = new Random(1);
        var features = new FeatureBuilder(Hour);
        var candles = new List<Candle>();
        int upAt = -HoursMax;
        double close = 61_000;
        while (candles.Count < Length)
        {
            double open = close;
            close = Math.Round(open * (1 + (0.03 * (random.NextDouble() - 0.5))), 1);
            var candle = new Candle(candles.Count * Hour, open, Math.Max(open, close) + 50, Math.Min(open, close) - 50, close, 5);
            candles.Add(candle);
            features.Next(in candle);
            if (!features.IsEvent) continue;
            int hours = candles.Count - upAt;
            if (features.Direction == SignalDirection.Up)
            {
                upAt = candles.Count;
            }
            else if (candles.Count > From && hours < HoursMax && ((closeMillis / Hour) - upAt) % FeatureBuilder.LongerFactor == 0)   // the longer candles lie as they did
            {
                long shift = closeMillis - (upAt * Hour);
                File.WriteAllText(Candles, "open_time_ms,open,high,low,close,volume\n" + string.Concat(candles.Select(each => Row(each with { OpenMillis = each.OpenMillis + shift }))));
                return hours;
            }
        }

        throw new InvalidOperationException("the series does not turn so");
    }

    private static string Row(Candle candle) => string.Create(CultureInfo.InvariantCulture, $"{candle.OpenMillis},{candle.Open},{candle.High},{candle.Low},{candle.Close},{candle.Volume}\n");

    private static Candle Wave(int index, long openMillis)
    {
        static double Close(int index) => Math.Round(61_000 + (1_500 * Math.Sin(index / 9.0)) + (250 * Math.Sin(index * 1.7)), 1);
        (double open, double close) = (Close(index - 1), Close(index));
        return new Candle(openMillis, open, Math.Max(open, close) + 50, Math.Min(open, close) - 50, close, 5);
    }
}
