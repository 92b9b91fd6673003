namespace LatencyEngine.Budgets;

/// <summary>All stages counted, and held against the budgets or taken for them.</summary>
internal static class BudgetRun
{
    /// <summary>Prints measured and budget of every stage, then the faults.</summary>
    /// <returns>The exit status: 0; 1 when a stage is off its budget or could not be counted.</returns>
    public static int Check(string file)
    {
        SortedDictionary<string, double> budgets = BudgetTable.Read(file);
        if (Measure(budgets) is not { } measured) return 1;
        List<string> faults = BudgetTable.Faults(budgets, measured);
        foreach (string fault in faults) Console.Error.WriteLine(fault);
        return faults.Count == 0 ? 0 : 1;
    }

    /// <summary>Writes what was measured as the budgets, and prints it.</summary>
    /// <returns>The exit status: 0; 1 when a stage could not be counted, and then nothing is written.</returns>
    public static int Update(string file)
    {
        if (Measure(File.Exists(file) ? BudgetTable.Read(file) : []) is not { } measured) return 1;
        BudgetTable.Write(file, measured);
        return 0;
    }

    private static SortedDictionary<string, double>? Measure(SortedDictionary<string, double> budgets)
    {
        var measured = new SortedDictionary<string, double>(StringComparer.Ordinal);
        Console.WriteLine($"{"stage",-20}{"instructions an item",24}{"budget",12}");
        foreach (StageEntry stage in Stages.All)
        {
            if (!Callgrind.TryCount(stage, out double instructions, out string fault))
            {
                Console.Error.WriteLine($"{stage.Name}: {fault}");
                return null;
            }

            measured.Add(stage.Name, instructions);
            string budget = budgets.TryGetValue(stage.Name, out double value) ? FormattableString.Invariant($"{value:0.0}") : "none";
            Console.WriteLine(FormattableString.Invariant($"{stage.Name,-20}{instructions,24:0.0}{budget,12}"));
        }

        return measured;
    }
}
