using System.Text;

namespace LatencyEngine.Research;

/// <summary>A <see cref="CalibrationResult"/> as plain text in aligned columns.</summary>
public static class CalibrationText
{
    /// <summary>Sections by instrument, lines ended by a newline, no trailing spaces.</summary>
    public static string Render(CalibrationResult result)
    {
        var text = new StringBuilder();
        text.Append($"{Figures.OneLine(result.Data)} ({result.DataLabel}); intervals of 95 % in brackets\n\n");
        text.Append(RunTableText.Render([.. result.Instruments.SelectMany(instrument => Sections(instrument, result))]));
        foreach (InstrumentCalibration instrument in result.Instruments) AppendMicroprice(text, instrument);
        if (result.OverlayPath is { } path) text.Append($"\nOverlay  {path}\n");
        return text.ToString();
    }

    private static IEnumerable<RunTableSection> Sections(InstrumentCalibration instrument, CalibrationResult result)
    {
        yield return new RunTableSection(instrument.Symbol, [
            ("recorded", $"{Figures.Seconds(instrument.Seconds)}, {Figures.Count(instrument.BookMessages)} book messages, {Figures.Count(instrument.Trades)} trades"),
            ("tick, lot", $"{Figures.Exact(instrument.TickSize)}, {Figures.Exact(instrument.LotSize)}"),
        ]);
        SigmaFit sigma = instrument.Sigma;
        yield return new RunTableSection($"{instrument.Symbol}: sigma, ticks per sqrt(s)", [
            ("ewma at the end", $"{Shown(sigma.EwmaTicksPerSqrtSecond)}  time constant {result.VolatilityTimeConstantSeconds} s, mids {result.MidSampleMilliseconds} ms apart"),
            ("realised", Shown(sigma.RealisedTicksPerSqrtSecond)),
            ("bipower", Shown(sigma.BipowerTicksPerSqrtSecond)),
            ("jump share", $"{sigma.JumpShare:0.000}"),
        ]);
        yield return new RunTableSection($"{instrument.Symbol}: arrivals, A exp(-k depth)", [.. Rows("buying takers", instrument.Buys), .. Rows("selling takers", instrument.Sells)]);
        yield return new RunTableSection($"{instrument.Symbol}: order flow", [.. Rows(instrument.OrderFlow)]);
    }

    private static IEnumerable<(string Label, string Value)> Rows(string side, IntensityFit fit)
    {
        yield return (side, $"{Figures.Count(fit.Arrivals)} arrivals, {fit.UsableDepths} usable depths to {fit.DeepestUsableTicks} ticks{(fit.Rejected is { } why ? $"; rejected: {why}" : "")}");
        if (fit is not { Wls: { } wls, Ols: { } ols }) yield break;
        yield return ("  A, 1/s", Shown(fit.APerSecond!));
        yield return ("  k, 1/tick", Shown(fit.KPerTick!));
        yield return ("  r2", $"{wls.R2:0.000}; without weights A {Shown(ols.APerSecond)}, k {Shown(ols.KPerTick)}, r2 {ols.R2:0.000}");
    }

    private static IEnumerable<(string Label, string Value)> Rows(OrderFlowFit? fit)
    {
        if (fit is null)
        {
            yield return ("none", "too few whole seconds, or nothing moved in them");
            yield break;
        }

        yield return ("same second", $"{Shown(fit.SameWindowTicksPerLot)} ticks a lot, r2 {fit.SameWindowR2:0.000} (high by construction)");
        yield return ("next second", $"{Shown(fit.NextWindowTicksPerLot)} ticks a lot, half-life {fit.HalfLifeSeconds} s");
        yield return ("judged", $"r2 {fit.R2InSample:0.0000} on {fit.Windows} seconds fitted, {fit.R2OutOfSample:0.0000} on the {fit.WindowsAfter} after");
    }

    private static void AppendMicroprice(StringBuilder text, InstrumentCalibration instrument)
    {
        text.Append($"\n{instrument.Symbol}: microprice less mid in ticks, by spread and share of the bid in the quantity at the top\n");
        if (instrument.Microprice.Rejected is { } why)
        {
            text.Append($"  none: {why}\n");
            return;
        }

        MicropriceState[][] rows = [.. instrument.Microprice.States.GroupBy(state => state.SpreadTicks).Select(row => row.ToArray())];
        string[][] cells =
        [
            ["spread", .. rows[0].Select(state => $"{state.ImbalanceFrom:0.0} to {state.ImbalanceTo:0.0}")],
            .. rows.Select((row, i) => (string[])[$"{row[0].SpreadTicks}{(i == rows.Length - 1 ? " and more" : "")}", .. row.Select(state => Shown(state.AdjustmentTicks))]),
        ];
        int[] widths = [.. cells[0].Select((_, column) => cells.Max(line => line[column].Length))];
        foreach (string[] line in cells) text.Append("  ").Append(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
    }

    private static string Shown(Estimate estimate) => estimate is { Low: { } low, High: { } high } ? $"{Shown(estimate.Value)} [{Shown(low)}, {Shown(high)}]" : $"{Shown(estimate.Value)} [unknown]";

    private static string Shown(double value) => value.ToString("G4");
}
