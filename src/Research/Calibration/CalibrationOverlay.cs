using System.Text.Json.Nodes;
using LatencyEngine.Book;
using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>The fits as a configuration overlay: a part of a profile that holds only the keys which a fit speaks for.</summary>
public static class CalibrationOverlay
{
    private const int Digits = 6;

    /// <summary>The overlay as one indented JSON document. A side whose fit was rejected, or whose interval of k reaches 0, is left out of k and A, and both where both sides are.</summary>
    public static string Serialize(CalibrationResult result)
    {
        var instruments = new JsonObject();
        foreach (InstrumentCalibration instrument in result.Instruments)
        {
            var keys = new JsonObject();
            IntensityFit[] sides = [.. new[] { instrument.Buys, instrument.Sells }.Where(fit => fit.Rejected is null && fit.KPerTick!.Low > 0)];
            if (sides.Length > 0)
            {
                keys["arrivalDecayPerTick"] = Rounded(sides.Average(fit => fit.KPerTick!.Value));
                keys["arrivalRatePerSecond"] = Rounded(Math.Exp(sides.Average(fit => Math.Log(fit.APerSecond!.Value))));
            }

            double floor = BoundedVolatility.Floor(result.VolatilityTimeConstantSeconds);
            double cap = BoundedVolatility.CapOfSlow * instrument.Sigma.RealisedTicksPerSqrtSecond.Value;
            if (cap > floor)
            {
                keys["sigmaFloorTicksPerSqrtSecond"] = Rounded(floor);
                keys["sigmaCapTicksPerSqrtSecond"] = Rounded(cap);
            }

            if (instrument.Microprice.Rejected is null) keys["micropriceTicks"] = MicropriceText.Write(instrument.Microprice.States.GroupBy(state => state.SpreadTicks).Select(row => row.Select(state => Rounded(state.AdjustmentTicks.Value))));
            if (keys.Count > 0) instruments[instrument.Symbol] = keys;
        }

        return new JsonObject { ["instruments"] = instruments }.ToJsonString(RunResultJson.Options) + "\n";
    }

    private static double Rounded(double value) => double.Parse(value.ToString($"G{Digits}"));
}
