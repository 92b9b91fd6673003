using System.Text.RegularExpressions;

namespace LatencyEngine.Architecture.Tests;

/// <summary>The rules of the house. Each returns the faults it found, one sentence each, empty when the rule holds.</summary>
internal static partial class HouseRules
{
    /// <summary>Every room with the rooms that it may reference. A new arrow is a decision: it is added here together with the reason in the commit.</summary>
    private static readonly Dictionary<string, string[]> AllowedArrows = new()
    {
        ["Model"] = [],
        ["Ring"] = [],
        ["Meter"] = [],
        ["Wire"] = ["Model"],
        ["Book"] = ["Model"],
        ["Quoting"] = ["Model"],
        ["Risk"] = ["Model"],
        ["Orders"] = ["Model"],
        ["Pipeline"] = ["Model", "Ring", "Meter", "Wire", "Book", "Quoting", "Risk", "Orders"],
        ["Platform"] = [],
        // docs/decisions/0007: the names of ring frames are words of the trade; the io thread publishes and takes them.
        ["Transport"] = ["Model", "Ring", "Meter", "Wire", "Platform"],
        ["Bybit"] = ["Model", "Wire", "Transport"],
        ["Journal"] = ["Model", "Ring", "Meter", "Wire", "Pipeline"],
        // The venue is a second witness: it shares the words of the trade and nothing else with the engine.
        ["Simulator"] = ["Model"],
        ["History"] = ["Model"],
        ["Signals"] = ["Model"],
        ["Forecast"] = ["Model"],
        ["MetaModel"] = ["Model", "Signals"],
        ["Training"] = ["Signals", "MetaModel"],
        ["Strategist"] = ["Model", "Ring", "History", "Signals", "Forecast", "MetaModel"],
        ["Host"] = ["Model", "Ring", "Meter", "Wire", "Book", "Quoting", "Risk", "Orders", "Pipeline", "Platform", "Transport", "Bybit", "Journal", "Strategist", "History", "Signals", "Forecast", "MetaModel"],
        // docs/decisions/0005: the runner reads the engine's ledger and meters to hold them against the venue.
        // The page of a forecast looks like the other reports and is drawn by the same charts.
        ["Research"] = ["Model", "Ring", "Meter", "Wire", "Book", "Quoting", "Risk", "Orders", "Pipeline", "Platform", "Transport", "Bybit", "Journal", "Host", "Simulator", "Forecast"],
        ["Cli"] = ["Model", "Ring", "Meter", "Wire", "Book", "Quoting", "Risk", "Orders", "Pipeline", "Platform", "Transport", "Bybit", "Journal", "Host", "Simulator", "Forecast", "Research", "History", "Signals", "Strategist", "MetaModel", "Training"],
        // Measures the finished path on recorded frames. Nothing may reference it: it is in no other row.
        ["SideBySide"] = ["Model", "Ring", "Meter", "Wire", "Book", "Quoting", "Risk", "Pipeline", "Platform", "Bybit", "Transport", "Journal", "Host", "Simulator", "Forecast", "Research", "MetaModel", "Training"],
        // The hot path alone, natively compiled: it may use nothing that src brings in, but for the model's inference, which is as pure and whose instructions are counted too.
        ["Budgets"] = ["Model", "Ring", "Meter", "Wire", "Book", "Quoting", "Risk", "Orders", "Pipeline", "MetaModel"],
    };

    /// <summary>What native-free may not contain: a word for the fault, the pattern, and the files that are excused with the reason beside them.</summary>
    private static readonly (string Fault, Regex Pattern, string[] ExcusedFiles)[] BannedInNativeFree =
    [
        ("a native call", NativeCall(), []),
        ("a lock or another blocking primitive", Blocking(), []),
        ("a thread", Threading(), []),
        ("async code", Async(), []),
        ("LINQ", Linq(), []),
        ("the dynamic keyword", Dynamic(), []),
        ("reflection", Reflecting(), []),
        ("a finalizer", Finalizer(), []),
        ("randomness", Randomness(), []),
        ("input or output", InputOutput(), []),
        // The stages are stamped for the meters; no decision reads those stamps.
        ("a clock", Clock(), ["native-free/Meter/StageClock.cs"]),
    ];

    /// <summary>Every reference between rooms is in the table; nothing outside tests points into tests.</summary>
    public static List<string> Arrows(IEnumerable<ProjectFile> projects)
    {
        var faults = new List<string>();
        foreach (ProjectFile project in projects.Where(project => project.House != "tests"))
        {
            if (!AllowedArrows.TryGetValue(project.Name, out string[]? allowed))
            {
                faults.Add($"{project.Name} is not a room of the table in {nameof(HouseRules)}");
                continue;
            }

            faults.AddRange(project.References.Except(allowed).Select(target => $"{project.Name} -> {target} is not an allowed arrow"));
        }

        return faults;
    }

    /// <summary>native-free references no package; no project names a package version of its own.</summary>
    public static List<string> Packages(IEnumerable<ProjectFile> projects) =>
    [
        .. projects.Where(project => project.House == "native-free").SelectMany(project => project.Packages.Select(package => $"{project.Name} references the package {package}; native-free references none")),
        .. projects.SelectMany(project => project.PackagesWithOwnVersion.Select(package => $"{project.Path} gives {package} a version; versions are in Directory.Packages.props")),
    ];

    /// <summary>Every central package has a row in the dependency page, and every row its package.</summary>
    /// <param name="centralPackages">Names in Directory.Packages.props.</param>
    /// <param name="dependencyPage">Text of docs/dependencies.md: table rows begin with the package's name in code quotes.</param>
    public static List<string> DependencyPage(IReadOnlyCollection<string> centralPackages, string dependencyPage)
    {
        HashSet<string> described = [.. DependencyRow().Matches(dependencyPage).Select(match => match.Groups[1].Value)];
        return
        [
            .. centralPackages.Except(described).Select(package => $"{package} has no row in docs/dependencies.md"),
            .. described.Except(centralPackages).Select(package => $"docs/dependencies.md describes {package}, which Directory.Packages.props does not have"),
        ];
    }

    /// <summary>Every project is in the solution, in a folder named like it, and every project of the solution exists.</summary>
    public static List<string> Solution(IReadOnlyCollection<ProjectFile> projects, string solution)
    {
        HashSet<string> listed = [.. SolutionProject().Matches(solution).Select(match => match.Groups[1].Value.Replace('\\', '/'))];
        string[] paths = [.. projects.Select(project => project.Path)];
        return
        [
            .. paths.Except(listed).Select(path => $"{path} is not in LatencyEngine.sln"),
            .. listed.Except(paths).Select(path => $"LatencyEngine.sln names {path}, which does not exist"),
            .. projects.Where(project => project.Folder[(project.Folder.LastIndexOf('/') + 1)..] != project.Name).Select(project => $"{project.Path} is not in a folder named {project.Name}"),
        ];
    }

    /// <summary>Every room has its test project, in the same place of tests/, and every such test project its room.</summary>
    public static List<string> TestProjects(IReadOnlyCollection<ProjectFile> projects)
    {
        string[] wanted = [.. projects.Where(project => project.House != "tests").Select(project => $"tests/{project.House}/{project.Name}.Tests")];
        string[] found = [.. projects.Where(project => project.House == "tests" && project.Folder.Count(character => character == '/') == 2).Select(project => project.Folder)];
        return
        [
            .. wanted.Except(found).Select(folder => $"{folder} is missing: every room has one test project"),
            .. found.Except(wanted).Select(folder => $"{folder} tests no room"),
        ];
    }

    /// <summary>No project without a C# file.</summary>
    public static List<string> EmptyProjects(IEnumerable<ProjectFile> projects, IEnumerable<SourceFile> sources) =>
        [.. projects.Where(project => !sources.Any(source => source.Path.StartsWith(project.Folder + "/", StringComparison.Ordinal))).Select(project => $"{project.Path} has no C# file")];

    /// <summary>native-free contains nothing that allocates behind one's back, blocks, reads a clock or leaves the process.</summary>
    public static List<string> NativeFree(IEnumerable<SourceFile> sources) =>
    [
        .. from source in sources
           where source.Path.StartsWith("native-free/", StringComparison.Ordinal)
           from rule in BannedInNativeFree
           where !rule.ExcusedFiles.Contains(source.Path)
           from match in rule.Pattern.Matches(source.Code)
           select $"{source.Path}:{source.LineOf(match.Index)}: {rule.Fault}: {match.Value.Trim()}",
    ];

    /// <summary>Only Platform calls native code, Training XGBoost, History loads SQLite, and the benchmark, whose peers may be native.</summary>
    public static List<string> NativeCalls(IEnumerable<SourceFile> sources) =>
        [.. sources.Where(source => source.Room is not ("Platform" or "Training" or "History" or "SideBySide")).SelectMany(source => NativeCall().Matches(source.Code).Select(match => $"{source.Path}:{source.LineOf(match.Index)}: a native call: {match.Value}"))];

    /// <summary>A room's files are in its namespace and hold a type of the file's own name.</summary>
    public static List<string> Names(IEnumerable<SourceFile> sources)
    {
        var faults = new List<string>();
        foreach (SourceFile source in sources)
        {
            string[] types = [.. TopLevelType().Matches(source.Code).Select(match => match.Groups[1].Value)];
            // A file without a type holds top-level statements or assembly attributes.
            if (types.Length == 0) continue;
            if (!types.Contains(source.Name)) faults.Add($"{source.Path} holds {string.Join(", ", types)} and no {source.Name}");

            string wanted = source.Path.Count(letter => letter == '/') == 1 ? "LatencyEngine" : $"LatencyEngine.{source.Room}";   // beside the rooms lies what all of them share
            string found = FileNamespace().Match(source.Code).Groups[1].Value;
            if (found != wanted && !found.StartsWith(wanted + ".", StringComparison.Ordinal)) faults.Add($"{source.Path} is in the namespace \"{found}\", not in {wanted}");
        }

        return faults;
    }

    /// <summary>The default of every public enum of native-free is a named nothing, so that a forgotten value is never a pass.</summary>
    public static List<string> EnumDefaults(IEnumerable<SourceFile> sources) =>
    [
        .. from source in sources
           where source.Path.StartsWith("native-free/", StringComparison.Ordinal)
           from match in EnumBody().Matches(source.Code)
           where !EnumDefault().IsMatch(match.Groups[2].Value)
           select $"{source.Path}:{source.LineOf(match.Index)}: the enum {match.Groups[1].Value} has no \"Unset = 0\" (flags: \"None = 0\")",
    ];

    [GeneratedRegex(@"\b(DllImport|LibraryImport|NativeLibrary)\b")]
    private static partial Regex NativeCall();

    [GeneratedRegex(@"\block\s*\(|\b(Monitor|Mutex|Semaphore|SemaphoreSlim|SpinLock|ReaderWriterLockSlim|ManualResetEvent|ManualResetEventSlim|AutoResetEvent|Barrier)\b")]
    private static partial Regex Blocking();

    [GeneratedRegex(@"\b(Thread|ThreadPool|Timer)\s*\.|\bnew\s+(Thread|Timer)\b")]
    private static partial Regex Threading();

    [GeneratedRegex(@"\b(async|await|Task|ValueTask)\b")]
    private static partial Regex Async();

    // The method names as well: System.Linq is among the implicit usings.
    [GeneratedRegex(@"\bSystem\.Linq\b|\.\s*(Select|SelectMany|Where|OrderBy|OrderByDescending|GroupBy|ToList|ToDictionary|ToHashSet|FirstOrDefault|LastOrDefault|Aggregate|OfType|AsEnumerable)\s*[(<]")]
    private static partial Regex Linq();

    [GeneratedRegex(@"\bdynamic\b")]
    private static partial Regex Dynamic();

    [GeneratedRegex(@"\bSystem\.Reflection\b|\bActivator\b|\.GetType\s*\(")]
    private static partial Regex Reflecting();

    [GeneratedRegex(@"^[ \t]*~\w+\s*\(\s*\)", RegexOptions.Multiline)]
    private static partial Regex Finalizer();

    [GeneratedRegex(@"\b(Random|RandomNumberGenerator)\b|\bNewGuid\b")]
    private static partial Regex Randomness();

    [GeneratedRegex(@"\b(File|Directory|Path|Console|Environment|Process)\s*\.|\b(FileStream|Socket|HttpClient)\b")]
    private static partial Regex InputOutput();

    [GeneratedRegex(@"\b(UtcNow|Stopwatch|TimeProvider|TickCount|TickCount64)\b|\bDateTime(Offset)?\s*\.\s*(Now|Today)\b")]
    private static partial Regex Clock();

    [GeneratedRegex(@"^\| `([^`]+)`", RegexOptions.Multiline)]
    private static partial Regex DependencyRow();

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex SolutionProject();

    [GeneratedRegex(@"^(?:public |internal |file )(?:(?:static|sealed|abstract|readonly|ref|unsafe|partial) )*(?:record struct|record class|record|class|struct|enum|interface) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex FileNamespace();

    [GeneratedRegex(@"\bpublic\s+enum\s+(\w+)[^{]*\{([^}]*)\}")]
    private static partial Regex EnumBody();

    [GeneratedRegex(@"\b(Unset|None)\s*=\s*0\b")]
    private static partial Regex EnumDefault();
}
