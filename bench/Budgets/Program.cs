using LatencyEngine.Budgets;

const string Usage = """
    usage: latency-budgets STAGE COUNT [--time]
           latency-budgets --budgets FILE [--update]
           latency-budgets --allocations FRAMES
           latency-budgets --list

    STAGE COUNT   runs the first COUNT items of a stage; exit status 1 when an answer is wrong
    --time        the same again and again, and prints nanoseconds an item
    --budgets     counts the instructions of every stage under valgrind and holds them against FILE; exit status 1 when one is more than 2 % off
    --update      writes FILE instead
    --allocations plays FRAMES market frames with orders that work; exit status 1 when a byte is allocated
    --list        the stages, each with the items of its shorter counted run
    """;

switch (args)
{
    case ["--list"]:
        foreach (StageEntry entry in Stages.All) Console.WriteLine($"{entry.Name} {entry.Items}");
        return 0;
    case ["--budgets", string file]:
        return BudgetRun.Check(file);
    case ["--budgets", string file, "--update"]:
        return BudgetRun.Update(file);
    case ["--allocations", string count] when long.TryParse(count, out long frames) && frames > 0:
        return AllocationRun.Run(frames, Console.Out, Console.Error);
    case [string name, string count, .. string[] options] when options is [] or ["--time"] && int.TryParse(count, out int items) && items > 0:
        StageEntry? found = Stages.All.FirstOrDefault(stage => stage.Name == name);
        if (found is null) break;
        return StageRun.Run(name, found.Create(), items, isTimed: options.Length > 0, Console.Out, Console.Error);
}

Console.Error.WriteLine(Usage);
return 2;
