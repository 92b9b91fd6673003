using System.Text.Json;

namespace LatencyEngine.Forecast;

/// <summary>The one JSON form of a <see cref="DailyForecast"/>: in its file and in the output of <c>--json</c>. Doubles are written so that reading gives the same bits.</summary>
public static class ForecastJson
{
    /// <summary>Writes the members of an object that the caller has begun and ends. Lists of days run from the first coming day on.</summary>
    public static void WriteMembers(Utf8JsonWriter json, DailyForecast forecast)
    {
        json.WriteStartObject("data");
        json.WriteString("firstDay", DailyCloses.Iso(forecast.FirstDay));
        json.WriteString("lastDay", DailyCloses.Iso(forecast.LastDay));
        json.WriteNumber("rows", forecast.Rows);
        json.WriteNumber("lastPrice", forecast.LastPrice);
        json.WriteStartArray("warnings");
        foreach (string warning in forecast.Warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteEndObject();

        json.WriteStartArray("days");
        foreach (ForecastDay day in forecast.Days) json.WriteStringValue(DailyCloses.Iso(day.Day));
        json.WriteEndArray();
        Column(json, "yhat", forecast, day => day.Price);
        Column(json, "yhatLower80", forecast, day => day.Simulated80.Lower);
        Column(json, "yhatUpper80", forecast, day => day.Simulated80.Upper);
        Column(json, "yhatLower95", forecast, day => day.Simulated95.Lower);
        Column(json, "yhatUpper95", forecast, day => day.Simulated95.Upper);
        Column(json, "conformalLower80", forecast, day => day.Conformal80?.Lower);
        Column(json, "conformalUpper80", forecast, day => day.Conformal80?.Upper);
        Column(json, "conformalLower95", forecast, day => day.Conformal95?.Lower);
        Column(json, "conformalUpper95", forecast, day => day.Conformal95?.Upper);
        Column(json, "yhatEqualWeights", forecast, day => day.EqualWeights);

        PhaseEvidence phase = forecast.Phase;
        json.WriteString("phase", HalvingCycle.NameOf(phase.Position.Label));
        json.WriteStartObject("phaseEvidence");
        json.WriteNumber("cycleIndex", phase.Position.CycleIndex);
        json.WriteNumber("daysSinceHalving", phase.Position.DaysSinceHalving);
        json.WriteNumber("phase", phase.Position.Phase);
        json.WriteString("cycleStart", DailyCloses.Iso(phase.CycleStart));
        json.WriteString("labelFrom", DailyCloses.Iso(phase.LabelFrom));
        if (phase.LabelTo is { } to) json.WriteString("labelTo", DailyCloses.Iso(to));
        else json.WriteNull("labelTo");
        json.WriteStartArray("earlierCycles");
        foreach (PhaseOfEarlierCycle earlier in phase.Earlier)
        {
            json.WriteStartObject();
            json.WriteString("halving", DailyCloses.Iso(earlier.Halving));
            json.WriteString("from", DailyCloses.Iso(earlier.From));
            json.WriteString("to", DailyCloses.Iso(earlier.To));
            json.WriteNumber("change", earlier.Change);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("phases");
        foreach (ForecastDay day in forecast.Days) json.WriteStringValue(HalvingCycle.NameOf(day.Phase));
        json.WriteEndArray();

        json.WriteStartArray("scoredOrigins");
        foreach (ForecastDay day in forecast.Days) json.WriteNumberValue(day.Weights.ScoredOrigins);
        json.WriteEndArray();
        WriteEnsemble(json, forecast);
        WriteModel(json, forecast.Model);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> has written.</summary>
    /// <exception cref="Exception">Something is missing or of another kind: KeyNotFoundException, InvalidOperationException or FormatException.</exception>
    internal static DailyForecast Read(JsonElement json)
    {
        JsonElement data = json.GetProperty("data");
        JsonElement members = json.GetProperty("members");
        JsonElement powerLaw = members.GetProperty("powerLaw");
        JsonElement analog = members.GetProperty("cycleAnalog");
        JsonElement model = members.GetProperty("trendModel");
        JsonElement evidence = json.GetProperty("phaseEvidence");
        DateOnly[] days = [.. json.GetProperty("days").EnumerateArray().Select(ReadDay)];
        CyclePosition position = new(
            evidence.GetProperty("cycleIndex").GetInt32(),
            evidence.GetProperty("daysSinceHalving").GetInt32(),
            Finite(evidence.GetProperty("phase")),
            ReadPhase(json.GetProperty("phase")));

        double[] Of(JsonElement owner, string name) => [.. Sized(owner, name, days.Length).Select(Finite)];
        double?[] Optional(string name) => [.. Sized(json, name, days.Length).Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : Finite(value))];
        double[] yhat = Of(json, "yhat"), equal = Of(json, "yhatEqualWeights");
        double[] lower80 = Of(json, "yhatLower80"), upper80 = Of(json, "yhatUpper80"), lower95 = Of(json, "yhatLower95"), upper95 = Of(json, "yhatUpper95");
        double?[] past80 = Optional("conformalLower80"), past80Upper = Optional("conformalUpper80"), past95 = Optional("conformalLower95"), past95Upper = Optional("conformalUpper95");
        double[] law = Of(powerLaw, "yhat"), lawRaw = Of(powerLaw, "unanchored"), lawWeight = Of(powerLaw, "weight");
        double[] cycle = Of(analog, "yhat"), cycleWeight = Of(analog, "weight");
        double[] trend = Of(model, "yhat"), trendRaw = Of(model, "unanchored"), trendLower = Of(model, "unanchoredLower80"), trendUpper = Of(model, "unanchoredUpper80"), trendWeight = Of(model, "weight");
        double[] naiveWeight = Of(members.GetProperty("naive"), "weight");
        int[] origins = [.. Sized(json, "scoredOrigins", days.Length).Select(value => value.GetInt32())];
        CyclePhase[] phases = [.. Sized(json, "phases", days.Length).Select(ReadPhase)];
        return new DailyForecast
        {
            FirstDay = ReadDay(data.GetProperty("firstDay")),
            LastDay = ReadDay(data.GetProperty("lastDay")),
            Rows = data.GetProperty("rows").GetInt32(),
            LastPrice = Finite(data.GetProperty("lastPrice")),
            Warnings = [.. data.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)],
            Model = ReadModel(json.GetProperty("model")),
            PowerLaw = new PowerLaw(Finite(powerLaw.GetProperty("intercept")), Finite(powerLaw.GetProperty("exponent"))),
            Phase = new PhaseEvidence(
                ReadDay(data.GetProperty("lastDay")),
                position,
                ReadDay(evidence.GetProperty("cycleStart")),
                ReadDay(evidence.GetProperty("labelFrom")),
                evidence.GetProperty("labelTo") is { ValueKind: not JsonValueKind.Null } to ? ReadDay(to) : null,
                [.. evidence.GetProperty("earlierCycles").EnumerateArray().Select(ReadEarlier)]),
            Days =
            [
                .. days.Select((day, i) => new ForecastDay
                {
                    Day = day,
                    Price = yhat[i],
                    Simulated80 = (lower80[i], upper80[i]),
                    Simulated95 = (lower95[i], upper95[i]),
                    Conformal80 = past80[i] is { } low80 ? (low80, past80Upper[i]!.Value) : null,
                    Conformal95 = past95[i] is { } low95 ? (low95, past95Upper[i]!.Value) : null,
                    EqualWeights = equal[i],
                    PowerLaw = law[i],
                    CycleAnalog = cycle[i],
                    TrendModel = trend[i],
                    UnanchoredTrendModel = trendRaw[i],
                    UnanchoredPowerLaw = lawRaw[i],
                    UnanchoredTrendModel80 = (trendLower[i], trendUpper[i]),
                    Weights = new Weights(lawWeight[i], cycleWeight[i], trendWeight[i], naiveWeight[i], origins[i]),
                    Phase = phases[i],
                }),
            ],
        };
    }

    private static void WriteEnsemble(Utf8JsonWriter json, DailyForecast forecast)
    {
        json.WriteStartObject("members");
        json.WriteStartObject("powerLaw");
        json.WriteNumber("intercept", forecast.PowerLaw.Intercept);
        json.WriteNumber("exponent", forecast.PowerLaw.Exponent);
        Column(json, "yhat", forecast, day => day.PowerLaw);
        Column(json, "weight", forecast, day => day.Weights.PowerLaw);
        Column(json, "unanchored", forecast, day => day.UnanchoredPowerLaw);
        json.WriteEndObject();
        json.WriteStartObject("cycleAnalog");
        Column(json, "yhat", forecast, day => day.CycleAnalog);
        Column(json, "weight", forecast, day => day.Weights.CycleAnalog);
        json.WriteEndObject();
        json.WriteStartObject("trendModel");
        Column(json, "yhat", forecast, day => day.TrendModel);
        Column(json, "weight", forecast, day => day.Weights.TrendModel);
        Column(json, "unanchored", forecast, day => day.UnanchoredTrendModel);
        Column(json, "unanchoredLower80", forecast, day => day.UnanchoredTrendModel80.Lower);
        Column(json, "unanchoredUpper80", forecast, day => day.UnanchoredTrendModel80.Upper);
        json.WriteEndObject();
        json.WriteStartObject("naive");
        Column(json, "yhat", forecast, _ => forecast.LastPrice);
        Column(json, "weight", forecast, day => day.Weights.Naive);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, TrendModel model)
    {
        json.WriteStartObject("model");
        json.WriteString("form", model.Form == ForecastForm.Multiplicative ? "multiplicative" : "logAdditive");
        json.WriteString("firstDay", DailyCloses.Iso(model.FirstDay));
        json.WriteString("lastDay", DailyCloses.Iso(model.LastDay));
        json.WriteNumber("scale", model.Scale);
        json.WriteNumber("slope", model.Slope);
        json.WriteNumber("offset", model.Offset);
        json.WriteStartArray("changepoints");
        foreach (DateOnly day in model.Changepoints) json.WriteStringValue(DailyCloses.Iso(day));
        json.WriteEndArray();
        Numbers(json, "bends", model.Bends);
        json.WriteNumber("yearlyOrder", model.YearlyOrder);
        json.WriteNumber("weeklyOrder", model.WeeklyOrder);
        json.WriteNumber("halvingOrder", model.HalvingOrder);
        Numbers(json, "seasonal", model.Seasonal);
        json.WriteNumber("sigma", model.Sigma);
        json.WriteNumber("negativeLogPosterior", model.NegativeLogPosterior);
        json.WriteEndObject();
    }

    private static TrendModel ReadModel(JsonElement json)
    {
        int yearly = json.GetProperty("yearlyOrder").GetInt32(), weekly = json.GetProperty("weeklyOrder").GetInt32(), halving = json.GetProperty("halvingOrder").GetInt32();
        DateOnly[] changepoints = [.. json.GetProperty("changepoints").EnumerateArray().Select(ReadDay)];
        return new TrendModel
        {
            Form = json.GetProperty("form").GetString() switch
            {
                "multiplicative" => ForecastForm.Multiplicative,
                "logAdditive" => ForecastForm.LogAdditive,
                _ => throw new FormatException("form is not known"),
            },
            FirstDay = ReadDay(json.GetProperty("firstDay")),
            LastDay = ReadDay(json.GetProperty("lastDay")),
            Scale = Finite(json.GetProperty("scale")),
            Slope = Finite(json.GetProperty("slope")),
            Offset = Finite(json.GetProperty("offset")),
            Changepoints = changepoints,
            Bends = [.. Sized(json, "bends", changepoints.Length).Select(Finite)],
            YearlyOrder = yearly,
            WeeklyOrder = weekly,
            HalvingOrder = halving,
            Seasonal = [.. Sized(json, "seasonal", FourierTerms.Count(yearly, weekly, halving)).Select(Finite)],
            Sigma = Finite(json.GetProperty("sigma")),
            NegativeLogPosterior = Finite(json.GetProperty("negativeLogPosterior")),
        };
    }

    private static PhaseOfEarlierCycle ReadEarlier(JsonElement json) =>
        new(ReadDay(json.GetProperty("halving")), ReadDay(json.GetProperty("from")), ReadDay(json.GetProperty("to")), Finite(json.GetProperty("change")));

    private static void Column(Utf8JsonWriter json, string name, DailyForecast forecast, Func<ForecastDay, double?> value)
    {
        json.WriteStartArray(name);
        foreach (ForecastDay day in forecast.Days)
        {
            if (value(day) is { } number) json.WriteNumberValue(number);
            else json.WriteNullValue();
        }

        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static JsonElement.ArrayEnumerator Sized(JsonElement owner, string name, int count)
    {
        JsonElement array = owner.GetProperty(name);
        return array.GetArrayLength() == count ? array.EnumerateArray() : throw new FormatException($"{name} has {array.GetArrayLength()} entries, not {count}");
    }

    private static double Finite(JsonElement value) => value.GetDouble() is var number && double.IsFinite(number) ? number : throw new FormatException("a number is out of range");

    private static DateOnly ReadDay(JsonElement value) => DateOnly.ParseExact(value.GetString() ?? "", "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static CyclePhase ReadPhase(JsonElement value) =>
        Enum.GetValues<CyclePhase>().FirstOrDefault(phase => phase != CyclePhase.Unset && HalvingCycle.NameOf(phase) == value.GetString()) is var found && found != CyclePhase.Unset
            ? found
            : throw new FormatException("a phase is not known");
}
