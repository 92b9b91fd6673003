using System.Text.Json;

namespace LatencyEngine.Budgets;

/// <summary>Instructions per item that each stage may take, by name: the content of <c>bench/budgets.json</c>.</summary>
internal static class BudgetTable
{
    /// <summary>Largest difference from a budget, up or down.</summary>
    public const double Tolerance = 0.02;

    private const string Update = "./run.sh bench --budgets --update";

    /// <summary>One sentence for each stage that is off its budget, has none, or is budgeted without existing.</summary>
    public static List<string> Faults(IReadOnlyDictionary<string, double> budgets, IReadOnlyDictionary<string, double> measured)
    {
        var faults = new List<string>();
        foreach ((string stage, double instructions) in measured)
        {
            if (!budgets.TryGetValue(stage, out double budget)) faults.Add(FormattableString.Invariant($"{stage}: {instructions:0.0} instructions an item, but no budget; set it: {Update}"));
            else if (instructions > budget * (1 + Tolerance)) faults.Add(FormattableString.Invariant($"{stage}: {instructions:0.0} instructions an item, budget {budget:0.0}: {(instructions / budget) - 1:P1} over; if it must be: {Update}"));
            else if (instructions < budget * (1 - Tolerance)) faults.Add(FormattableString.Invariant($"{stage}: {instructions:0.0} instructions an item, budget {budget:0.0}: {1 - (instructions / budget):P1} under; lower the budget: {Update}"));
        }

        faults.AddRange(budgets.Keys.Where(stage => !measured.ContainsKey(stage)).Select(stage => $"{stage}: has a budget, but there is no such stage; remove it: {Update}"));
        return faults;
    }

    /// <summary>Reads the file.</summary>
    public static SortedDictionary<string, double> Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        var budgets = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (JsonProperty stage in document.RootElement.EnumerateObject()) budgets.Add(stage.Name, stage.Value.GetDouble());
        return budgets;
    }

    /// <summary>Writes the file: one line a stage, to a tenth of an instruction.</summary>
    public static void Write(string file, IReadOnlyDictionary<string, double> budgets)
    {
        using (FileStream stream = File.Create(file))
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            foreach ((string stage, double instructions) in budgets) writer.WriteNumber(stage, Math.Round((decimal)instructions, 1));
            writer.WriteEndObject();
        }

        File.AppendAllText(file, "\n");
    }
}
